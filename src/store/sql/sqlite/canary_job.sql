-- Plants a post that was removed and of which no event came, in a transaction that is rolled back.
-- $1 job_id, $2 since when in microseconds
insert into jobs (job_id, client_id, title, state, state_since)
values ($1, $1, 'canary', 'removed', $2)
