-- Plants a proposal on the planted job, in a transaction that is rolled back.
-- $1 proposal_id, job, account and person, $2 when it was submitted in microseconds
insert into proposals (proposal_id, job_id, account_id, person_id, state, state_since, submitted_at, invited)
values ($1, $1, $1, $1, 'submitted', $2, $2, 0)
