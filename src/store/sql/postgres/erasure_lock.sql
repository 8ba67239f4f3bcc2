-- Locks the notices of a person, and says of each whether somebody is at it: a sender, or an announcer.
-- $1 text person_id
-- Guarantee: their events are locked first, in order, as every transaction that writes notices does.
with held as materialized (
    select e.event_no
    from events e
    where e.event_no in (select n.event_no from notices n where n.person_id = $1)
    order by e.event_no
    for update
)
select n.notice_id,
    coalesce(n.state = 'leased' and n.lease_until > clock_timestamp(), false)
        or exists (select 1 from announcements a where a.notice_id = n.notice_id and a.lease_until > clock_timestamp()) as busy
from notices n
where n.person_id = $1 and n.event_no = any(array(select event_no from held))
order by n.notice_id
for update of n
