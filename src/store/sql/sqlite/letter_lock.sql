-- Locks one dead letter and reads what a replay needs of it.
-- $1 dead_letter_no
-- Guarantee: whoever else is at it is waited for, and what they made of it is seen.
-- Differs by necessity because the transaction holds the only write lock (BEGIN IMMEDIATE).
select state, class, body, body_len, headers, exchange, routing_key, type as event_type
from dead_letters
where dead_letter_no = $1
