-- Notices: a page of keys.
-- $1 bigint behind this event, $2 text and this person, $3 bigint limit
select event_no, person_id
from notices
where (event_no, person_id) > ($1::bigint, $2::text)
order by event_no, person_id
limit $3
