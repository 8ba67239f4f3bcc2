-- The letters that match (letters_filter.sql goes before) by fingerprint, the most numerous group first.
-- $15 limit
-- Guarantee: code, type, place, class and message are those of the newest letter of the group.
select g.fingerprint, d.class, d.code, d.type, d.pointer, g.letters, g.times, g.first_seen, g.last_seen, g.newest, d.message
from (
    select fingerprint, count(*) as letters, sum(times)::bigint as times, min(first_seen) as first_seen,
        max(last_seen) as last_seen, max(dead_letter_no) as newest
    from matching
    group by fingerprint
    order by count(*) desc, fingerprint collate "C"
    limit $15
) as g
join dead_letters d on d.dead_letter_no = g.newest
order by g.letters desc, g.fingerprint collate "C"
