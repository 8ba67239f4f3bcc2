-- The latest decisions with names and amounts, newest last.
--
-- $1 how many. Facts that are gone leave their id in place of the name, and a balance of 0.
select
    d.source, d.event_id, d.type, coalesce(nullif(p.name, ''), d.person_id) as person, d.proposal_id,
    coalesce(j.title, d.job_id) as job_title, d.account_id, d.verdict, d.reason, d.ground, d.amount, d.rule,
    coalesce(a.balance, 0) as balance
from (
    select
        e.source, e.event_id, e.type, l.event_no, l.decided_at, l.person_id, l.proposal_id, l.job_id, l.account_id,
        l.verdict, l.reason, l.ground, l.amount, l.rule
    from decisions l
    join events e on e.event_no = l.event_no
    order by l.decided_at desc, l.event_no desc, l.proposal_id desc
    limit $1
) as d
left join people p on p.person_id = d.person_id
left join jobs j on j.job_id = d.job_id
left join accounts a on a.account_id = d.account_id
order by d.decided_at, d.event_no, d.proposal_id
