-- Writes what events became.
-- $1 JSON array of rows (EventRow)
-- Guarantee: one row each; the number of rows changed is checked. A policy version once written stays.
-- Differs by necessity because rows come as one JSON array.
update events as v
set state = e.value ->> 'state', stage = e.value ->> 'stage', attempts = e.value ->> 'attempts', due_at = e.value ->> 'due_at',
    code = e.value ->> 'code', cursor = e.value ->> 'cursor', held_until = e.value ->> 'held_until',
    advanced_at = e.value ->> 'advanced_at', policy_version = coalesce(e.value ->> 'policy_version', v.policy_version),
    applied_at = e.value ->> 'applied_at'
from jsonb_each($1) as e
where v.event_no = e.value ->> 'event_no'
