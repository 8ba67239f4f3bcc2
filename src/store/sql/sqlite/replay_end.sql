-- Ends a replay.
-- $1 replay_no, $2 fencing token, or null: whoever holds it, $3 state, $4 now in microseconds
-- Guarantee: none that has ended before, or that another holds.
-- Differs by necessity because the clock is unixepoch('subsec').
update replays
set state = $3, ended_at = $4, lease_token = null, lease_until = null
where replay_no = $1 and state in ('pending', 'running') and ($2 is null or lease_token = $2)
returning
    replay_no, state, operator, reason, effects, rate, ramp, stop_after_failures, patch is not null as patched, items, done, failed,
    skipped, credits, connects, notices, created_at, started_at, ended_at,
    coalesce(lease_until > cast(unixepoch('subsec') * 1000000 as integer), 0) as held
