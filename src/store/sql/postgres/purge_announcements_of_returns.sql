-- Deletes the announcements of the returns of some events. Runs before purge_decisions: a return is found by its decision.
-- $1 bigint[] event_no
-- "array" and "offset 0" keep the planner from reading a whole table where it guesses wrong.
delete from announcements
where entry_id = any (array(
    select r.entry_id
    from decisions d
    cross join lateral (
        select r.entry_id from connects_entries r where r.proposal_id = d.proposal_id and r.event_no = d.event_no offset 0
    ) as r
    where d.event_no = any($1::bigint[])
))
