-- Replays whose body of their own speaks of a person.
-- $1 bigint number above, $2 text person_id, $3 text[] addresses in small letters, $4 bigint limit
select r.replay_no, r.patch, r.alone
from (
    select replay_no, patch,
        position(convert_to('"' || $2 || '"', 'UTF8') in patch) > 0
            or exists (
                select 1
                from proposals p
                where p.person_id = $2 and position(convert_to('"' || p.proposal_id || '"', 'UTF8') in patch) > 0
            ) as alone
    from replays
    where replay_no > $1 and patch is not null
) as r
where r.alone or exists (
    select 1
    from unnest($3::text[]) as a (address)
    where position(encode(convert_to(a.address, 'UTF8'), 'escape') in lower(encode(r.patch, 'escape'))) > 0
)
order by r.replay_no
limit $4
