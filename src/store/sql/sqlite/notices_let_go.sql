-- Lets the notices of an event go that were kept back.
-- $1 event_no, $2 due_at in microseconds (null: the event has more to tell, and makes them due itself), $3 only those kept back
-- for this, or null: all
-- Guarantee: touches none that is not kept back.
update notices
set state = 'pending', due_at = $2, code = null
where event_no = $1 and state = 'withheld' and ($3 is null or code = $3)
