-- Lets the announcements of some events' notices, or of some notices, follow them: due once they are let go, not due while they are kept back.
-- $1 bigint[] event_no, $2 uuid[] notice_id
-- Guarantee: touches none that was published, and none that stands as its notice does.
update announcements as a
set due_at = case when n.state <> 'withheld' then n.due_at end
from notices n
where a.notice_id = any (array(
        select p.notice_id
        from announcements p
        where p.event_no = any($1::bigint[]) and p.state = 'pending' and p.notice_id is not null
    ) || $2::uuid[])
    and a.state = 'pending' and n.notice_id = a.notice_id
    and (a.due_at is null) <> (n.state = 'withheld' or n.due_at is null)
