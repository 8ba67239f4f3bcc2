-- Deletes letters that were settled before a moment, those that were settled first, with their histories.
-- $1 timestamptz settled before, $2 bigint limit
-- Guarantee: locks them in the order of their numbers; one that was taken out of the archive meanwhile stays.
with oldest as (
    select dead_letter_no
    from dead_letters
    where settled_at < $1
    order by settled_at, dead_letter_no
    limit $2
), locked as (
    select dead_letter_no
    from dead_letters
    where dead_letter_no in (select dead_letter_no from oldest) and settled_at < $1
    order by dead_letter_no
    for update
)
delete from dead_letters
where dead_letter_no in (select dead_letter_no from locked)
