-- Takes events into the inbox.
-- $1 text[] source, $2 text[] event_id, $3 text[] type, $4 timestamptz[] occurred_at, $5 text[] payload, $6 text[] payload_hash in hex,
-- $7 text[] traceparent, $8 timestamptz now, $9 timestamptz[] published_at, and what it speaks of: $10 text[] job_id,
-- $11 text[] client_id, $12 text[] proposal_id, $13 text[] person_id; $14 text[] policy_version or null
-- Guarantee: an event whose key is known is left alone and not returned. Keys are inserted in their order, so that two
-- processes with the same events wait for each other instead of deadlocking. It is written as what nearly
-- every event becomes, applied at once at its first attempt; what became of it otherwise is settled later in the transaction.
insert into events (source, event_id, type, occurred_at, received_at, payload, payload_hash, state, traceparent, published_at,
    job_id, client_id, proposal_id, person_id, policy_version, attempts, applied_at)
select e.source, e.event_id, e.type, e.occurred_at, $8, e.payload, decode(e.payload_hash, 'hex'), 'applied', e.traceparent,
    e.published_at, e.job_id, e.client_id, e.proposal_id, e.person_id, e.policy_version, 1, $8
from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $9::timestamptz[],
    $10::text[], $11::text[], $12::text[], $13::text[], $14::text[])
    as e (source, event_id, type, occurred_at, payload, payload_hash, traceparent, published_at, job_id, client_id,
        proposal_id, person_id, policy_version)
order by e.source, e.event_id
on conflict (source, event_id) do nothing
returning event_no, source, event_id
