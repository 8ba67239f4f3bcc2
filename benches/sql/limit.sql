-- What cannot be done with less: the rows that makegood leaves for some events, by one statement that decides nothing.
-- $1 text[] event_id, $2 text[] job_id, $3 text payload, as long as an event's
-- :reach is replaced by what joins the events `e` to their proposals `p`.
with e as (
    insert into events (source, event_id, type, occurred_at, received_at, payload, payload_hash, state, policy_version,
        applied_at, job_id)
    select '/bench', event_id, 'job-canceled', now(), now(), $3, sha256(event_id::bytea), 'applied', 'limit', now(), job_id
    from unnest($1::text[], $2::text[]) as new (event_id, job_id)
    returning event_no, job_id
), reached as (
    select e.event_no, p.proposal_id, p.job_id, p.account_id, p.person_id, j.title
    from e
    :reach
    join jobs j on j.job_id = p.job_id
), locked as materialized (
    select a.account_id, a.balance from accounts a where a.account_id in (select account_id from reached)
    order by a.account_id for update
), charged as materialized (
    select r.*, c.entry_id, -c.amount as amount, l.balance
    from reached r
    join locked l on l.account_id = r.account_id
    join connects_entries c on c.proposal_id = r.proposal_id and c.kind in ('fee', 'boost')
), returned as (
    insert into connects_entries (entry_id, account_id, proposal_id, kind, amount, reverses, reason, event_no, created_at)
    select 'return-' || entry_id, account_id, proposal_id, 'return', amount, entry_id, 'client_canceled', event_no, now()
    from charged
), credited as (
    update accounts a set balance = a.balance + c.amount
    from (select account_id, sum(amount) as amount from charged group by account_id) as c
    where a.account_id = c.account_id
), decided as (
    insert into decisions (event_no, proposal_id, job_id, account_id, person_id, rule, policy_version, verdict, reason,
        amount, told, decided_at, facts)
    select event_no, proposal_id, job_id, account_id, person_id, 'row-01', 'limit', 'credited', 'client_canceled', amount,
        true, now(), repeat('x', 250)
    from charged
)
insert into notices (notice_id, event_no, person_id, about, lines, state, due_at, created_at)
select gen_random_uuid(), event_no, person_id, jsonb_build_object('event', event_no, 'text', repeat('x', 200)),
    jsonb_agg(jsonb_build_object('title', title, 'proposal', proposal_id, 'amount', amount, 'text', repeat('x', 350))),
    'pending', now(), now()
from charged group by event_no, person_id
