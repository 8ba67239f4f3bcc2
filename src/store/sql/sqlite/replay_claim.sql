-- Takes over a replay: this one, or the oldest that nobody holds.
-- $1 replay_no, or null, $2 fencing token (blob), $3 length of the lease in microseconds, $4 now in microseconds
-- Guarantee: one holder at a time; the database's clock alone tells when a lease ends.
-- Differs by necessity because there is one writer, so nothing is skipped; the clock is unixepoch('subsec').
update replays
set state = 'running', lease_token = $2, lease_until = cast(unixepoch('subsec') * 1000000 as integer) + $3,
    started_at = coalesce(started_at, $4)
where replay_no = (
    select r.replay_no
    from replays r
    where r.state in ('pending', 'running')
        and (r.lease_until is null or r.lease_until <= cast(unixepoch('subsec') * 1000000 as integer))
        and ($1 is null or r.replay_no = $1)
    order by r.replay_no
    limit 1
)
returning
    replay_no, state, operator, reason, effects, rate, ramp, stop_after_failures, patch is not null as patched, items, done, failed,
    skipped, credits, connects, notices, created_at, started_at, ended_at,
    coalesce(lease_until > cast(unixepoch('subsec') * 1000000 as integer), 0) as held
