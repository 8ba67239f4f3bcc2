-- A dead event takes another payload under its key: what an operator corrected.
-- $1 bigint event_no, $2 text type, $3 timestamptz occurred_at, $4 text payload, $5 text payload_hash in hex, $6 text traceparent,
-- $7 timestamptz published_at, $8 text job_id, $9 text client_id, $10 text proposal_id, $11 text person_id
-- Guarantee: none that has decided anything, or ever will by itself: the number of rows changed tells.
update events
set type = $2, occurred_at = $3, payload = $4, payload_hash = decode($5, 'hex'), traceparent = $6,
    published_at = $7, job_id = $8, client_id = $9, proposal_id = $10, person_id = $11
where event_no = $1 and state = 'dead'
    and not exists (select 1 from decisions d where d.event_no = events.event_no)
