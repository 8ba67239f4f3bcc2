-- Deletes the announcements of the returns of some events. Runs before purge_decisions: a return is found by its decision.
-- $1 JSON array of event_no
-- Differs by necessity because numbers come as one JSON array.
delete from announcements
where entry_id in (
    select r.entry_id
    from decisions d
    join connects_entries r on r.proposal_id = d.proposal_id and r.event_no = d.event_no
    where d.event_no in (select value from json_each($1))
)
