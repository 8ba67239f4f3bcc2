-- Puts notices into the outbox, or adds their lines to the one that is there.
-- $1 text[] notice_id in hex, $2 bigint[] event_no, $3 text[] person_id, $4 text[] about as JSON, $5 text[] lines as JSON,
-- $6 timestamptz[] due_at, $7 timestamptz[] created_at, $8 text[] code of what is kept back, or null
-- Guarantee: one notice a person and event, for ever. One that is held back becomes due when its last lines come. Lines that come
-- after the letter left (no path of makegood does that knowingly) are kept in the row and never sent again.
-- One that is kept back stays so whatever is added, and one that is not is not kept back later: its person is told once.
insert into notices (notice_id, event_no, person_id, about, lines, state, due_at, created_at, code)
select e.notice_id::uuid, e.event_no, e.person_id, e.about::jsonb, e.lines::jsonb,
    case when e.code is null then 'pending' else 'withheld' end, e.due_at, e.created_at, e.code
from unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[],
    $8::text[])
    as e (notice_id, event_no, person_id, about, lines, due_at, created_at, code)
on conflict (event_no, person_id) do update
set lines = notices.lines || excluded.lines,
    due_at = case when notices.state = 'pending' and notices.due_at is null then excluded.due_at else notices.due_at end
