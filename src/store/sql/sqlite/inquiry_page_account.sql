-- A page of the proposals of one account, newest first.
-- $1 account_id, $2 microseconds and, $3 proposal_id of the last one of the page before, $4 limit
-- Guarantee: in the order of an index, which ends the page.
select proposal_id
from proposals
where account_id = $1 and (submitted_at, proposal_id) < ($2, $3)
order by submitted_at desc, proposal_id desc
limit $4
