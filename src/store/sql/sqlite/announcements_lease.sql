-- Leases announcements of some routing keys: those that are due longest, and those whose lease has run out.
--
-- $1 limit, $2 fencing token (blob), $3 length of the lease in microseconds, $4 now in microseconds, $5 routing keys (JSON list
-- of text).
-- Answer: one row an announcement, in no order. The database's clock alone tells when a lease ends; it knows milliseconds.
--
-- Each key walks its own part of the index announcements_due and stops at the limit, so that what waits under a key that was
-- not asked for is not read.
--
-- Differs by necessity: there is one writer, so nothing is locked and nothing skipped; the clock is unixepoch('subsec'); there
-- is no lateral join, so each key has its list of numbers, and `cross join` keeps the keys on the outside.
with due as (
    select a.announcement_no, a.due_at
    from json_each($5) as k
    cross join announcements as a
    where a.announcement_no in (
        select d.announcement_no
        from announcements as d
        where d.routing_key = k.value and d.state = 'pending' and d.lease_token is null and d.due_at is not null
            and d.due_at <= $4
        order by d.due_at
        limit $1
    )
), lapsed as (
    select announcement_no, due_at
    from announcements
    where lease_token is not null and lease_until <= cast(unixepoch('subsec') * 1000000 as integer)
        and due_at is not null and routing_key in (select value from json_each($5))
    order by lease_until
    limit $1
), chosen as (
    select ready.announcement_no
    from (select announcement_no, due_at from due union all select announcement_no, due_at from lapsed) as ready
    order by ready.due_at
    limit $1
)
update announcements
set lease_token = $2, lease_until = cast(unixepoch('subsec') * 1000000 as integer) + $3
where announcement_no in (select announcement_no from chosen)
returning
    announcement_no, entry_id, routing_key, due_at,
    (select e.source from events e where e.event_no = announcements.event_no) as source,
    (select e.event_id from events e where e.event_no = announcements.event_no) as event_id,
    (select e.type from events e where e.event_no = announcements.event_no) as type,
    (select e.occurred_at from events e where e.event_no = announcements.event_no) as occurred_at,
    (select e.traceparent from events e where e.event_no = announcements.event_no) as traceparent
