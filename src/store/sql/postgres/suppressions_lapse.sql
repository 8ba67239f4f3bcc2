-- Removes entries of these addresses whose term is over, so that what is written next is a new entry with a new number.
-- $1 text[] addresses, $2 timestamptz now
-- Guarantee: touches no entry that is in force.
delete from suppressions
where expires_at <= $2 and address in (select lower(trim(a.address)) from unnest($1::text[]) as a (address))
