-- Locks the notices that an operator changes.
-- Those whose person was erased are left alone: they have no words any more.
-- $1 JSON array of ids, $2 JSON array of states they must have, $3 JSON array of codes (empty: any)
-- Differs by necessity because the transaction holds the only write lock (BEGIN IMMEDIATE), and rows come as JSON, a UUID in it as
-- text.
select n.notice_id
from notices n
where n.notice_id in (select unhex(value, '-') from json_each($1)) and n.state in (select value from json_each($2))
    and n.erased_at is null
    and (json_array_length($3) = 0 or n.code in (select value from json_each($3)))
order by n.notice_id
