-- Takes events into the inbox.
-- $1 JSON array of rows (NewEventRow), $2 now in microseconds
-- Guarantee: an event whose key is known is left alone and not returned. Keys are inserted in their order, so that two
-- processes with the same events wait for each other instead of deadlocking. It is written as what nearly
-- every event becomes, applied at once at its first attempt; what became of it otherwise is settled later in the transaction.
-- Differs by necessity because rows come as one JSON array.
insert into events (source, event_id, type, occurred_at, received_at, payload, payload_hash, state, traceparent, published_at,
    job_id, client_id, proposal_id, person_id, policy_version, attempts, applied_at)
select e.value ->> 'source', e.value ->> 'event_id', e.value ->> 'event_type', e.value ->> 'occurred_at', $2,
    e.value ->> 'payload', unhex(e.value ->> 'payload_hash'), 'applied', e.value ->> 'traceparent',
    e.value ->> 'published_at', e.value ->> 'job_id', e.value ->> 'client_id', e.value ->> 'proposal_id',
    e.value ->> 'person_id', e.value ->> 'policy_version', 1, $2
from jsonb_each($1) as e
where true
on conflict (source, event_id) do nothing
returning event_no, source, event_id
