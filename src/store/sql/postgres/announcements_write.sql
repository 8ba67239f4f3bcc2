-- Writes down what is to be announced: notices, as they stand in the outbox now, and returns.
-- $1 text[] notice_id in hex, or null, $2 text[] entry_id, or null, $3 bigint[] event_no, $4 text[] routing_key,
-- $5 bigint[] balance_after, $6 timestamptz[] created_at
-- Guarantee: one announcement a notice and one a return, for ever. A return is due at once: the balance has moved. A notice is due
-- with its letter, or once its last lines come; one that is kept back is not. Runs after notices_write and returns_write.
-- "lateral … offset 0" keeps the planner from reading a whole table where it guesses wrong.
insert into announcements (notice_id, entry_id, event_no, routing_key, balance_after, due_at, created_at)
select e.notice_id::uuid, e.entry_id, e.event_no, e.routing_key, e.balance_after,
    case
        when e.entry_id is not null then e.created_at
        when n.state <> 'withheld' then n.due_at
    end,
    e.created_at
from unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::bigint[], $6::timestamptz[])
    as e (notice_id, entry_id, event_no, routing_key, balance_after, created_at)
left join lateral (
    select n.state, n.due_at from notices n where n.notice_id = e.notice_id::uuid offset 0
) as n on true
on conflict (notice_id) do update
set due_at = coalesce(announcements.due_at, excluded.due_at)
