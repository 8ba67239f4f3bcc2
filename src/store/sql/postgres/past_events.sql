-- A page of the applied events of a window, in the order in which they were taken in.
-- $1 timestamptz since, $2 timestamptz until (either null: no bound), $3 bigint number above, $4 bigint last number,
-- $5 bigint limit
-- One that was purged has no decisions to compare with: it is passed over. One that is archived is read from its month.
select e.event_no, e.source, e.event_id, coalesce(a.payload, e.payload) as payload, e.applied_at
from events e
left join archived_events a on a.event_no = e.event_no and a.month = e.archive_month
where e.state = 'applied' and (e.purged_at is null or a.event_no is not null) and e.event_no > $3 and e.event_no <= $4
    and ($1::timestamptz is null or e.occurred_at >= $1) and ($2::timestamptz is null or e.occurred_at < $2)
order by e.event_no
limit $5
