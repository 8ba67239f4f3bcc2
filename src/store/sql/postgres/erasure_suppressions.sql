-- Takes addresses off the list that are a person's: the present ones, and those that a notice to them found out about.
-- $1 text[] addresses, $2 uuid[] notice_id, $3 text person_id
-- Guarantee: one that is another person's, too, stays: it says something about their mailbox.
delete from suppressions s
where (s.address in (select lower(trim(a.address)) from unnest($1::text[]) as a (address)) or s.notice_id = any($2))
    and not exists (select 1 from people p where lower(trim(p.email)) = s.address and p.person_id <> $3)
