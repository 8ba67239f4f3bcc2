-- Dead letters that name a person or a proposal of theirs, or hold their address, as objects.
-- $1 text person_id, $2 bigint limit
select json_build_object(
    'dead_letter', d.dead_letter_no,
    'state', d.state,
    'code', d.code,
    'source', d.source,
    'id', d.event_id,
    'type', d.type,
    'first_seen', to_char(d.first_seen at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'erased_at', to_char(d.erased_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
)::text
from dead_letters d
where position(convert_to('"' || $1 || '"', 'UTF8') in d.body) > 0
    or coalesce(d.type, 'proposal-declined') = 'proposal-declined' and exists (
        select 1
        from proposals r
        where r.person_id = $1 and position(convert_to('"' || r.proposal_id || '"', 'UTF8') in d.body) > 0
    )
    or exists (
        select 1
        from people p
        where p.person_id = $1 and p.email is not null
            and position(encode(convert_to(lower(trim(p.email)), 'UTF8'), 'escape') in lower(encode(d.body, 'escape'))) > 0
    )
order by d.dead_letter_no
limit $2
