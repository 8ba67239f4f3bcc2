-- A marketplace of `make bench`: :jobs open jobs with :each proposals, :posts jobs a client; people with an account each. The
-- names behind colons are replaced by numbers, :prefix by the beginning of all ids.
insert into clients (client_id) select ':prefixcli-' || i from generate_series(1, :jobs / :posts) as i;
insert into people (person_id, name, email)
select ':prefixper-' || i, 'Person ' || i, ':prefixper-' || i || '@people.test' from generate_series(1, :jobs * :each) as i;
insert into accounts (account_id, kind, owner_id, balance)
select ':prefixacc-' || i, 'freelancer', ':prefixper-' || i, 494 - i % 3 from generate_series(1, :jobs * :each) as i;
insert into jobs (job_id, client_id, title, state, state_since)
select ':prefixjob-' || i, ':prefixcli-' || ((i - 1) / :posts + 1), 'Post ' || i, 'open', now() - interval '3 days'
from generate_series(1, :jobs) as i;
insert into proposals (proposal_id, job_id, account_id, person_id, state, state_since, submitted_at)
select ':prefixpro-' || i, ':prefixjob-' || ((i - 1) / :each + 1), ':prefixacc-' || i, ':prefixper-' || i, 'submitted', now() - interval '2 days',
    now() - interval '2 days'
from generate_series(1, :jobs * :each) as i;
insert into connects_entries (entry_id, account_id, proposal_id, kind, amount, created_at)
select ':prefixgra-' || i, ':prefixacc-' || i, null, 'grant', 500, now() - interval '9 days' from generate_series(1, :jobs * :each) as i
union all
select ':prefixfee-' || i, ':prefixacc-' || i, ':prefixpro-' || i, 'fee', -(6 + i % 3), now() - interval '2 days'
from generate_series(1, :jobs * :each) as i;
