-- What was decided about some proposals.
-- $1 text[] proposal_id, $2 bigint limit
-- Guarantee: oldest first, at most so many.
select d.event_no, d.proposal_id, d.job_id, d.account_id, d.person_id, d.rule, d.policy_version, d.verdict, d.reason, d.ground,
    d.amount, d.told, d.decided_at, d.facts
from all_decisions d
where d.proposal_id = any($1::text[])
order by d.decided_at, d.event_no
limit $2
