-- Reads what is known around some proposals: jobs, ledger entries, earlier decisions, clients and people, in one round trip.
-- $1 text[] job_id, $2 text[] proposal_id, $3 text[] client_id, $4 text[] person_id
-- Answer: `what` says which table a row is of, and so what its columns mean (FactRow). 1 a job, with whether its client is
-- suspended (null: not known); 2 an entry that names a proposal, or gives back a charge of one without naming it;
-- 3 an earlier decision; 4 a client; 5 a person.
-- Guarantee: of each table a row for each that is there, entries and decisions oldest first; complete, as accounts are
-- locked. What an event holds itself is among the decisions: at the end of the hold that alone is decided again.
-- "lateral … offset 0" keeps the planner from reading a whole table where it guesses wrong.
with charges as (
    select c.proposal_id, c.entry_id, c.account_id, c.kind, c.amount, c.reverses, c.created_at, c.expires_at
    from unnest($2::text[]) as k (proposal_id)
    cross join lateral (
        select c.proposal_id, c.entry_id, c.account_id, c.kind, c.amount, c.reverses, c.created_at, c.expires_at
        from connects_entries c where c.proposal_id = k.proposal_id offset 0
    ) as c
)
select 1 as what, j.job_id as of, j.client_id as id, j.title as text, j.state as kind, null::text as other,
    null::bigint as number, j.state_since as at, j.hired_at as until, c.suspended as flag
from jobs j
left join lateral (select c.suspended from clients c where c.client_id = j.client_id offset 0) as c on true
where j.job_id = any($1::text[])
union all
select 2, proposal_id, entry_id, account_id, kind, reverses, amount, created_at, expires_at, null
from charges
union all
select 2, charge.proposal_id, back.entry_id, back.account_id, back.kind, back.reverses, back.amount, back.created_at,
    back.expires_at, null
from charges charge
cross join lateral (
    select b.entry_id, b.account_id, b.kind, b.amount, b.reverses, b.created_at, b.expires_at
    from connects_entries b
    where b.reverses = charge.entry_id and b.proposal_id is distinct from charge.proposal_id
    offset 0
) as back
union all
select 3, proposal_id, '', null, verdict, null, event_no, decided_at, null, told
from decisions
where proposal_id = any($2::text[])
union all
select 4, client_id, '', null, null, null, null, null, null, suspended
from clients
where client_id = any($3::text[])
union all
select 5, person_id, '', null, null, null, null, null, null, null
from people
where person_id = any($4::text[])
order by what, at, id, number
