-- Orders a replay.
-- $1 text operator, $2 text reason, $3 text effects, $4 integer rate, $5 text ramp (JSON), $6 integer stop_after_failures,
-- $7 bytea patch, $8 bigint items, $9 timestamptz now
-- Guarantee: nobody sees it before its items are there: they are in the same transaction.
insert into replays (state, operator, reason, effects, rate, ramp, stop_after_failures, patch, items, created_at)
values ('pending', $1, $2, $3, $4, $5, $6, $7, $8, $9)
returning
    replay_no, state, operator, reason, effects, rate, ramp, stop_after_failures, patch is not null as patched, items, done, failed,
    skipped, credits, connects, notices, created_at, started_at, ended_at,
    coalesce(lease_until > clock_timestamp(), false) as held
