-- Forgets the accounts of a fan-out.
-- $1 event_no
-- Guarantee: leaves other events' alone.
delete from fanout_accounts
where event_no = $1
