-- Takes addresses off the list that are a person's: the present ones, and those that a notice to them found out about.
-- $1 JSON array of addresses, $2 JSON array of notice_id as text, $3 person_id
-- Guarantee: one that is another person's, too, stays: it says something about their mailbox.
delete from suppressions
where (address in (select lower(trim(value)) from json_each($1)) or notice_id in (select unhex(value, '-') from json_each($2)))
    and not exists (select 1 from people p where lower(trim(p.email)) = suppressions.address and p.person_id <> $3)
