-- Proposals on closed jobs with a charge that nothing has given back and no final word of an event about that closing.
-- $1 JSON array of job_id, $2 behind this job, $3 and this proposal, $4 submitted at or before this moment in microseconds,
-- $5 limit
-- Guarantee: in the order of jobs and proposals, so that a page goes on where the one before ended.
-- Differs by necessity because ids come as one JSON array.
-- What was submitted before a purged event about it was applied was decided by that event, whose decisions are gone.
select c.job_id, c.proposal_id
from json_each($1) as k
cross join jobs j on j.job_id = k.value and j.state <> 'open'
cross join proposals c on c.job_id = j.job_id and c.submitted_at <= $4
where k.value >= $2 and (c.job_id, c.proposal_id) > ($2, $3)
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
        where d.proposal_id = c.proposal_id and d.verdict <> 'held'
            and case j.state
                when 'canceled' then v.type = 'job-canceled'
                when 'removed' then v.type = 'post-removed'
                else v.type in ('job-canceled', 'job-expired', 'post-removed')
            end
    )
    and not exists (
        select 1
        from events v
        where v.job_id = c.job_id and v.purged_at is not null and v.applied_at >= c.submitted_at
            and case j.state
                when 'canceled' then v.type = 'job-canceled'
                when 'removed' then v.type = 'post-removed'
                else v.type in ('job-canceled', 'job-expired', 'post-removed')
            end
    )
order by c.job_id, c.proposal_id
limit $5
