-- Letters whole, in the order of their numbers, each with the length of its history.
-- $1 bigint[] numbers
select d.dead_letter_no, d.state, d.class, d.code, d.message, d.pointer, d.source, d.event_id, d.type as event_type,
    d.job_id, d.client_id, d.fingerprint, d.times, d.first_seen, d.last_seen, d.settled_at, d.erased_at, d.body_len, d.digest,
    d.version,
    (select count(*) from dead_letter_attempts a where a.dead_letter_no = d.dead_letter_no) as attempts,
    d.body, d.body_hash, d.headers::text as headers, d.exchange, d.routing_key
from dead_letters d
where d.dead_letter_no = any($1)
order by d.dead_letter_no
