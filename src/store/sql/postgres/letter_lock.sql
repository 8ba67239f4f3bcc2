-- Locks one dead letter and reads what a replay needs of it.
-- $1 bigint dead_letter_no
-- Guarantee: whoever else is at it is waited for, and what they made of it is seen.
select state, class, body,
    -- What is left of an erased one counts as a head, whatever its length.
    case when erased_at is null then body_len else greatest(body_len, octet_length(body) + 1) end as body_len, headers::text as headers, exchange, routing_key, type as event_type
from dead_letters
where dead_letter_no = $1
for update
