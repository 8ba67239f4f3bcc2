-- Puts notices into the outbox, or adds their lines to the one that is there.
-- $1 JSON array of rows (NoticeRow)
-- Guarantee: one notice a person and event, for ever. One that is held back becomes due when its last lines come. Lines that come
-- after the letter left (no path of makegood does that knowingly) are kept in the row and never sent again.
-- One that is kept back stays so whatever is added, and one that is not is not kept back later: its person is told once.
-- Differs by necessity because rows come as one JSON array, and arrays of JSON are joined element by element.
insert into notices (notice_id, event_no, person_id, about, lines, state, due_at, created_at, code)
select unhex(e.value ->> 'notice_id'), e.value ->> 'event_no', e.value ->> 'person_id', e.value ->> 'about',
    e.value ->> 'lines', case when e.value ->> 'code' is null then 'pending' else 'withheld' end, e.value ->> 'due_at',
    e.value ->> 'created_at', e.value ->> 'code'
from jsonb_each($1) as e
where true
on conflict (event_no, person_id) do update
set lines = (
        select json_group_array(json(line.value))
        from (select value from json_each(notices.lines) union all select value from json_each(excluded.lines)) as line
    ),
    due_at = case when notices.state = 'pending' and notices.due_at is null then excluded.due_at else notices.due_at end
