-- Takes entries off the list.
-- $1 JSON array of numbers, $2 JSON array of addresses, $3 boolean: also every entry whose term is over, $4 now in microseconds
-- Answer: what was taken off, in no order.
-- Differs by necessity because lists come as JSON arrays.
delete from suppressions
where suppression_no in (select value from json_each($1))
    or address in (select lower(trim(value)) from json_each($2))
    or ($3 and expires_at <= $4)
returning suppression_no, address, cause, notice_id, created_at, expires_at
