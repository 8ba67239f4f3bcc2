-- Entries of the ledger about proposals that a person submitted, as objects.
-- $1 person_id, $2 limit
select json_object(
    'entry', e.entry_id,
    'account', e.account_id,
    'proposal', e.proposal_id,
    'kind', e.kind,
    'amount', e.amount,
    'reverses', e.reverses,
    'reason', e.reason,
    'created_at', strftime('%Y-%m-%dT%H:%M:%fZ', e.created_at / 1000000.0, 'unixepoch'),
    'expires_at', strftime('%Y-%m-%dT%H:%M:%fZ', e.expires_at / 1000000.0, 'unixepoch')
)
from connects_entries e
where e.proposal_id in (select p.proposal_id from proposals p where p.person_id = $1)
order by e.created_at, e.entry_id
limit $2
