-- Writes dead letters, or counts up those that are there: the same trouble with the same message is one row.
-- $1 text[] digest in hex, $2 text[] body in hex, $3 bigint[] body_len, $4 text[] body_hash in hex, $5 text[] headers as JSON,
-- $6 text[] exchange, $7 text[] routing_key, $8 text[] class, $9 text[] code, $10 text[] message, $11 text[] pointer,
-- $12 text[] source, $13 text[] event_id, $14 text[] type, $15 text version, $16 bigint[] times, $17 timestamptz now
-- Guarantee: no digest stands twice in the parameters; rows are locked in the order of their digests.
insert into dead_letters (digest, body, body_len, body_hash, headers, exchange, routing_key, class, code, message, pointer,
    source, event_id, type, version, times, first_seen, last_seen)
select decode(d.digest, 'hex'), decode(d.body, 'hex'), d.body_len, decode(d.body_hash, 'hex'), d.headers::jsonb, d.exchange,
    d.routing_key, d.class, d.code, d.message, d.pointer, d.source, d.event_id, d.type, $15, d.times, $17, $17
from unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
    $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $16::bigint[])
    as d (digest, body, body_len, body_hash, headers, exchange, routing_key, class, code, message, pointer, source, event_id,
        type, times)
order by d.digest
on conflict (digest) do update
set times = dead_letters.times + excluded.times, last_seen = greatest(dead_letters.last_seen, excluded.last_seen)
