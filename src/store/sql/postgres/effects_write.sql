-- Writes what was decided: returns into the ledger, balances with them, decisions, notices. One round trip for four tables.
-- Returns: $1 text[] entry_id, $2 text[] account_id, $3 text[] proposal_id, $4 bigint[] amount, $5 text[] reverses,
-- $6 text[] reason, $7 bigint[] event_no, $8 timestamptz[] created_at, $9 timestamptz[] expires_at.
-- Balances: $10 text[] account_id, $11 bigint[] delta.
-- Decisions: $12 bigint[] event_no, $13 text[] proposal_id, $14 text[] job_id, $15 text[] account_id, $16 text[] person_id,
-- $17 text[] rule, $18 text[] policy_version, $19 text[] verdict, $20 text[] reason, $21 text[] ground, $22 bigint[] amount,
-- $23 boolean[] told, $24 timestamptz[] decided_at, $25 text[] facts.
-- Notices: $26 text[] notice_id in hex, $27 bigint[] event_no, $28 text[] person_id, $29 text[] about as JSON,
-- $30 text[] lines as JSON, $31 timestamptz[] due_at, $32 timestamptz[] created_at, $33 text[] code of what is kept back, or null.
-- Answer: the key of each decision that was written, and one row, without a key, of how many returns, balances and notices
-- were. They are checked.
-- Guarantee: that of returns_write, balances_raise, decisions_write and notices_write, which SQLite has in its place.
-- The keys of accounts stand there once more so that the table is never read whole, however small the planner takes it for.
-- Differs by necessity: SQLite writes one table a statement, and has no round trips.
with returned as (
    insert into connects_entries (entry_id, account_id, proposal_id, kind, amount, reverses, reason, event_no, created_at, expires_at)
    select e.entry_id, e.account_id, e.proposal_id, 'return', e.amount, e.reverses, e.reason, e.event_no, e.created_at, e.expires_at
    from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::bigint[], $8::timestamptz[],
        $9::timestamptz[])
        as e (entry_id, account_id, proposal_id, amount, reverses, reason, event_no, created_at, expires_at)
    returning 1
), raised as (
    update accounts a
    set balance = a.balance + e.delta
    from unnest($10::text[], $11::bigint[]) as e (account_id, delta)
    where a.account_id = any ($10::text[]) and a.account_id = e.account_id
    returning 1
), decided as (
    insert into decisions (event_no, proposal_id, job_id, account_id, person_id, rule, policy_version, verdict, reason,
        ground, amount, told, decided_at, facts)
    select e.event_no, e.proposal_id, e.job_id, e.account_id, e.person_id, e.rule, e.policy_version, e.verdict,
        e.reason, e.ground, e.amount, e.told, e.decided_at, e.facts
    from unnest($12::bigint[], $13::text[], $14::text[], $15::text[], $16::text[], $17::text[], $18::text[], $19::text[], $20::text[],
        $21::text[], $22::bigint[], $23::boolean[], $24::timestamptz[], $25::text[])
        as e (event_no, proposal_id, job_id, account_id, person_id, rule, policy_version, verdict, reason,
            ground, amount, told, decided_at, facts)
    on conflict (event_no, proposal_id) do update
    set rule = excluded.rule, policy_version = excluded.policy_version, verdict = excluded.verdict, reason = excluded.reason,
        ground = excluded.ground, amount = excluded.amount, told = excluded.told, decided_at = excluded.decided_at,
        facts = excluded.facts
    where decisions.verdict = 'held' or (decisions.verdict = 'none' and excluded.verdict = 'credited')
    returning event_no, proposal_id
), told as (
    insert into notices (notice_id, event_no, person_id, about, lines, state, due_at, created_at, code)
    select e.notice_id::uuid, e.event_no, e.person_id, e.about::jsonb, e.lines::jsonb,
        case when e.code is null then 'pending' else 'withheld' end, e.due_at, e.created_at, e.code
    from unnest($26::text[], $27::bigint[], $28::text[], $29::text[], $30::text[], $31::timestamptz[], $32::timestamptz[],
        $33::text[])
        as e (notice_id, event_no, person_id, about, lines, due_at, created_at, code)
    on conflict (event_no, person_id) do update
    set lines = notices.lines || excluded.lines,
        due_at = case when notices.state = 'pending' and notices.due_at is null then excluded.due_at else notices.due_at end
    returning 1
)
select event_no, proposal_id, null::bigint as returns, null::bigint as balances, null::bigint as notices
from decided
union all
select null, null, (select count(*) from returned), (select count(*) from raised), (select count(*) from told)
