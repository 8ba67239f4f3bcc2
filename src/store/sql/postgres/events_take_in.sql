-- Takes as many events into the inbox, from the first on, as one transaction may decide, and says how large each is.
-- $1 text[] source, $2 text[] event_id, $3 text[] type, $4 timestamptz[] occurred_at, $5 text[] payload, $6 text[] payload_hash in hex,
-- $7 text[] traceparent, $8 timestamptz now, $9 timestamptz[] published_at, and what it speaks of: $10 text[] job_id,
-- $11 text[] client_id, $12 text[] proposal_id, $13 text[] person_id; $14 text[] policy_version or null;
-- $15 bigint proposals of an event that is decided at once, at most; $16 bigint of all of them.
-- Answer: one row for each that was taken, in the order of the parameters: its number, null if its key is known; and its
-- proposals (a job's, or those of a client's posts that were open then), counted up to one more than $15.
-- Guarantee: at least the first is taken; one that is too large takes no share. For the rest, that of scope_count and
-- events_insert, which it is in one round trip.
-- Differs by necessity: SQLite cannot insert within a query, and has no round trips.
with arrived as (
    select e.source, e.event_id, e.type, e.occurred_at, e.payload, e.payload_hash, e.traceparent, e.published_at, e.job_id,
        e.client_id, e.proposal_id, e.person_id, e.policy_version, e.place, (
        select count(*) from (
            select 1 from proposals p where p.job_id = e.job_id and e.proposal_id is null and e.person_id is null
            union all
            select 1 from jobs j cross join lateral (select 1 from proposals p where p.job_id = j.job_id offset 0) as p
            where j.client_id = e.client_id and (j.state = 'open' or j.state_since >= e.occurred_at)
            limit $15 + 1
        ) as found
    ) as size
    from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $9::timestamptz[],
        $10::text[], $11::text[], $12::text[], $13::text[], $14::text[]) with ordinality
        as e (source, event_id, type, occurred_at, payload, payload_hash, traceparent, published_at, job_id, client_id,
            proposal_id, person_id, policy_version, place)
), measured as (
    select source, event_id, type, occurred_at, payload, payload_hash, traceparent, published_at, job_id, client_id,
        proposal_id, person_id, policy_version, place, size,
        sum(case when size <= $15 then size else 0 end) over (order by place) as so_far
    from arrived
), taken as materialized (
    select source, event_id, type, occurred_at, payload, payload_hash, traceparent, published_at, job_id, client_id,
        proposal_id, person_id, policy_version, place, size
    from measured where so_far <= $16 or place = 1
), new as (
    insert into events (source, event_id, type, occurred_at, received_at, payload, payload_hash, state, traceparent,
        published_at, job_id, client_id, proposal_id, person_id, policy_version, attempts, applied_at)
    select e.source, e.event_id, e.type, e.occurred_at, $8, e.payload, decode(e.payload_hash, 'hex'), 'applied',
        e.traceparent, e.published_at, e.job_id, e.client_id, e.proposal_id, e.person_id, e.policy_version, 1, $8
    from taken e
    order by e.source, e.event_id
    on conflict (source, event_id) do nothing
    returning event_no, source, event_id
)
select new.event_no, taken.size
from taken
left join new on new.source = taken.source and new.event_id = taken.event_id
order by taken.place
