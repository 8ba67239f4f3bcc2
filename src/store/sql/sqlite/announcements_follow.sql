-- Lets the announcements of some events' notices, or of some notices, follow them: due once they are let go, not due while they are kept back.
-- $1 JSON array of event_no, $2 JSON array of notice_id as text
-- Guarantee: touches none that was published, and none that stands as its notice does.
-- Differs by necessity because rows come as one JSON array.
update announcements
set due_at = case when n.state <> 'withheld' then n.due_at end
from notices as n
where announcements.notice_id in (
        select p.notice_id
        from announcements as p
        where p.event_no in (select value from json_each($1)) and p.state = 'pending' and p.notice_id is not null
        union all
        select unhex(value, '-')
        from json_each($2)
    )
    and announcements.state = 'pending'
    and n.notice_id = announcements.notice_id
    and (announcements.due_at is null) <> (n.state = 'withheld' or n.due_at is null)
