-- Takes entries off the list.
-- $1 bigint[] numbers, $2 text[] addresses, $3 boolean: also every entry whose term is over, $4 timestamptz now
-- Answer: what was taken off, in no order.
delete from suppressions
where suppression_no = any($1)
    or address in (select lower(trim(a.address)) from unnest($2::text[]) as a (address))
    or ($3 and expires_at <= $4)
returning suppression_no, address, cause, notice_id, created_at, expires_at
