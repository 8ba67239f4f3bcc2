-- Reads one replay, or the newest.
-- $1 bigint replay_no, or null, $2 bigint limit
-- Guarantee: newest first.
select
    replay_no, state, operator, reason, effects, rate, ramp, stop_after_failures, patch is not null as patched, items, done, failed,
    skipped, credits, connects, notices, created_at, started_at, ended_at,
    coalesce(lease_until > clock_timestamp(), false) as held
from replays
where $1::bigint is null or replay_no = $1
order by replay_no desc
limit $2
