-- Plants a charge that nothing gave back, and another that was given back without a cause, in a transaction that is rolled back.
-- $1 account and proposal, $2 JSON array of [entry_id, kind, amount, reverses], $3 when in microseconds
-- Differs by necessity because rows come as one JSON array.
insert into connects_entries (entry_id, account_id, proposal_id, kind, amount, reverses, reason, event_no, created_at)
select e.value ->> 0, $1, $1, e.value ->> 1, e.value ->> 2, e.value ->> 3,
    case when e.value ->> 1 = 'return' then 'canary' end, case when e.value ->> 1 = 'return' then -1 end, $3
from json_each($2) as e
