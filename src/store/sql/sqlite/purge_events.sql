-- Leaves of the payloads of some events what they are about, and says when.
-- $1 JSON array of event_no, $2 now in microseconds
-- Guarantee: key and hash stay: one of them that comes again is a duplicate. Causes, ids and times stay: the audit reads them.
-- Differs by necessity because numbers come as one JSON array. `json_patch` leaves out what is null.
update events
set payload = json_patch('{}', json_object(
        'specversion', '1.0', 'id', event_id, 'source', source, 'type', type, 'time', payload ->> '$.time',
        'data', json_object('job_id', job_id, 'client_id', client_id, 'proposal_id', proposal_id, 'person_id', person_id,
            'cause', payload ->> '$.data.cause', 'final', json(payload -> '$.data.final')))),
    purged_at = $2
where event_no in (select value from json_each($1))
