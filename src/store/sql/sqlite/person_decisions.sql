-- Decisions about proposals that a person submitted, as objects.
-- $1 person_id, $2 limit
select json_object(
    'proposal', d.proposal_id,
    'event_no', d.event_no,
    'verdict', d.verdict,
    'reason', d.reason,
    'ground', d.ground,
    'amount', d.amount,
    'rule', d.rule,
    'policy', d.policy_version,
    'decided_at', strftime('%Y-%m-%dT%H:%M:%fZ', d.decided_at / 1000000.0, 'unixepoch')
)
from decisions d
where d.proposal_id in (select p.proposal_id from proposals p where p.person_id = $1)
order by d.decided_at, d.event_no, d.proposal_id
limit $2
