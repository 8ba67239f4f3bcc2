-- A page of the proposals on one client's posts, newest first.
-- $1 client_id, $2 microseconds and, $3 proposal_id of the last one of the page before, $4 limit, $5 posts looked at, the
-- last changed
-- Guarantee: of each post no more is read than the page holds.
-- Differs by necessity because SQLite has no lateral join.
select p.proposal_id
from (select j.job_id from jobs j where j.client_id = $1 order by j.state_since desc, j.job_id desc limit $5) as j
cross join proposals p on p.proposal_id in (
    select q.proposal_id
    from proposals q
    where q.job_id = j.job_id and (q.submitted_at, q.proposal_id) < ($2, $3)
    order by q.submitted_at desc, q.proposal_id desc
    limit $4
)
order by p.submitted_at desc, p.proposal_id desc
limit $4
