-- Locks the notices that an operator changes.
-- Those whose person was erased are left alone: they have no words any more.
-- $1 uuid[] ids, $2 text[] states they must have, $3 text[] codes (empty: any)
-- Guarantee: their events are locked first, in order, as every transaction that writes notices does, so that none ends while this
-- goes on; an array is made before the first notice is looked at. What a sender has leased is in none of the states: nobody waits
-- for it, and it does not wait.
with held as materialized (
    select e.event_no
    from events e
    where e.event_no in (select n.event_no from notices n where n.notice_id = any($1))
    order by e.event_no
    for share
)
select n.notice_id
from notices n
where n.notice_id = any($1) and n.state = any($2) and n.erased_at is null and (cardinality($3::text[]) = 0 or n.code = any($3))
    and n.event_no = any(array(select event_no from held))
order by n.notice_id
for update of n
