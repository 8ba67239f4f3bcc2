-- Proposals on open jobs of suspended clients with a charge that nothing has given back and no word of a suspension.
-- $1 JSON array of client_id, $2 behind this client, $3 and this proposal, $4 submitted at or before this moment in
-- microseconds, $5 limit
-- Guarantee: in the order of clients and proposals, so that a page goes on where the one before ended.
-- Differs by necessity because ids come as one JSON array.
-- What was submitted before a purged event about it was applied was decided by that event, whose decisions are gone.
select l.client_id, c.proposal_id
from json_each($1) as k
cross join clients l on l.client_id = k.value and l.suspended = 1
cross join jobs j on j.client_id = l.client_id and j.state = 'open'
cross join proposals c on c.job_id = j.job_id and c.submitted_at <= $4
where k.value >= $2 and (l.client_id, c.proposal_id) > ($2, $3)
    and exists (
        select 1
        from connects_entries e
        where e.proposal_id = c.proposal_id and e.kind in ('fee', 'boost')
            and not exists (select 1 from connects_entries b where b.reverses = e.entry_id)
    )
    and not exists (
        select 1
        from decisions d
        cross join events v on v.event_no = d.event_no
        where d.proposal_id = c.proposal_id and v.type = 'client-suspended'
    )
    and not exists (
        select 1
        from events v
        where v.client_id = l.client_id and v.purged_at is not null and v.applied_at >= c.submitted_at
            and v.type = 'client-suspended'
    )
order by l.client_id, c.proposal_id
limit $5
