-- A page of the inbox, and which of its events nothing is left to do for.
-- $1 bigint behind this number, $2 timestamptz before this moment, $3 bigint limit
-- Answer: number, whether it came before the moment, and whether it can be purged: it was applied before the moment, and none of
-- its letters or announcements is still to go out.
-- Guarantee: locked in the order of their numbers.
select v.event_no, v.received_at < $2 as came_before,
    v.state = 'applied' and v.purged_at is null and v.applied_at < $2
    and not exists (
        select 1 from notices n
        where n.event_no = v.event_no and n.state in ('pending', 'leased', 'deferred', 'withheld')
    )
    and not exists (
        select 1 from notices n join announcements a on a.notice_id = n.notice_id
        where n.event_no = v.event_no and a.state = 'pending'
    )
    and not exists (
        select 1
        from decisions d
        join connects_entries r on r.proposal_id = d.proposal_id and r.event_no = d.event_no
        join announcements a on a.entry_id = r.entry_id
        where d.event_no = v.event_no and a.state = 'pending'
    ) as can_go
from (
    select event_no, received_at, state, purged_at, applied_at from events where event_no > $1 order by event_no limit $3 for update
) as v
order by v.event_no
