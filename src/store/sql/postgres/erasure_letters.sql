-- Dead letters that speak of a person, in the order of their numbers.
-- $1 bigint number above, $2 text person_id, $3 text[] addresses in small letters, $4 bigint limit
-- `alone`: it names the person, or a proposal of theirs that it is about. Else it only holds an address of theirs.
-- A body need not be text: bytes beyond ASCII are compared as backslash and number.
select d.dead_letter_no, d.body, d.headers::text as headers, d.message, d.alone
from (
    select dead_letter_no, body, headers, message,
        position(convert_to('"' || $2 || '"', 'UTF8') in body) > 0
            or coalesce(type, 'proposal-declined') = 'proposal-declined' and exists (
                select 1
                from proposals p
                where p.person_id = $2 and position(convert_to('"' || p.proposal_id || '"', 'UTF8') in body) > 0
            ) as alone
    from dead_letters
    where dead_letter_no > $1
) as d
where d.alone or exists (
    select 1
    from unnest($3::text[]) as a (address)
    where position(encode(convert_to(a.address, 'UTF8'), 'escape') in lower(encode(d.body, 'escape'))) > 0
        or position(a.address in lower(d.headers::text || ' ' || d.message)) > 0
)
order by d.dead_letter_no
limit $4
