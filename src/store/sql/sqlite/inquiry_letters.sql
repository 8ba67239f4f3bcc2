-- Dead letters that speak of these jobs or clients, or hold one of these events.
-- $1 JSON array of job_id, $2 JSON array of client_id, $3 JSON array of source and, $4 JSON array of event_id of events, $5
-- JSON array of dead_letter_no, $6 limit of each
-- Guarantee: the newest of each, at most so many, in the order of their numbers. "+ 0" keeps the planner
-- from walking down the numbers until enough match.
-- Differs by necessity because lists come as JSON arrays.
select l.dead_letter_no, l.state, l.class, l.code, l.message, l.source, l.event_id, l.type as event_type, l.job_id,
    l.client_id, l.times, l.first_seen, l.last_seen, l.settled_at
from dead_letters l
where l.dead_letter_no in (
    select dead_letter_no
    from (select b.dead_letter_no from dead_letters b where b.job_id in (select value from json_each($1)) order by b.dead_letter_no + 0 desc limit $6)
    union
    select dead_letter_no
    from (select b.dead_letter_no from dead_letters b where b.client_id in (select value from json_each($2)) order by b.dead_letter_no + 0 desc limit $6)
    union
    select dead_letter_no
    from (
        select b.dead_letter_no
        from json_each($3) as k
        cross join json_each($4) as i on i.key = k.key
        cross join dead_letters b on b.event_id = i.value and b.source = k.value
        order by b.dead_letter_no + 0 desc
        limit $6
    )
    union
    select b.dead_letter_no from dead_letters b where b.dead_letter_no in (select value from json_each($5))
)
order by l.dead_letter_no
