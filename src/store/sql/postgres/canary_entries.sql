-- Plants a charge that nothing gave back, and another that was given back without a cause, in a transaction that is rolled back.
-- $1 text account and proposal, $2 text[] entry_id, $3 text[] kind, $4 bigint[] amount, $5 text[] reverses (one each),
-- $6 timestamptz when
insert into connects_entries (entry_id, account_id, proposal_id, kind, amount, reverses, reason, event_no, created_at)
select e.entry_id, $1::text, $1::text, e.kind, e.amount, e.reverses, case when e.kind = 'return' then 'canary' end,
    case when e.kind = 'return' then -1 end, $6::timestamptz
from unnest($2::text[], $3::text[], $4::bigint[], $5::text[]) as e (entry_id, kind, amount, reverses)
