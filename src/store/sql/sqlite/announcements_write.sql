-- Writes down what is to be announced: notices, as they stand in the outbox now, and returns.
-- $1 JSON array of rows (AnnouncementRow)
-- Guarantee: one announcement a notice and one a return, for ever. A return is due at once: the balance has moved. A notice is due
-- with its letter, or once its last lines come; one that is kept back is not. Runs after notices_write and returns_write.
-- Differs by necessity because rows come as one JSON array.
insert into announcements (notice_id, entry_id, event_no, routing_key, balance_after, due_at, created_at)
select unhex(e.value ->> 'notice_id'), e.value ->> 'entry_id', e.value ->> 'event_no', e.value ->> 'routing_key',
    e.value ->> 'balance_after',
    case
        when e.value ->> 'entry_id' is not null then e.value ->> 'created_at'
        when n.state <> 'withheld' then n.due_at
    end,
    e.value ->> 'created_at'
from jsonb_each($1) as e
left join notices as n on n.notice_id = unhex(e.value ->> 'notice_id')
where true
on conflict (notice_id) do update
set due_at = coalesce(announcements.due_at, excluded.due_at)
