-- One ledger entry.
-- $1 text entry_id
-- Guarantee: as it was written.
select e.entry_id, e.account_id, e.proposal_id, e.kind, e.amount, e.reverses, e.reason, e.event_no,
    e.created_at, e.expires_at, e.proposal_id as about
from connects_entries e
where e.entry_id = $1
