-- Counts what an item of a replay did.
-- $1 bigint replay_no, and by how much each rises: $2 bigint done, $3 bigint failed, $4 bigint skipped, $5 bigint credits, $6 bigint connects,
-- $7 bigint notices
-- Guarantee: in the transaction of the item.
update replays
set done = done + $2, failed = failed + $3, skipped = skipped + $4, credits = credits + $5, connects = connects + $6,
    notices = notices + $7
where replay_no = $1
returning
    replay_no, state, operator, reason, effects, rate, ramp, stop_after_failures, patch is not null as patched, items, done, failed,
    skipped, credits, connects, notices, created_at, started_at, ended_at,
    coalesce(lease_until > clock_timestamp(), false) as held
