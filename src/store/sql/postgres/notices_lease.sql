-- Leases the notices that are due longest, and those whose lease has run out.
--
-- $1 limit (bigint), $2 fencing token (uuid), $3 length of the lease in microseconds (bigint), $4 now (timestamptz).
-- Answer: one row a notice, in no order. Two callers at once never get the same notice: what one has locked the other
-- skips, and what changed meanwhile is looked at again. The database's clock alone tells when a lease ends.
--
-- `due` and `lapsed` stand apart so that each walks its partial index (notices_due, notices_lease) and stops at the limit.
-- What they have locked stays where it is (ctid), and is found there: by its key the planner, taking the table for tiny, would look
-- for it in whatever index holds the key, from one end to the other.
-- The clock is a subselect so that it is read once and the index can be used. "lateral … offset 0" keeps the planner from
-- reading the other tables whole for a hundred rows.
-- A lease is committed without waiting for the disk (`unflushed`): it need not outlast a crash of the server, after which
-- what was leased is leased again, as it is when a lease runs out.
-- `code` is what the last attempt met: a lease leaves it as it is. `standing`: 1 put off by a limit, 2 suppressed, 3 both.
-- An address is compared as `lower(trim(..))`, as a suppression is written; one whose term is over is none.
--
-- Differs by necessity: SQLite has one writer, so it locks nothing and skips nothing; it has no clock_timestamp().
with unflushed as materialized (
    select set_config('synchronous_commit', 'off', true) as commits
), due as (
    select ctid as place, due_at
    from notices
    where state in ('pending', 'deferred') and due_at <= $4
    order by due_at
    limit $1
    for update skip locked
), lapsed as (
    select ctid as place, due_at
    from notices
    where state = 'leased' and lease_until <= (select clock_timestamp())
    order by lease_until
    limit $1
    for update skip locked
), chosen as (
    select ready.place
    from (select place, due_at from due union all select place, due_at from lapsed) as ready
    order by ready.due_at
    limit $1
), leased as (
    update notices as n
    set state = 'leased', lease_token = $2, lease_until = clock_timestamp() + $3 * interval '1 microsecond'
    where n.ctid = any (array(select place from chosen))
    returning n.notice_id, n.event_no, n.person_id, n.about, n.lines, n.due_at, n.attempts, n.created_at, n.resends, n.code
)
select
    l.notice_id, l.person_id, l.about::text as about, l.lines::text as lines, l.due_at, l.attempts, l.created_at, l.resends,
    e.source, e.event_id, p.name, p.email, p.locale, p.time_zone,
    case when l.code = 'throttled' then 1 else 0 end + case when exists (
        select 1 from suppressions s
        where s.address = lower(trim(p.email)) and (s.expires_at is null or s.expires_at > $4)
    ) then 2 else 0 end as standing,
    e.traceparent
from leased l
left join lateral (select e.source, e.event_id, e.traceparent from events e where e.event_no = l.event_no offset 0) as e on true
left join lateral (
    select p.name, p.email, p.locale, p.time_zone from people p where p.person_id = l.person_id offset 0
) as p on true
where (select commits from unflushed) = 'off'
