-- One notice as a sender that leased it now would have it: the columns of notices_lease.sql, in their order.
-- $1 notice_id (blob), $2 now in microseconds
select
    n.notice_id, n.person_id, n.about, n.lines, n.due_at, n.attempts, n.created_at, n.resends,
    e.source, e.event_id, p.name, p.email, p.locale, p.time_zone,
    case when n.code = 'throttled' then 1 else 0 end + case when exists (
        select 1
        from suppressions s
        where s.address = lower(trim(p.email)) and (s.expires_at is null or s.expires_at > $2)
    ) then 2 else 0 end as standing,
    e.traceparent
from notices n
left join events e on e.event_no = n.event_no
left join people p on p.person_id = n.person_id
where n.notice_id = $1
