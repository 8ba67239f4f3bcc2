-- What stands still: leases long over, events long due, fan-outs and replays that do not move.
-- $1 bigint how long is long, in microseconds, $2 timestamptz now, $3 bigint how many of each at most
-- The end of a lease is told by the database's own clock; every part reads a partial index over work to do.
with long as (
    select $1::bigint * interval '1 microsecond' as lag, clock_timestamp() - $1::bigint * interval '1 microsecond' as ago
)
(
    select 'lease_over' as code, 'notice' as kind, n.notice_id::text as subject,
        json_build_object('event_no', n.event_no, 'lease_until', n.lease_until)::text as details
    from notices n
    where n.state = 'leased' and n.lease_until < (select ago from long)
    order by n.lease_until
    limit $3
)
union all
(
    select 'lease_over', 'announcement', a.announcement_no::text,
        json_build_object('event_no', a.event_no, 'lease_until', a.lease_until)::text
    from announcements a
    where a.lease_token is not null and a.lease_until < (select ago from long)
    order by a.lease_until
    limit $3
)
union all
(
    select 'event_overdue', 'event', v.event_no::text,
        json_build_object('source', v.source, 'event', v.event_id, 'waits_for', v.code, 'due', v.due_at)::text
    from events v
    where v.state = 'waiting' and v.due_at < $2::timestamptz - (select lag from long)
    order by v.due_at
    limit $3
)
union all
(
    select 'fan_out_stuck', 'event', v.event_no::text,
        json_build_object('source', v.source, 'event', v.event_id, 'since', coalesce(v.advanced_at, v.received_at))::text
    from events v
    where v.state = 'fanning_out' and coalesce(v.advanced_at, v.received_at) < $2::timestamptz - (select lag from long)
    order by v.event_no
    limit $3
)
union all
(
    select 'replay_stuck', 'replay', r.replay_no::text,
        json_build_object('operator', r.operator, 'since', coalesce(r.lease_until, r.created_at))::text
    from replays r
    where r.state in ('pending', 'running') and coalesce(r.lease_until, r.created_at) < (select ago from long)
    order by r.replay_no
    limit $3
)
