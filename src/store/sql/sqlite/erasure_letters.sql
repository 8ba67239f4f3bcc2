-- Dead letters that speak of a person, in the order of their numbers.
-- $1 number above, $2 person_id, $3 JSON array of addresses in small letters, $4 limit
-- `alone`: it names the person, or a proposal of theirs that it is about. Else it only holds an address of theirs.
-- Differs by necessity: bytes are looked through as they are, and only letters of ASCII have a small one.
select d.dead_letter_no, d.body, d.headers, d.message, d.alone
from (
    select dead_letter_no, body, headers, message,
        instr(body, cast('"' || $2 || '"' as blob)) > 0
            or coalesce(type, 'proposal-declined') = 'proposal-declined' and exists (
                select 1
                from proposals p
                where p.person_id = $2 and instr(body, cast('"' || p.proposal_id || '"' as blob)) > 0
            ) as alone
    from dead_letters
    where dead_letter_no > $1
) as d
where d.alone or exists (
    select 1
    from json_each($3) as a
    where instr(cast(lower(cast(d.body as text)) as blob), cast(a.value as blob)) > 0
        or instr(lower(d.headers || ' ' || d.message), a.value) > 0
)
order by d.dead_letter_no
limit $4
