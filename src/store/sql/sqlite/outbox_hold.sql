-- Keeps notices back by an operator's word. They were locked in a state that allows it (outbox_lock.sql).
-- $1 JSON array of ids
-- Guarantee: a notice whose event may have more to tell stays without a due time; lines that are added to it do not let it go.
-- Differs by necessity: there are no arrays; the ids come as JSON, as text.
update notices
set state = 'withheld', code = 'operator', reply = null
where notice_id in (select unhex(value, '-') from json_each($1))
