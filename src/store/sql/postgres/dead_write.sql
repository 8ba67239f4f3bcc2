-- Writes dead letters, or counts up those that are there: the same trouble with the same message is one row.
-- $1 text[] digest in hex, $2 text[] body in hex, $3 bigint[] body_len, $4 text[] body_hash in hex, $5 text[] headers as JSON,
-- $6 text[] exchange, $7 text[] routing_key, $8 text[] class, $9 text[] code, $10 text[] message, $11 text[] pointer,
-- $12 text[] source, $13 text[] event_id, $14 text[] type, $15 text version, $16 bigint[] times, $17 timestamptz now,
-- $18 text[] job_id, $19 text[] client_id, $20 text[] fingerprint, $21 text[] state
-- Guarantee: no digest stands twice in the parameters; those that are new go in in the order of their digests. A letter that
-- had been settled is open (or on trial) again, with the newest cause; body, headers and trials stay. Of one that was erased,
-- what the error quotes is not taken in. One whose `times` comes back as it was given is new.
insert into dead_letters (digest, body, body_len, body_hash, headers, exchange, routing_key, class, code, message, pointer,
    source, event_id, type, version, times, first_seen, last_seen, job_id, client_id, fingerprint, state)
select decode(d.digest, 'hex'), decode(d.body, 'hex'), d.body_len, decode(d.body_hash, 'hex'), d.headers::jsonb, d.exchange,
    d.routing_key, d.class, d.code, d.message, d.pointer, d.source, d.event_id, d.type, $15, d.times, $17, $17, d.job_id,
    d.client_id, d.fingerprint, d.state
from unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
    $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $16::bigint[], $18::text[], $19::text[], $20::text[],
    $21::text[])
    as d (digest, body, body_len, body_hash, headers, exchange, routing_key, class, code, message, pointer, source, event_id,
        type, times, job_id, client_id, fingerprint, state)
order by d.digest
on conflict (digest) do update
set times = dead_letters.times + excluded.times, last_seen = greatest(dead_letters.last_seen, excluded.last_seen),
    class = excluded.class, code = excluded.code,
    message = case when dead_letters.erased_at is null then excluded.message else dead_letters.message end,
    pointer = case when dead_letters.erased_at is null then excluded.pointer end,
    fingerprint = case when dead_letters.erased_at is null then excluded.fingerprint else dead_letters.fingerprint end,
    version = excluded.version,
    job_id = coalesce(excluded.job_id, dead_letters.job_id), client_id = coalesce(excluded.client_id, dead_letters.client_id),
    state = excluded.state, settled_at = null,
    trial_until = case when dead_letters.state = 'trial' and excluded.state = 'trial' then dead_letters.trial_until end
returning dead_letter_no, encode(digest, 'hex'), times
