-- Lets notices go that were kept back. They were locked as such (outbox_lock.sql).
-- $1 JSON array of ids, $2 now in microseconds
-- Guarantee: a notice whose event may have more to tell gets no due time: the event's end gives it one.
-- Differs by necessity: there are no arrays; the ids come as JSON, as text.
update notices
set state = 'pending', code = null, reply = null,
    due_at = case when notices.due_at is null and e.state in ('waiting', 'fanning_out') then null else $2 end
from events e
where notices.notice_id in (select unhex(value, '-') from json_each($1)) and e.event_no = notices.event_no
