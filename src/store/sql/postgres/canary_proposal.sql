-- Plants a proposal on the planted job, in a transaction that is rolled back.
-- $1 text proposal_id, job, account and person, $2 timestamptz when it was submitted
insert into proposals (proposal_id, job_id, account_id, person_id, state, state_since, submitted_at, invited)
values ($1::text, $1::text, $1::text, $1::text, 'submitted', $2::timestamptz, $2::timestamptz, false)
