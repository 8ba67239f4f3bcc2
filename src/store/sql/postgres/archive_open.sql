-- Makes the tables of the months that some events were applied in, where they are not there yet.
-- $1 bigint[] event_no, $2 timestamptz now
-- Guarantee: a month that was dropped stays so.
select makegood_open_month(m.month, $2)
from (
    select distinct date_trunc('month', e.applied_at at time zone 'utc')::date as month
    from events e
    where e.event_no = any($1::bigint[])
) as m
