-- Reads the ledger entries that name some proposals, as entries_read.sql, without the returns that the events of a window made.
-- $1 JSON array of proposal_id, $2 since in microseconds, $3 until (either null: no bound), $4 first and $5 last number of the window
-- Guarantee: oldest first.
select e.proposal_id, e.entry_id, e.account_id, e.kind, e.amount, e.reverses, e.created_at, e.expires_at
from (
    select proposal_id, entry_id, account_id, kind, amount, reverses, created_at, expires_at, event_no
    from connects_entries
    where proposal_id in (select value from json_each($1))
    union all
    select charge.proposal_id, back.entry_id, back.account_id, back.kind, back.amount, back.reverses, back.created_at,
        back.expires_at, back.event_no
    from connects_entries charge
    join connects_entries back on back.reverses = charge.entry_id and back.proposal_id is distinct from charge.proposal_id
    where charge.proposal_id in (select value from json_each($1))
) as e
where e.kind <> 'return' or not exists (
    select 1
    from events w
    where w.event_no = e.event_no and w.event_no between $4 and $5 and w.state = 'applied'
        and ($2 is null or w.occurred_at >= $2) and ($3 is null or w.occurred_at < $3)
)
order by e.created_at, e.entry_id
