-- The other numbers of the store: one row, times in microseconds.
--
-- $1 now in microseconds. Each number comes from the head of an index or from a partial index over rows that are work to
-- do; `oldest_dead` is the open letter with the lowest number. A notice whose lease ran out counts as due.
--
-- Differs by necessity: the clock is unixepoch('subsec'); two-argument min() would be null where one side is, so the least
-- is taken over rows.
select
    (
        select min(due_at)
        from (
            select min(due_at) as due_at from notices where state in ('pending', 'deferred') and due_at <= $1
            union all
            select min(due_at) as due_at
            from notices
            where state = 'leased' and lease_until <= cast(unixepoch('subsec') * 1000000 as integer)
        ) as ready
    ) as oldest_due,
    (select count(*) from events where state = 'waiting') as waiting,
    (select min(received_at) from events where state = 'waiting') as oldest_waiting,
    (select count(*) from events where state = 'fanning_out') as fanning_out,
    (select count(*) from dead_letters where state = 'open') as dead_letters,
    (select first_seen from dead_letters where state = 'open' order by dead_letter_no limit 1) as oldest_dead
