-- Suppresses addresses.
-- $1 JSON array of addresses, $2 cause, $3 id of the notice that was answered so (blob), or null, $4 now in microseconds,
-- $5 end of the term in microseconds, or null: never by itself
-- Answer: number and address of each that is new, or has lost its end. Runs after suppressions_lapse.sql.
-- Guarantee: an entry in force keeps its first cause; but one without an end stands above one with an end.
-- Differs by necessity because the addresses come as one JSON array.
insert into suppressions (address, cause, notice_id, created_at, expires_at)
select distinct lower(trim(value)), $2, $3, $4, $5
from json_each($1)
where true
order by 1
on conflict (address) do update
set cause = excluded.cause, notice_id = excluded.notice_id, created_at = excluded.created_at, expires_at = null
where suppressions.expires_at is not null and excluded.expires_at is null
returning suppression_no, address
