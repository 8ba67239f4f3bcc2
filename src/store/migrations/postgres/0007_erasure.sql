-- People who asked to be forgotten: who and when, by id alone, and what was taken out of for them.

create table erasures (
    -- No key into people: an installation may have a view in its place, and no facts need ever have come.
    person_id text primary key,
    erased_at timestamptz not null
);

-- Words and replies are gone; which proposals it told of, and how it ended, stay.
alter table notices add column erased_at timestamptz;
-- Texts of people are gone from the payload; `payload_hash` is still that of what came, so that a redelivery is a duplicate.
alter table events add column erased_at timestamptz;
-- As in events; `digest` and `body_hash` are still those of what came.
alter table dead_letters add column erased_at timestamptz;
