-- Ends a replay.
-- $1 bigint replay_no, $2 uuid fencing token, or null: whoever holds it, $3 text state, $4 timestamptz now
-- Guarantee: none that has ended before, or that another holds.
update replays
set state = $3, ended_at = $4, lease_token = null, lease_until = null
where replay_no = $1 and state in ('pending', 'running') and ($2::uuid is null or lease_token = $2)
returning
    replay_no, state, operator, reason, effects, rate, ramp, stop_after_failures, patch is not null as patched, items, done, failed,
    skipped, credits, connects, notices, created_at, started_at, ended_at,
    coalesce(lease_until > clock_timestamp(), false) as held
