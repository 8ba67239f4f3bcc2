-- What stands still: leases long over, events long due, fan-outs and replays that do not move.
-- $1 how long is long, in microseconds, $2 now in microseconds, $3 how many of each at most
-- The end of a lease is told by the database's own clock; every part reads a partial index over work to do.
with long as (
    select $1 as lag, cast(unixepoch('subsec') * 1000000 as integer) - $1 as ago
)
select code, kind, subject, details from (
    select 'lease_over' as code, 'notice' as kind, lower(hex(n.notice_id)) as subject,
        json_object('event_no', n.event_no, 'lease_until', n.lease_until) as details
    from notices n
    where n.state = 'leased' and n.lease_until < (select ago from long)
    order by n.lease_until
    limit $3
)
union all
select code, kind, subject, details from (
    select 'lease_over' as code, 'announcement' as kind, cast(a.announcement_no as text) as subject,
        json_object('event_no', a.event_no, 'lease_until', a.lease_until) as details
    from announcements a
    where a.lease_token is not null and a.lease_until < (select ago from long)
    order by a.lease_until
    limit $3
)
union all
select code, kind, subject, details from (
    select 'event_overdue' as code, 'event' as kind, cast(v.event_no as text) as subject,
        json_object('source', v.source, 'event', v.event_id, 'waits_for', v.code, 'due', v.due_at) as details
    from events v
    where v.state = 'waiting' and v.due_at < $2 - (select lag from long)
    order by v.due_at
    limit $3
)
union all
select code, kind, subject, details from (
    select 'fan_out_stuck' as code, 'event' as kind, cast(v.event_no as text) as subject,
        json_object('source', v.source, 'event', v.event_id, 'since', coalesce(v.advanced_at, v.received_at)) as details
    from events v
    where v.state = 'fanning_out' and coalesce(v.advanced_at, v.received_at) < $2 - (select lag from long)
    order by v.event_no
    limit $3
)
union all
select code, kind, subject, details from (
    select 'replay_stuck' as code, 'replay' as kind, cast(r.replay_no as text) as subject,
        json_object('operator', r.operator, 'since', coalesce(r.lease_until, r.created_at)) as details
    from replays r
    where r.state in ('pending', 'running')
        and coalesce(r.lease_until, r.created_at) < (select ago from long)
    order by r.replay_no
    limit $3
)
