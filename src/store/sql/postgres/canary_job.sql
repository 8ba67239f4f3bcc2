-- Plants a post that was removed and of which no event came, in a transaction that is rolled back.
-- $1 text job_id, $2 timestamptz since when
insert into jobs (job_id, client_id, title, state, state_since)
values ($1::text, $1::text, 'canary', 'removed', $2::timestamptz)
