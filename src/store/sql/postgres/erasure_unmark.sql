-- Lets facts about a person be taken in again.
-- $1 text person_id
delete from erasures
where person_id = $1
