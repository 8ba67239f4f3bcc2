-- Reads what is known around some proposals: jobs, ledger entries, earlier decisions, clients and people.
-- $1 JSON array of job_id, $2 of proposal_id, $3 of client_id, $4 of person_id
-- Answer: `what` says which table a row is of, and so what its columns mean (FactRow). 1 a job, with whether its client is
-- suspended (null: not known); 2 an entry that names a proposal, or gives back a charge of one without naming it;
-- 3 an earlier decision; 4 a client; 5 a person.
-- Guarantee: of each table a row for each that is there, entries and decisions oldest first. What an event holds itself is
-- among the decisions: at the end of the hold that alone is decided again.
-- Differs by necessity because rows come as JSON arrays.
select 1 as what, j.job_id as of, j.client_id as id, j.title as text, j.state as kind, null as other, null as number,
    j.state_since as at, j.hired_at as until, c.suspended as flag
from jobs j
left join clients c on c.client_id = j.client_id
where j.job_id in (select value from json_each($1))
union all
select 2, proposal_id, entry_id, account_id, kind, reverses, amount, created_at, expires_at, null
from connects_entries
where proposal_id in (select value from json_each($2))
union all
select 2, charge.proposal_id, back.entry_id, back.account_id, back.kind, back.reverses, back.amount, back.created_at,
    back.expires_at, null
from connects_entries charge
join connects_entries back on back.reverses = charge.entry_id and back.proposal_id is distinct from charge.proposal_id
where charge.proposal_id in (select value from json_each($2))
union all
select 3, proposal_id, '', null, verdict, null, event_no, decided_at, null, told
from decisions
where proposal_id in (select value from json_each($2))
union all
select 4, client_id, '', null, null, null, null, null, null, suspended
from clients
where client_id in (select value from json_each($3))
union all
select 5, person_id, '', null, null, null, null, null, null, null
from people
where person_id in (select value from json_each($4))
order by what, at, id, number
