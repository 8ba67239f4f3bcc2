-- Lets the announcements of some events' notices follow their notices: due once they are let go, not due while they are kept back.
-- $1 bigint[] event_no
-- Guarantee: touches none that was published, and none that stands as its notice does.
update announcements as a
set due_at = case when n.state <> 'withheld' then n.due_at end
from notices n
where a.event_no = any($1::bigint[]) and a.state = 'pending' and n.notice_id = a.notice_id
    and (a.due_at is null) <> (n.state = 'withheld' or n.due_at is null)
