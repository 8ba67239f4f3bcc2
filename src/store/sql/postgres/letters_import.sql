-- Takes exported letters in, in the order given; a digest that is known is left alone.
-- $1 text[] digest in hex, $2 text[] body in hex, $3 bigint[] body_len, $4 text[] body_hash in hex, $5 text[] headers as JSON,
-- $6 text[] exchange, $7 text[] routing_key, $8 text[] class, $9 text[] code, $10 text[] message, $11 text[] pointer,
-- $12 text[] source, $13 text[] event_id, $14 text[] type, $15 text[] job_id, $16 text[] client_id, $17 text[] fingerprint,
-- $18 text[] state, $19 timestamptz[] settled_at, $20 text[] version, $21 bigint[] times, $22 timestamptz[] first_seen,
-- $23 timestamptz[] last_seen
insert into dead_letters (digest, body, body_len, body_hash, headers, exchange, routing_key, class, code, message, pointer,
    source, event_id, type, job_id, client_id, fingerprint, state, settled_at, version, times, first_seen, last_seen)
select decode(d.digest, 'hex'), decode(d.body, 'hex'), d.body_len, decode(d.body_hash, 'hex'), d.headers::jsonb, d.exchange,
    d.routing_key, d.class, d.code, d.message, d.pointer, d.source, d.event_id, d.type, d.job_id, d.client_id, d.fingerprint,
    d.state, d.settled_at, d.version, d.times, d.first_seen, d.last_seen
from unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
    $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::text[], $18::text[],
    $19::timestamptz[], $20::text[], $21::bigint[], $22::timestamptz[], $23::timestamptz[]) with ordinality
    as d (digest, body, body_len, body_hash, headers, exchange, routing_key, class, code, message, pointer, source, event_id,
        type, job_id, client_id, fingerprint, state, settled_at, version, times, first_seen, last_seen, place)
order by d.place
on conflict (digest) do nothing
returning dead_letter_no, encode(digest, 'hex')
