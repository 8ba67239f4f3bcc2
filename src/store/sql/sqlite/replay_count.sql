-- Counts what an item of a replay did.
-- $1 replay_no, and by how much each rises: $2 done, $3 failed, $4 skipped, $5 credits, $6 connects,
-- $7 notices
-- Guarantee: in the transaction of the item.
-- Differs by necessity because the clock is unixepoch('subsec').
update replays
set done = done + $2, failed = failed + $3, skipped = skipped + $4, credits = credits + $5, connects = connects + $6,
    notices = notices + $7
where replay_no = $1
returning
    replay_no, state, operator, reason, effects, rate, ramp, stop_after_failures, patch is not null as patched, items, done, failed,
    skipped, credits, connects, notices, created_at, started_at, ended_at,
    coalesce(lease_until > cast(unixepoch('subsec') * 1000000 as integer), 0) as held
