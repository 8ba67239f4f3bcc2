-- Decisions about proposals that a person submitted, as objects.
-- $1 text person_id, $2 bigint limit
select json_build_object(
    'proposal', d.proposal_id,
    'event_no', d.event_no,
    'verdict', d.verdict,
    'reason', d.reason,
    'ground', d.ground,
    'amount', d.amount,
    'rule', d.rule,
    'policy', d.policy_version,
    'decided_at', to_char(d.decided_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
)::text
from all_decisions d
where d.proposal_id in (select p.proposal_id from proposals p where p.person_id = $1)
order by d.decided_at, d.event_no, d.proposal_id
limit $2
