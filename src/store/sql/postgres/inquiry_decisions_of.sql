-- A page of what one event decided, by proposal.
-- $1 bigint event_no, $2 text proposal_id behind which it begins, $3 bigint limit
-- Guarantee: in the order of the primary key.
select d.event_no, d.proposal_id, d.job_id, d.account_id, d.person_id, d.rule, d.policy_version, d.verdict, d.reason, d.ground,
    d.amount, d.told, d.decided_at, d.facts
from all_decisions d
where d.event_no = $1 and d.proposal_id > $2
order by d.proposal_id
limit $3
