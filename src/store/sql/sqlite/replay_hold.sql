-- Renews the lease of a replay, and locks it.
-- $1 replay_no, $2 fencing token (blob), $3 length of the lease in microseconds
-- Guarantee: none, if it was canceled, ended or taken over.
-- Differs by necessity because the clock is unixepoch('subsec').
update replays
set lease_until = cast(unixepoch('subsec') * 1000000 as integer) + $3
where replay_no = $1 and lease_token = $2 and state = 'running'
returning effects, patch
