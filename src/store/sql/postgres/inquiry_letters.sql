-- Dead letters that speak of these jobs or clients, or hold one of these events.
-- $1 text[] job_id, $2 text[] client_id, $3 text[] source and, $4 text[] event_id of events, $5 bigint[] dead_letter_no, $6
-- bigint limit of each
-- Guarantee: the newest of each, at most so many, in the order of their numbers. "+ 0" keeps the planner
-- from walking down the numbers until enough match.
select l.dead_letter_no, l.state, l.class, l.code, l.message, l.source, l.event_id, l.type as event_type, l.job_id,
    l.client_id, l.times, l.first_seen, l.last_seen, l.settled_at
from dead_letters l
where l.dead_letter_no in (
    select dead_letter_no
    from (select b.dead_letter_no from dead_letters b where b.job_id = any($1::text[]) order by b.dead_letter_no + 0 desc limit $6) as j
    union
    select dead_letter_no
    from (select b.dead_letter_no from dead_letters b where b.client_id = any($2::text[]) order by b.dead_letter_no + 0 desc limit $6)
        as c
    union
    select dead_letter_no
    from (
        select b.dead_letter_no
        from unnest($3::text[], $4::text[]) as k (source, event_id)
        join dead_letters b on b.event_id = k.event_id and b.source = k.source
        order by b.dead_letter_no + 0 desc
        limit $6
    ) as k
    union
    select b.dead_letter_no from dead_letters b where b.dead_letter_no = any($5::bigint[])
)
order by l.dead_letter_no
