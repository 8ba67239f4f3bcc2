-- Reads the notices that some announcements tell of, and what is known of their people now.
--
-- $1 JSON list of announcement_no.
-- No address is read: none of it goes to a broker.
--
-- Differs by necessity: there are no arrays; the numbers come as JSON.
select
    a.announcement_no, n.notice_id, n.person_id, n.about, n.lines, n.created_at,
    (select p.name from people p where p.person_id = n.person_id) as name,
    (select p.locale from people p where p.person_id = n.person_id) as locale,
    (select p.time_zone from people p where p.person_id = n.person_id) as time_zone
from announcements as a
join notices as n on n.notice_id = a.notice_id
where a.announcement_no in (select value from json_each($1))
