-- Writes decisions.
-- $1 JSON array of rows (DecisionRow)
-- Guarantee: of one event and proposal the first decision stays, save that one that was held is replaced, and that a credit
-- replaces a "none": no return is without its decision. Returns the keys that were written.
-- Differs by necessity because rows come as one JSON array.
insert into decisions (event_no, proposal_id, job_id, account_id, person_id, rule, policy_version, verdict, reason,
    ground, amount, told, decided_at, facts)
select e.value ->> 'event_no', e.value ->> 'proposal_id', e.value ->> 'job_id', e.value ->> 'account_id',
    e.value ->> 'person_id', e.value ->> 'rule', e.value ->> 'policy_version', e.value ->> 'verdict',
    e.value ->> 'reason', e.value ->> 'ground', e.value ->> 'amount', e.value ->> 'told',
    e.value ->> 'decided_at', e.value ->> 'facts'
from jsonb_each($1) as e
where true
on conflict (event_no, proposal_id) do update
set rule = excluded.rule, policy_version = excluded.policy_version, verdict = excluded.verdict, reason = excluded.reason,
    ground = excluded.ground, amount = excluded.amount, told = excluded.told, decided_at = excluded.decided_at,
    facts = excluded.facts
where decisions.verdict = 'held' or (decisions.verdict = 'none' and excluded.verdict = 'credited')
returning event_no, proposal_id
