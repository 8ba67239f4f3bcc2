-- Takes name, address, language and time zone out of a person's facts. The id stays: the ledger names it.
-- $1 text person_id
update people
set name = null, email = null, locale = null, time_zone = null
where person_id = $1
