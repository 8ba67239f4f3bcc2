-- Locks one dead letter and reads what a replay needs of it.
-- $1 dead_letter_no
-- Guarantee: whoever else is at it is waited for, and what they made of it is seen.
-- Differs by necessity because the transaction holds the only write lock (BEGIN IMMEDIATE).
select state, class, body,
    -- What is left of an erased one counts as a head, whatever its length.
    case when erased_at is null then body_len else max(body_len, length(body) + 1) end as body_len, headers, exchange, routing_key, type as event_type
from dead_letters
where dead_letter_no = $1
