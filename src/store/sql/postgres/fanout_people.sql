-- People who may be told more by a later chunk of a fan-out.
-- $1 bigint event_no, $2 text cursor, $3 text[] person_id
-- Guarantee: names everyone who submitted for, owns or manages an account still to come; may name more.
-- "lateral … offset 0" and "offset 0" keep the planner from walking all accounts still to come, for each person.
select person.person_id
from unnest($3::text[]) as person (person_id)
where exists (
        select 1 from proposals p
        cross join lateral (
            select 1 from fanout_accounts f where f.event_no = $1 and f.account_id = p.account_id and f.account_id > $2 offset 0
        ) as f
        where p.person_id = person.person_id offset 0
    )
    or exists (
        select 1 from accounts a
        cross join lateral (
            select 1 from fanout_accounts f where f.event_no = $1 and f.account_id = a.account_id and f.account_id > $2 offset 0
        ) as f
        where a.owner_id = person.person_id offset 0
    )
    or exists (
        select 1 from accounts a
        cross join lateral (
            select 1 from fanout_accounts f where f.event_no = $1 and f.account_id = a.account_id and f.account_id > $2 offset 0
        ) as f
        where a.manager_id = person.person_id offset 0
    )
