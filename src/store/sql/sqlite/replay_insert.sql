-- Orders a replay.
-- $1 operator, $2 reason, $3 effects, $4 rate, $5 ramp (JSON), $6 stop_after_failures,
-- $7 patch, $8 items, $9 now in microseconds
-- Guarantee: nobody sees it before its items are there: they are in the same transaction.
-- Differs by necessity because the clock is unixepoch('subsec').
insert into replays (state, operator, reason, effects, rate, ramp, stop_after_failures, patch, items, created_at)
values ('pending', $1, $2, $3, $4, $5, $6, $7, $8, $9)
returning
    replay_no, state, operator, reason, effects, rate, ramp, stop_after_failures, patch is not null as patched, items, done, failed,
    skipped, credits, connects, notices, created_at, started_at, ended_at,
    coalesce(lease_until > cast(unixepoch('subsec') * 1000000 as integer), 0) as held
