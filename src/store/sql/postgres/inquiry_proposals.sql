-- Proposals with what is known of their job, its client and the account that paid.
-- $1 text[] proposal_id
-- Guarantee: one row each; what is not known is null.
select p.proposal_id, p.job_id, p.account_id, p.person_id, p.state, p.state_since, p.declined_by, p.submitted_at, p.invited,
    j.client_id, j.title, j.state as job_state, j.state_since as job_since, j.hired_at, c.suspended as client_suspended,
    a.kind as account_kind, a.owner_id, a.manager_id, a.balance
from proposals p
left join jobs j on j.job_id = p.job_id
left join clients c on c.client_id = j.client_id
left join accounts a on a.account_id = p.account_id
where p.proposal_id = any($1::text[])
