-- The other numbers of the store: one row.
--
-- $1 now (timestamptz). Each number comes from the head of an index or from a partial index over rows that are work to
-- do; `oldest_dead` is the open letter with the lowest number. A notice whose lease ran out counts as due.
--
-- Differs by necessity: SQLite has no clock_timestamp().
select
    least(
        (select min(due_at) from notices where state in ('pending', 'deferred') and due_at <= $1),
        (select min(due_at) from notices where state = 'leased' and lease_until <= (select clock_timestamp()))
    ) as oldest_due,
    (select count(*) from events where state = 'waiting') as waiting,
    (select min(received_at) from events where state = 'waiting') as oldest_waiting,
    (select count(*) from events where state = 'fanning_out') as fanning_out,
    (select count(*) from dead_letters where state = 'open') as dead_letters,
    (select first_seen from dead_letters where state = 'open' order by dead_letter_no limit 1) as oldest_dead
