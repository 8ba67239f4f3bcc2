-- Removes entries of these addresses whose term is over, so that what is written next is a new entry with a new number.
-- $1 JSON array of addresses, $2 now in microseconds
-- Guarantee: touches no entry that is in force.
-- Differs by necessity because the addresses come as one JSON array.
delete from suppressions
where expires_at <= $2 and address in (select lower(trim(value)) from json_each($1))
