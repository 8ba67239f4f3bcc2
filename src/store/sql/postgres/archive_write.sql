-- Copies what some events said, decided and told into the tables of their months. Runs after archive_open and before the purge_…
-- statements, which delete it where it was.
-- $1 bigint[] event_no
-- Guarantee: of a month that was dropped nothing is copied.
-- "lateral … offset 0" keeps the planner from reading whole tables where it guesses wrong.
with leaving as materialized (
    select e.event_no, e.payload, m.month
    from events e
    cross join lateral (
        select m.month
        from archive_months m
        where m.month = date_trunc('month', e.applied_at at time zone 'utc')::date and m.dropped_at is null
        offset 0
    ) as m
    where e.event_no = any($1::bigint[])
), decided as materialized (
    select l.month, d.event_no, d.proposal_id, d.job_id, d.account_id, d.person_id, d.rule, d.policy_version, d.verdict, d.reason,
        d.ground, d.amount, d.told, d.decided_at, d.facts
    from leaving l
    cross join lateral (
        select d.event_no, d.proposal_id, d.job_id, d.account_id, d.person_id, d.rule, d.policy_version, d.verdict, d.reason,
            d.ground, d.amount, d.told, d.decided_at, d.facts
        from decisions d
        where d.event_no = l.event_no
        offset 0
    ) as d
), told as materialized (
    select l.month, n.notice_id, n.event_no, n.person_id, n.about, n.lines, n.state, n.due_at, n.attempts, n.lease_token,
        n.lease_until, n.code, n.reply, n.created_at, n.settled_at, n.resends, n.erased_at
    from leaving l
    cross join lateral (
        select n.notice_id, n.event_no, n.person_id, n.about, n.lines, n.state, n.due_at, n.attempts, n.lease_token,
            n.lease_until, n.code, n.reply, n.created_at, n.settled_at, n.resends, n.erased_at
        from notices n
        where n.event_no = l.event_no
        offset 0
    ) as n
), texts as (
    insert into archived_events (month, event_no, payload)
    select month, event_no, payload
    from leaving
), decisions_written as (
    insert into archived_decisions (month, event_no, proposal_id, job_id, account_id, person_id, rule, policy_version, verdict,
        reason, ground, amount, told, decided_at, facts)
    select month, event_no, proposal_id, job_id, account_id, person_id, rule, policy_version, verdict, reason, ground, amount,
        told, decided_at, facts
    from decided
), notices_written as (
    insert into archived_notices (month, notice_id, event_no, person_id, about, lines, state, due_at, attempts, lease_token,
        lease_until, code, reply, created_at, settled_at, resends, erased_at)
    select month, notice_id, event_no, person_id, about, lines, state, due_at, attempts, lease_token, lease_until, code, reply,
        created_at, settled_at, resends, erased_at
    from told
), history_written as (
    insert into archived_notice_history (month, history_no, notice_id, at, what, state, code, reply, digest)
    select t.month, h.history_no, h.notice_id, h.at, h.what, h.state, h.code, h.reply, h.digest
    from told t
    cross join lateral (
        select h.history_no, h.notice_id, h.at, h.what, h.state, h.code, h.reply, h.digest
        from notice_history h
        where h.notice_id = t.notice_id
        offset 0
    ) as h
)
insert into archived_announcements (month, announcement_no, notice_id, entry_id, event_no, routing_key, balance_after, state,
    due_at, attempts, lease_token, lease_until, code, created_at, settled_at)
select s.month, a.announcement_no, a.notice_id, a.entry_id, a.event_no, a.routing_key, a.balance_after, a.state, a.due_at,
    a.attempts, a.lease_token, a.lease_until, a.code, a.created_at, a.settled_at
from (
    select t.month, a.announcement_no
    from told t
    cross join lateral (select a.announcement_no from announcements a where a.notice_id = t.notice_id offset 0) as a
    union all
    select d.month, a.announcement_no
    from decided d
    cross join lateral (
        select r.entry_id from connects_entries r where r.proposal_id = d.proposal_id and r.event_no = d.event_no offset 0
    ) as r
    cross join lateral (select a.announcement_no from announcements a where a.entry_id = r.entry_id offset 0) as a
) as s
cross join lateral (
    select a.announcement_no, a.notice_id, a.entry_id, a.event_no, a.routing_key, a.balance_after, a.state, a.due_at, a.attempts,
        a.lease_token, a.lease_until, a.code, a.created_at, a.settled_at
    from announcements a
    where a.announcement_no = s.announcement_no
    offset 0
) as a
