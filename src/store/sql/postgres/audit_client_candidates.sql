-- Proposals on open jobs of suspended clients with a charge that nothing has given back and no word of a suspension.
-- $1 text[] client_id, $2 text behind this client, $3 text and this proposal, $4 timestamptz submitted at or before this moment,
-- $5 bigint limit
-- Guarantee: in the order of clients and proposals, so that a page goes on where the one before ended.
-- "lateral … offset 0" keeps the planner from reading a whole table where it guesses wrong.
-- What was submitted before a purged event about it was applied was decided by that event, whose decisions are gone.
select k.client_id, c.proposal_id
from (select k.client_id from unnest($1::text[]) as k (client_id) where k.client_id >= $2::text order by k.client_id) as k
cross join lateral (select 1 from clients l where l.client_id = k.client_id and l.suspended offset 0) as l
cross join lateral (select j.job_id from jobs j where j.client_id = k.client_id and j.state = 'open' offset 0) as j
cross join lateral (
    select p.proposal_id, p.submitted_at
    from proposals p
    where p.job_id = j.job_id and p.submitted_at <= $4::timestamptz
    offset 0
) as c
where (k.client_id, c.proposal_id) > ($2::text, $3::text)
    and exists (
        select 1
        from connects_entries e
        where e.proposal_id = c.proposal_id and e.kind in ('fee', 'boost')
            and not exists (select 1 from connects_entries b where b.reverses = e.entry_id)
    )
    and not exists (
        select 1
        from decisions d
        cross join lateral (select v.type from events v where v.event_no = d.event_no offset 0) as v
        where d.proposal_id = c.proposal_id and v.type = 'client-suspended'
    )
    and not exists (
        select 1
        from events v
        where v.client_id = k.client_id and v.purged_at is not null and v.applied_at >= c.submitted_at
            and v.type = 'client-suspended'
    )
order by k.client_id, c.proposal_id
limit $5
