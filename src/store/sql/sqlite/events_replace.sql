-- A dead event takes another payload under its key: what an operator corrected.
-- $1 event_no, $2 type, $3 occurred_at in microseconds, $4 payload, $5 payload_hash in hex, $6 traceparent
-- Guarantee: none that has decided anything, or ever will by itself: the number of rows changed tells.
update events
set type = $2, occurred_at = $3, payload = $4, payload_hash = unhex($5), traceparent = $6
where event_no = $1 and state = 'dead'
    and not exists (select 1 from decisions d where d.event_no = events.event_no)
