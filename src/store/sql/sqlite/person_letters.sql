-- Dead letters that name a person or a proposal of theirs, or hold their address, as objects.
-- $1 person_id, $2 limit
select json_object(
    'dead_letter', d.dead_letter_no,
    'state', d.state,
    'code', d.code,
    'source', d.source,
    'id', d.event_id,
    'type', d.type,
    'first_seen', strftime('%Y-%m-%dT%H:%M:%fZ', d.first_seen / 1000000.0, 'unixepoch'),
    'erased_at', strftime('%Y-%m-%dT%H:%M:%fZ', d.erased_at / 1000000.0, 'unixepoch')
)
from dead_letters d
where instr(d.body, cast('"' || $1 || '"' as blob)) > 0
    or coalesce(d.type, 'proposal-declined') = 'proposal-declined' and exists (
        select 1
        from proposals r
        where r.person_id = $1 and instr(d.body, cast('"' || r.proposal_id || '"' as blob)) > 0
    )
    or exists (
        select 1
        from people p
        where p.person_id = $1 and p.email is not null
            and instr(cast(lower(cast(d.body as text)) as blob), cast(lower(trim(p.email)) as blob)) > 0
    )
order by d.dead_letter_no
limit $2
