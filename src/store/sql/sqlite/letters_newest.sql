-- A page of letters that match (letters_filter.sql goes before), newest first, each with the length of its history.
-- $15 limit
-- Guarantee: histories are counted for the page alone.
select p.dead_letter_no, p.state, p.class, p.code, p.message, p.pointer, p.source, p.event_id, p.type as event_type,
    p.job_id, p.client_id, p.fingerprint, p.times, p.first_seen, p.last_seen, p.settled_at, p.erased_at, p.body_len, p.digest, p.version,
    (select count(*) from dead_letter_attempts a where a.dead_letter_no = p.dead_letter_no) as attempts
from (
    select dead_letter_no, state, class, code, message, pointer, source, event_id, type, job_id, client_id, fingerprint, times,
        first_seen, last_seen, settled_at, erased_at, body_len, digest, version
    from matching
    order by dead_letter_no desc
    limit $15
) as p
order by p.dead_letter_no desc
