-- Leaves of the payloads of some events what they are about, and says when, and which month has them whole.
-- $1 bigint[] event_no, $2 timestamptz now
-- Guarantee: key and hash stay: one of them that comes again is a duplicate. Causes, ids and times stay: the audit reads them.
update events
set payload = jsonb_strip_nulls(jsonb_build_object(
        'specversion', '1.0', 'id', event_id, 'source', source, 'type', type, 'time', payload::jsonb -> 'time',
        'data', jsonb_build_object('job_id', job_id, 'client_id', client_id, 'proposal_id', proposal_id, 'person_id', person_id,
            'cause', payload::jsonb #> '{data,cause}', 'final', payload::jsonb #> '{data,final}')))::text,
    purged_at = $2,
    archive_month = (
        select a.month
        from archived_events a
        where a.event_no = events.event_no and a.month = date_trunc('month', events.applied_at at time zone 'utc')::date
    )
where event_no = any($1::bigint[])
