-- Entries of the ledger about proposals that a person submitted, as objects.
-- $1 text person_id, $2 bigint limit
select json_build_object(
    'entry', e.entry_id,
    'account', e.account_id,
    'proposal', e.proposal_id,
    'kind', e.kind,
    'amount', e.amount,
    'reverses', e.reverses,
    'reason', e.reason,
    'created_at', to_char(e.created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'expires_at', to_char(e.expires_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
)::text
from connects_entries e
where e.proposal_id in (select p.proposal_id from proposals p where p.person_id = $1)
order by e.created_at, e.entry_id
limit $2
