-- Leases the notices that are due longest, and those whose lease has run out.
--
-- $1 limit, $2 fencing token (blob), $3 length of the lease in microseconds, $4 now in microseconds.
-- Answer: one row a notice, in no order. The database's clock alone tells when a lease ends; it knows milliseconds.
--
-- `due` and `lapsed` stand apart so that each walks its partial index (notices_due, notices_lease) and stops at the limit.
-- `code` is what the last attempt met: a lease leaves it as it is. `standing`: 1 put off by a limit, 2 suppressed, 3 both.
-- An address is compared as `lower(trim(..))`, as a suppression is written; one whose term is over is none.
--
-- Differs by necessity: there is one writer, so nothing is locked and nothing skipped; the clock is unixepoch('subsec').
with due as (
    select notice_id, due_at
    from notices
    where state in ('pending', 'deferred') and due_at <= $4
    order by due_at
    limit $1
), lapsed as (
    select notice_id, due_at
    from notices
    where state = 'leased' and lease_until <= cast(unixepoch('subsec') * 1000000 as integer)
    order by lease_until
    limit $1
), chosen as (
    select ready.notice_id
    from (select notice_id, due_at from due union all select notice_id, due_at from lapsed) as ready
    order by ready.due_at
    limit $1
)
update notices
set state = 'leased', lease_token = $2, lease_until = cast(unixepoch('subsec') * 1000000 as integer) + $3
where notice_id in (select notice_id from chosen)
returning
    notice_id, person_id, about, lines, due_at, attempts, created_at, resends,
    (select e.source from events e where e.event_no = notices.event_no) as source,
    (select e.event_id from events e where e.event_no = notices.event_no) as event_id,
    (select p.name from people p where p.person_id = notices.person_id) as name,
    (select p.email from people p where p.person_id = notices.person_id) as email,
    (select p.locale from people p where p.person_id = notices.person_id) as locale,
    (select p.time_zone from people p where p.person_id = notices.person_id) as time_zone,
    case when code = 'throttled' then 1 else 0 end + case when exists (
        select 1
        from people p
        join suppressions s on s.address = lower(trim(p.email)) and (s.expires_at is null or s.expires_at > $4)
        where p.person_id = notices.person_id
    ) then 2 else 0 end as standing,
    (select e.traceparent from events e where e.event_no = notices.event_no) as traceparent
