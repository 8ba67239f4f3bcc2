-- Ledger entries of some proposals, and those that give back a charge of theirs without naming them.
-- $1 JSON array of proposal_id, $2 limit
-- Guarantee: oldest first, at most so many.
-- Differs by necessity because lists come as JSON arrays.
select e.entry_id, e.account_id, e.proposal_id, e.kind, e.amount, e.reverses, e.reason, e.event_no,
    e.created_at, e.expires_at, e.proposal_id as about
from connects_entries e
where e.proposal_id in (select value from json_each($1))
union all
select e.entry_id, e.account_id, e.proposal_id, e.kind, e.amount, e.reverses, e.reason, e.event_no,
    e.created_at, e.expires_at, charge.proposal_id as about
from connects_entries charge
join connects_entries e on e.reverses = charge.entry_id and e.proposal_id is distinct from charge.proposal_id
where charge.proposal_id in (select value from json_each($1))
order by created_at, entry_id
limit $2
