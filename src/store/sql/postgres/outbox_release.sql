-- Lets notices go that were kept back. They were locked as such, and so were their events (outbox_lock.sql).
-- $1 uuid[] ids, $2 timestamptz now
-- Guarantee: a notice whose event may have more to tell gets no due time: the event's end gives it one.
update notices n
set state = 'pending', code = null, reply = null,
    due_at = case when n.due_at is null and e.state in ('waiting', 'fanning_out') then null else $2::timestamptz end
from events e
where n.notice_id = any($1) and e.event_no = n.event_no
