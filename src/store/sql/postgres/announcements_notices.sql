-- Reads the notices that some announcements tell of, and what is known of their people now.
--
-- $1 announcement_no (bigint[]).
-- No address is read: none of it goes to a broker. The looks at people are subselects so that no plan can read them whole.
--
-- Differs by necessity: SQLite has no arrays; the numbers come as JSON.
select
    a.announcement_no, n.notice_id, n.person_id, n.about::text as about, n.lines::text as lines, n.created_at,
    (select p.name from people p where p.person_id = n.person_id) as name,
    (select p.locale from people p where p.person_id = n.person_id) as locale,
    (select p.time_zone from people p where p.person_id = n.person_id) as time_zone
from announcements a
cross join lateral (
    select n.notice_id, n.person_id, n.about, n.lines, n.created_at from notices n where n.notice_id = a.notice_id offset 0
) as n
where a.announcement_no = any ($1::bigint[])
