-- People who may be told more by a later chunk of a fan-out.
-- $1 event_no, $2 cursor, $3 JSON array of person_id
-- Guarantee: names everyone who submitted for, owns or manages an account still to come; may name more.
-- Differs by necessity because rows come as one JSON array.
select person.person_id
from (select value as person_id from json_each($3)) as person
where exists (
        select 1 from proposals p
        cross join fanout_accounts f on f.event_no = $1 and f.account_id = p.account_id
        where p.person_id = person.person_id and f.account_id > $2
    )
    or exists (
        select 1 from accounts a
        cross join fanout_accounts f on f.event_no = $1 and f.account_id = a.account_id
        where a.owner_id = person.person_id and f.account_id > $2
    )
    or exists (
        select 1 from accounts a
        cross join fanout_accounts f on f.event_no = $1 and f.account_id = a.account_id
        where a.manager_id = person.person_id and f.account_id > $2
    )
