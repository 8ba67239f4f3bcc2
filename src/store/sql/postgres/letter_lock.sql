-- Locks one dead letter and reads what a replay needs of it.
-- $1 bigint dead_letter_no
-- Guarantee: whoever else is at it is waited for, and what they made of it is seen.
select state, class, body, body_len, headers::text as headers, exchange, routing_key, type as event_type
from dead_letters
where dead_letter_no = $1
for update
