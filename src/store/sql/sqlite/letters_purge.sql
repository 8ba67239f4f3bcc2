-- Deletes letters that were settled before a moment, those that were settled first, with their histories.
-- $1 settled before in microseconds, $2 limit
-- Differs by necessity because the transaction holds the only write lock.
delete from dead_letters
where dead_letter_no in (
    select dead_letter_no
    from dead_letters
    where settled_at < $1
    order by settled_at, dead_letter_no
    limit $2
)
