-- Adds to the histories of letters, in the order given.
-- $1 bigint[] dead_letter_no, $2 timestamptz[] at, $3 text[] kind, $4 bigint[] replay_no, $5 text[] outcome, $6 text[] class,
-- $7 text[] code, $8 text[] message, $9 text[] pointer, $10 text[] version
insert into dead_letter_attempts (dead_letter_no, at, kind, replay_no, outcome, class, code, message, pointer, version)
select a.dead_letter_no, a.at, a.kind, a.replay_no, a.outcome, a.class, a.code, a.message, a.pointer, a.version
from unnest($1::bigint[], $2::timestamptz[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[],
    $9::text[], $10::text[]) with ordinality
    as a (dead_letter_no, at, kind, replay_no, outcome, class, code, message, pointer, version, place)
order by a.place
