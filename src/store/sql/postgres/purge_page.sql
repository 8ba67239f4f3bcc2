-- A page of the inbox, and which of its events nothing is left to do for.
-- $1 bigint behind this number, $2 timestamptz before this moment, $3 bigint limit
-- Answer: number, whether it came before the moment, and whether it can be purged: it was applied before the moment, and none of
-- its letters or announcements is still to go out.
-- Guarantee: locked in the order of their numbers.
-- "lateral … offset 0" keeps the planner from reading whole tables where it guesses wrong.
select v.event_no, v.received_at < $2 as came_before,
    v.state = 'applied' and v.purged_at is null and v.applied_at < $2
    and not exists (
        select 1 from notices n
        where n.event_no = v.event_no and n.state in ('pending', 'leased', 'deferred', 'withheld') offset 0
    )
    and not exists (
        select 1
        from notices n
        cross join lateral (select a.state from announcements a where a.notice_id = n.notice_id offset 0) as a
        where n.event_no = v.event_no and a.state = 'pending' offset 0
    )
    and not exists (
        select 1
        from decisions d
        cross join lateral (
            select r.entry_id from connects_entries r where r.proposal_id = d.proposal_id and r.event_no = d.event_no offset 0
        ) as r
        cross join lateral (select a.state from announcements a where a.entry_id = r.entry_id offset 0) as a
        where d.event_no = v.event_no and a.state = 'pending' offset 0
    ) as can_go
from (
    select event_no, received_at, state, purged_at, applied_at from events where event_no > $1 order by event_no limit $3 for update
) as v
order by v.event_no
