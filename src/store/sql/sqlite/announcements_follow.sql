-- Lets the announcements of some events' notices follow their notices: due once they are let go, not due while they are kept back.
-- $1 JSON array of event_no
-- Guarantee: touches none that was published, and none that stands as its notice does.
-- Differs by necessity because rows come as one JSON array.
update announcements
set due_at = case when n.state <> 'withheld' then n.due_at end
from notices as n
where announcements.event_no in (select value from json_each($1)) and announcements.state = 'pending'
    and n.notice_id = announcements.notice_id
    and (announcements.due_at is null) <> (n.state = 'withheld' or n.due_at is null)
