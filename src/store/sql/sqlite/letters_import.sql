-- Takes exported letters in, in the order given; a digest that is known is left alone.
-- $1 JSON array of rows (ImportLetterRow), times in microseconds
-- Differs by necessity because SQLite takes rows as one JSON array; "where true" keeps its parser from reading ON as a join's.
insert into dead_letters (digest, body, body_len, body_hash, headers, exchange, routing_key, class, code, message, pointer,
    source, event_id, type, job_id, client_id, fingerprint, state, settled_at, version, times, first_seen, last_seen)
select unhex(d.value ->> 'digest'), unhex(d.value ->> 'body'), d.value ->> 'body_len', unhex(d.value ->> 'body_hash'),
    d.value ->> 'headers', d.value ->> 'exchange', d.value ->> 'routing_key', d.value ->> 'class', d.value ->> 'code',
    d.value ->> 'message', d.value ->> 'pointer', d.value ->> 'source', d.value ->> 'event_id', d.value ->> 'event_type',
    d.value ->> 'job_id', d.value ->> 'client_id', d.value ->> 'fingerprint', d.value ->> 'state', d.value ->> 'settled_at',
    d.value ->> 'version', d.value ->> 'times', d.value ->> 'first_seen', d.value ->> 'last_seen'
from json_each($1) as d
where true
order by d.key
on conflict (digest) do nothing
returning dead_letter_no, lower(hex(digest))
