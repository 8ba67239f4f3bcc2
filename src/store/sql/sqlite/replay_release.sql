-- Gives a replay back, so that another may claim it at once.
-- $1 replay_no, $2 fencing token
-- Guarantee: touches none that another holds.
update replays
set lease_token = null, lease_until = null
where replay_no = $1 and lease_token = $2
