-- Notices: a page of keys.
-- $1 behind this event, $2 and this person, $3 limit
select event_no, person_id
from notices
where (event_no, person_id) > ($1, $2)
order by event_no, person_id
limit $3
