-- What `makegood explain` and `makegood history` tell: deliveries, what events speak of, the facts that were decided on.

-- When it was published, as the message says (AMQP timestamp); null: it does not say.
alter table events add column published_at integer;
-- How often it came.
alter table events add column deliveries integer not null default 1 check (deliveries > 0);
-- When it came again last; null: it came once.
alter table events add column last_delivered_at integer;
-- What it speaks of.
alter table events add column job_id text;
alter table events add column client_id text;
alter table events add column proposal_id text;
alter table events add column person_id text;
update events
set job_id = payload ->> '$.data.job_id', client_id = payload ->> '$.data.client_id',
    proposal_id = payload ->> '$.data.proposal_id', person_id = payload ->> '$.data.person_id';
create index events_job on events (job_id, event_no) where job_id is not null;
create index events_client on events (client_id, event_no) where client_id is not null;
create index events_proposal on events (proposal_id, event_no) where proposal_id is not null;
create index events_person on events (person_id, event_no) where person_id is not null;
-- An id without its source: what people paste.
create index events_id on events (event_id);

-- The facts that were decided on, as JSON text; null: decided before they were kept.
alter table decisions add column facts text;

-- `makegood history`: an account's entries in the order of the statement, and their sum up to any of them.
drop index connects_entries_account;
create index connects_entries_account on connects_entries (account_id, created_at, entry_id, amount);

-- Proposals of an account, a person, a job, newest first; of a client by its posts.
drop index proposals_account;
drop index proposals_person;
create index proposals_account on proposals (account_id, submitted_at, proposal_id);
create index proposals_person on proposals (person_id, submitted_at, proposal_id);
create index proposals_job_newest on proposals (job_id, submitted_at, proposal_id);
drop index jobs_client;
create index jobs_client on jobs (client_id, state_since, job_id);

-- Who kept a notice back: an act and its row in the log have one moment.
create index operator_log_at on operator_log (at);
