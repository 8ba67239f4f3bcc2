-- A page of the proposals on one client's posts, newest first.
-- $1 text client_id, $2 timestamptz and, $3 text proposal_id of the last one of the page before, $4 bigint limit, $5 bigint
-- posts looked at, the last changed
-- Guarantee: of each post no more is read than the page holds.
select p.proposal_id
from (select j.job_id from jobs j where j.client_id = $1 order by j.state_since desc, j.job_id desc limit $5) as j
cross join lateral (
    select p.proposal_id, p.submitted_at
    from proposals p
    where p.job_id = j.job_id and (p.submitted_at, p.proposal_id) < ($2, $3)
    order by p.submitted_at desc, p.proposal_id desc
    limit $4
) as p
order by p.submitted_at desc, p.proposal_id desc
limit $4
