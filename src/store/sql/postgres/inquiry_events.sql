-- Events of the inbox by number.
-- $1 bigint[] event_no
-- Guarantee: in the order in which they came. What is archived was not purged as long as its month is there.
select e.event_no, e.source, e.event_id, e.type as event_type, e.payload::json -> 'data' ->> 'cause' as cause, e.occurred_at,
    e.published_at, e.received_at, e.deliveries, e.last_delivered_at, e.state, e.code, e.attempts, e.due_at, e.held_until, e.policy_version,
    e.applied_at,
    case when e.archive_month is null then e.purged_at else m.dropped_at end as purged_at, e.traceparent, e.notices_withheld, e.dead_letter_no, e.job_id, e.client_id, e.proposal_id, e.person_id
from events e
left join archive_months m on m.month = e.archive_month
where e.event_no = any($1::bigint[])
order by e.event_no
