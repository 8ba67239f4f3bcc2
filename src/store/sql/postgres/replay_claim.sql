-- Takes over a replay: this one, or the oldest that nobody holds.
-- $1 bigint replay_no, or null, $2 uuid fencing token, $3 bigint length of the lease in microseconds, $4 timestamptz now
-- Guarantee: one holder at a time; the database's clock alone tells when a lease ends. What another claims meanwhile is skipped.
update replays
set state = 'running', lease_token = $2, lease_until = clock_timestamp() + $3 * interval '1 microsecond',
    started_at = coalesce(started_at, $4)
where replay_no = (
    select r.replay_no
    from replays r
    where r.state in ('pending', 'running') and (r.lease_until is null or r.lease_until <= (select clock_timestamp()))
        and ($1::bigint is null or r.replay_no = $1)
    order by r.replay_no
    limit 1
    for update skip locked
)
returning
    replay_no, state, operator, reason, effects, rate, ramp, stop_after_failures, patch is not null as patched, items, done, failed,
    skipped, credits, connects, notices, created_at, started_at, ended_at,
    coalesce(lease_until > clock_timestamp(), false) as held
