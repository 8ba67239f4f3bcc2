-- Suppresses addresses.
-- $1 text[] addresses, $2 text cause, $3 uuid of the notice that was answered so, or null, $4 timestamptz now,
-- $5 timestamptz end of the term, or null: never by itself
-- Answer: number and address of each that is new, or has lost its end. Runs after suppressions_lapse.sql.
-- Guarantee: an entry in force keeps its first cause; but one without an end stands above one with an end.
-- Sorted, so that two at once wait for each other in one order.
insert into suppressions (address, cause, notice_id, created_at, expires_at)
select distinct lower(trim(a.address)), $2, $3::uuid, $4::timestamptz, $5::timestamptz
from unnest($1::text[]) as a (address)
order by 1
on conflict (address) do update
set cause = excluded.cause, notice_id = excluded.notice_id, created_at = excluded.created_at, expires_at = null
where suppressions.expires_at is not null and excluded.expires_at is null
returning suppression_no, address
