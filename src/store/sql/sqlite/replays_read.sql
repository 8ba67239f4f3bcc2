-- Reads one replay, or the newest.
-- $1 replay_no, or null, $2 limit
-- Guarantee: newest first.
-- Differs by necessity because the clock is unixepoch('subsec').
select
    replay_no, state, operator, reason, effects, rate, ramp, stop_after_failures, patch is not null as patched, items, done, failed,
    skipped, credits, connects, notices, created_at, started_at, ended_at,
    coalesce(lease_until > cast(unixepoch('subsec') * 1000000 as integer), 0) as held
from replays
where $1 is null or replay_no = $1
order by replay_no desc
limit $2
