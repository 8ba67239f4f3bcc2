-- Writes dead letters, or counts up those that are there: the same trouble with the same message is one row.
-- $1 JSON array of rows (DeadRow), $2 now in microseconds
-- Guarantee: no digest stands twice in the parameter. A letter that had been settled is open (or on trial) again, with the
-- newest cause; body, headers and trials stay. Of one that was erased, what the error quotes is not
-- taken in. One whose `times` comes back as it was given is new.
-- Differs by necessity because SQLite takes rows as one JSON array; "where true" keeps its parser from reading ON as a join's.
insert into dead_letters (digest, body, body_len, body_hash, headers, exchange, routing_key, class, code, message, pointer,
    source, event_id, type, version, times, first_seen, last_seen, job_id, client_id, fingerprint, state)
select unhex(d.value ->> 'digest'), unhex(d.value ->> 'body'), d.value ->> 'body_len', unhex(d.value ->> 'body_hash'),
    d.value ->> 'headers', d.value ->> 'exchange', d.value ->> 'routing_key', d.value ->> 'class', d.value ->> 'code',
    d.value ->> 'message', d.value ->> 'pointer', d.value ->> 'source', d.value ->> 'event_id', d.value ->> 'event_type',
    d.value ->> 'version', d.value ->> 'times', $2, $2, d.value ->> 'job_id', d.value ->> 'client_id',
    d.value ->> 'fingerprint', d.value ->> 'state'
from json_each($1) as d
where true
on conflict (digest) do update
set times = dead_letters.times + excluded.times, last_seen = max(dead_letters.last_seen, excluded.last_seen),
    class = excluded.class, code = excluded.code,
    message = case when dead_letters.erased_at is null then excluded.message else dead_letters.message end,
    pointer = case when dead_letters.erased_at is null then excluded.pointer end,
    fingerprint = case when dead_letters.erased_at is null then excluded.fingerprint else dead_letters.fingerprint end,
    version = excluded.version,
    job_id = coalesce(excluded.job_id, dead_letters.job_id), client_id = coalesce(excluded.client_id, dead_letters.client_id),
    state = excluded.state, settled_at = null,
    trial_until = case when dead_letters.state = 'trial' and excluded.state = 'trial' then dead_letters.trial_until end
returning dead_letter_no, lower(hex(digest)), times
