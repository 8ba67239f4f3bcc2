-- Which kinds of thing have this id, in the facts or in what was ever said of them.
-- $1 text id, $2 uuid the id, if it is one, or null
-- Guarantee: a row a kind; every part is a look into an index.
select 'proposal' as kind where exists (select 1 from proposals where proposal_id = $1)
    or exists (select 1 from all_decisions where proposal_id = $1) or exists (select 1 from events where proposal_id = $1)
union all
select 'person' where exists (select 1 from people where person_id = $1)
    or exists (select 1 from proposals where person_id = $1) or exists (select 1 from events where person_id = $1)
    or exists (select 1 from all_notices where person_id = $1)
union all
select 'account' where exists (select 1 from accounts where account_id = $1)
    or exists (select 1 from connects_entries where account_id = $1)
union all
select 'job' where exists (select 1 from jobs where job_id = $1)
    or exists (select 1 from events where job_id = $1) or exists (select 1 from dead_letters where job_id = $1)
union all
select 'client' where exists (select 1 from clients where client_id = $1)
    or exists (select 1 from events where client_id = $1) or exists (select 1 from dead_letters where client_id = $1)
union all
select 'notice' where exists (select 1 from all_notices where notice_id = $2)
union all
select 'entry' where exists (select 1 from connects_entries where entry_id = $1)
