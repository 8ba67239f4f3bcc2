-- Answers the balances of accounts. The transaction is the only writer, so they hold until it ends.
--
-- $1 ids (JSON list). An id without an account is absent from the answer.
--
-- Differs by necessity: there is one writer; no rows are locked.
select account_id, balance
from accounts
where account_id in (select value from json_each($1))
order by account_id
