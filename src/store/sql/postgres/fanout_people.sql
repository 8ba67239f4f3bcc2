-- People who may be told more by a later chunk of a fan-out.
-- $1 bigint event_no, $2 text cursor, $3 text[] person_id
-- Guarantee: names everyone who submitted for, owns or manages an account still to come; may name more.
select person.person_id
from unnest($3::text[]) as person (person_id)
where exists (
        select 1 from proposals p
        join fanout_accounts f on f.event_no = $1 and f.account_id = p.account_id
        where p.person_id = person.person_id and f.account_id > $2
    )
    or exists (
        select 1 from accounts a
        join fanout_accounts f on f.event_no = $1 and f.account_id = a.account_id
        where a.owner_id = person.person_id and f.account_id > $2
    )
    or exists (
        select 1 from accounts a
        join fanout_accounts f on f.event_no = $1 and f.account_id = a.account_id
        where a.manager_id = person.person_id and f.account_id > $2
    )
