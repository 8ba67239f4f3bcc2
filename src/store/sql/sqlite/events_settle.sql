-- Writes what events became.
-- $1 JSON array of rows (EventRow)
-- Guarantee: one row each; the number of rows changed is checked. A policy version once written stays, save the one that the
-- inbox took in beforehand: it is a claim about an event that is applied at once, and this one was not.
-- Differs by necessity because rows come as one JSON array.
update events as v
set state = e.value ->> 'state', stage = e.value ->> 'stage', attempts = e.value ->> 'attempts', due_at = e.value ->> 'due_at',
    code = e.value ->> 'code', cursor = e.value ->> 'cursor', held_until = e.value ->> 'held_until',
    advanced_at = e.value ->> 'advanced_at',
    policy_version = coalesce(e.value ->> 'policy_version', case when v.applied_at is null then v.policy_version end),
    applied_at = e.value ->> 'applied_at'
from jsonb_each($1) as e
where v.event_no = e.value ->> 'event_no'
