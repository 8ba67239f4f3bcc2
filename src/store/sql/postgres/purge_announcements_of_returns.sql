-- Deletes the announcements of the returns of some events. Runs before purge_decisions: a return is found by its decision.
-- $1 bigint[] event_no
delete from announcements
where entry_id in (
    select r.entry_id
    from decisions d
    join connects_entries r on r.proposal_id = d.proposal_id and r.event_no = d.event_no
    where d.event_no = any($1::bigint[])
)
