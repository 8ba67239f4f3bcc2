-- What `makegood explain` and `makegood history` tell: deliveries, what events speak of, the facts that were decided on.

alter table events
    -- When it was published, as the message says (AMQP timestamp); null: it does not say.
    add column published_at timestamptz,
    -- How often it came, as far as that was counted: a duplicate that met the event under work is not.
    add column deliveries bigint not null default 1 check (deliveries > 0),
    -- When it came again last; null: it came once.
    add column last_delivered_at timestamptz,
    -- What it speaks of.
    add column job_id text,
    add column client_id text,
    add column proposal_id text,
    add column person_id text;
-- Every payload was decoded when it was taken in: it is JSON, and its ids are plain.
update events
set job_id = payload::json -> 'data' ->> 'job_id', client_id = payload::json -> 'data' ->> 'client_id',
    proposal_id = payload::json -> 'data' ->> 'proposal_id', person_id = payload::json -> 'data' ->> 'person_id';
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
create index connects_entries_account on connects_entries (account_id, created_at, entry_id) include (amount);

-- Proposals of an account, a person, a job, newest first; of a client by its posts. A view in a table's place has the
-- installation's own indexes (docs/integration.md).
do $$
begin
    if exists (select 1 from pg_class where oid = to_regclass('proposals') and relkind in ('r', 'p')) then
        drop index if exists proposals_account;
        drop index if exists proposals_person;
        create index proposals_account on proposals (account_id, submitted_at, proposal_id);
        create index proposals_person on proposals (person_id, submitted_at, proposal_id);
        create index proposals_job_newest on proposals (job_id, submitted_at, proposal_id);
    end if;
    if exists (select 1 from pg_class where oid = to_regclass('jobs') and relkind in ('r', 'p')) then
        drop index if exists jobs_client;
        create index jobs_client on jobs (client_id, state_since, job_id);
    end if;
end
$$;

-- Who kept a notice back: an act and its row in the log have one moment.
create index operator_log_at on operator_log (at);
