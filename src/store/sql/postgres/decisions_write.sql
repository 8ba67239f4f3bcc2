-- Writes decisions.
-- $1 bigint[] event_no, $2 text[] proposal_id, $3 text[] job_id, $4 text[] account_id, $5 text[] person_id, $6 text[] rule,
-- $7 text[] policy_version, $8 text[] verdict, $9 text[] reason, $10 text[] ground, $11 bigint[] amount, $12 boolean[] told,
-- $13 timestamptz[] decided_at, $14 text[] facts
-- Guarantee: of one event and proposal the first decision stays, save that one that was held is replaced, and that a credit
-- replaces a "none": no return is without its decision. Returns the keys that were written.
insert into decisions (event_no, proposal_id, job_id, account_id, person_id, rule, policy_version, verdict, reason,
    ground, amount, told, decided_at, facts)
select e.event_no, e.proposal_id, e.job_id, e.account_id, e.person_id, e.rule, e.policy_version, e.verdict,
    e.reason, e.ground, e.amount, e.told, e.decided_at, e.facts
from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
    $10::text[], $11::bigint[], $12::boolean[], $13::timestamptz[], $14::text[])
    as e (event_no, proposal_id, job_id, account_id, person_id, rule, policy_version, verdict, reason,
        ground, amount, told, decided_at, facts)
on conflict (event_no, proposal_id) do update
set rule = excluded.rule, policy_version = excluded.policy_version, verdict = excluded.verdict, reason = excluded.reason,
    ground = excluded.ground, amount = excluded.amount, told = excluded.told, decided_at = excluded.decided_at,
    facts = excluded.facts
where decisions.verdict = 'held' or (decisions.verdict = 'none' and excluded.verdict = 'credited')
returning event_no, proposal_id
