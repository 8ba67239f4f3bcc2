-- Events of the inbox by number.
-- $1 bigint[] event_no
-- Guarantee: in the order in which they came.
select e.event_no, e.source, e.event_id, e.type as event_type, e.payload::json -> 'data' ->> 'cause' as cause, e.occurred_at,
    e.published_at, e.received_at, e.deliveries, e.last_delivered_at, e.state, e.code, e.attempts, e.due_at, e.held_until, e.policy_version,
    e.applied_at, e.purged_at, e.traceparent, e.notices_withheld, e.dead_letter_no, e.job_id, e.client_id, e.proposal_id, e.person_id
from events e
where e.event_no = any($1::bigint[])
order by e.event_no
