-- Leases announcements of some routing keys: those that are due longest, and those whose lease has run out.
--
-- $1 limit (bigint), $2 fencing token (uuid), $3 length of the lease in microseconds (bigint), $4 now (timestamptz),
-- $5 routing keys (text[]).
-- Answer: one row an announcement, in no order. Two callers at once never get the same one: what one has locked the other
-- skips. The database's clock alone tells when a lease ends.
--
-- Each key walks its own part of the index announcements_due and stops at the limit, so that what waits under a key that was
-- not asked for is not read. The clock is a subselect so that it is read once and the index can be used.
--
-- Differs by necessity: SQLite has one writer, so it locks nothing and skips nothing; it has no clock_timestamp().
with due as (
    select a.announcement_no, a.due_at
    from unnest($5::text[]) as k (routing_key)
    cross join lateral (
        select d.announcement_no, d.due_at
        from announcements d
        where d.routing_key = k.routing_key and d.state = 'pending' and d.lease_token is null and d.due_at <= $4
        order by d.due_at
        limit $1
        for update skip locked
    ) as a
), lapsed as (
    select announcement_no, due_at
    from announcements
    where lease_token is not null and lease_until <= (select clock_timestamp()) and due_at is not null
        and routing_key = any($5::text[])
    order by lease_until
    limit $1
    for update skip locked
), chosen as (
    select ready.announcement_no
    from (select announcement_no, due_at from due union all select announcement_no, due_at from lapsed) as ready
    order by ready.due_at
    limit $1
)
update announcements as a
set lease_token = $2, lease_until = clock_timestamp() + $3 * interval '1 microsecond'
where a.announcement_no = any (array(select announcement_no from chosen))
returning
    a.announcement_no, a.entry_id, a.routing_key, a.due_at,
    (select e.source from events e where e.event_no = a.event_no) as source,
    (select e.event_id from events e where e.event_no = a.event_no) as event_id,
    (select e.type from events e where e.event_no = a.event_no) as type,
    (select e.occurred_at from events e where e.event_no = a.event_no) as occurred_at,
    (select e.traceparent from events e where e.event_no = a.event_no) as traceparent
