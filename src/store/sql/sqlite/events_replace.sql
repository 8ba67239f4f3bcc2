-- A dead event takes another payload under its key: what an operator corrected.
-- $1 event_no, $2 type, $3 occurred_at in microseconds, $4 payload, $5 payload_hash in hex, $6 traceparent,
-- $7 published_at in microseconds, $8 job_id, $9 client_id, $10 proposal_id, $11 person_id
-- Guarantee: none that has decided anything, or ever will by itself: the number of rows changed tells.
update events
set type = $2, occurred_at = $3, payload = $4, payload_hash = unhex($5), traceparent = $6,
    published_at = $7, job_id = $8, client_id = $9, proposal_id = $10, person_id = $11
where event_no = $1 and state = 'dead'
    and not exists (select 1 from decisions d where d.event_no = events.event_no)
