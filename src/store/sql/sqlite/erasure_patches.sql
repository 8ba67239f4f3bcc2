-- Replays whose body of their own speaks of a person.
-- $1 number above, $2 person_id, $3 JSON array of addresses in small letters, $4 limit
-- Differs by necessity: bytes are looked through as they are, and only letters of ASCII have a small one.
select r.replay_no, r.patch, r.alone
from (
    select replay_no, patch,
        instr(patch, cast('"' || $2 || '"' as blob)) > 0
            or exists (
                select 1
                from proposals p
                where p.person_id = $2 and instr(patch, cast('"' || p.proposal_id || '"' as blob)) > 0
            ) as alone
    from replays
    where replay_no > $1 and patch is not null
) as r
where r.alone or exists (
    select 1
    from json_each($3) as a
    where instr(cast(lower(cast(r.patch as text)) as blob), cast(a.value as blob)) > 0
)
order by r.replay_no
limit $4
