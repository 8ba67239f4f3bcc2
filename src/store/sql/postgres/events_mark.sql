-- Writes down which dead letter an event was replayed from, and whether its notices are kept back.
-- $1 bigint event_no, $2 text why they are kept back, or null, $3 bigint dead_letter_no, or null: as it is
-- Guarantee: the caller holds the event's lock.
update events
set notices_withheld = $2, dead_letter_no = coalesce($3, dead_letter_no)
where event_no = $1
