-- Writes what events became.
-- $1 bigint[] event_no, $2 text[] state, $3 text[] stage, $4 integer[] attempts, $5 timestamptz[] due_at, $6 text[] code, $7 text[] cursor,
-- $8 timestamptz[] held_until, $9 timestamptz[] advanced_at, $10 text[] policy_version, $11 timestamptz[] applied_at
-- Guarantee: one row each; the number of rows changed is checked. A policy version once written stays, save the one that the
-- inbox took in beforehand: it is a claim about an event that is applied at once, and this one was not.
-- The keys stand there once more so that the table is never read whole, however small the planner takes it for.
update events v
set state = e.state, stage = e.stage, attempts = e.attempts, due_at = e.due_at, code = e.code, cursor = e.cursor,
    held_until = e.held_until, advanced_at = e.advanced_at,
    policy_version = coalesce(e.policy_version, case when v.applied_at is null then v.policy_version end),
    applied_at = e.applied_at
from unnest($1::bigint[], $2::text[], $3::text[], $4::integer[], $5::timestamptz[], $6::text[], $7::text[], $8::timestamptz[],
    $9::timestamptz[], $10::text[], $11::timestamptz[])
    as e (event_no, state, stage, attempts, due_at, code, cursor, held_until, advanced_at, policy_version, applied_at)
where v.event_no = any ($1::bigint[]) and v.event_no = e.event_no
