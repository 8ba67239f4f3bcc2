-- Renews the lease of a replay, and locks it.
-- $1 bigint replay_no, $2 uuid fencing token, $3 bigint length of the lease in microseconds
-- Guarantee: none, if it was canceled, ended or taken over; whoever wants to do that waits for the end of this transaction.
update replays
set lease_until = clock_timestamp() + $3 * interval '1 microsecond'
where replay_no = $1 and lease_token = $2 and state = 'running'
returning effects, patch
