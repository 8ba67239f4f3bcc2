-- The notices that match: the relation `matching` of notices_newest and notices_groups, which are spliced behind it; one text for
-- every list and every act.
-- $1 JSON array of states (empty: any), $2 person_id, $3 source, $4 event_id, $5 event type, $6 code, $7 proposal_id,
-- $8 created from and $9 created before in microseconds, $10 first id and $11 last id (blobs), $12 moment and $13 id of the last
-- notice of the page before; of $2 to $13 each may be null: not asked for.
-- Guarantee: a proposal's notices are those of the events that decided about it, of which there are few.
-- Differs by necessity: no arrays; what is not asked for is looked at all the same.
select n.notice_id, n.event_no, n.person_id, n.state, n.code, n.reply, n.due_at, n.attempts, n.resends, n.lease_until,
    n.created_at, n.settled_at, n.erased_at, e.source, e.event_id, e.type as event_type, e.state as event_state
from notices n
join events e on e.event_no = n.event_no
where (json_array_length($1) = 0 or n.state in (select value from json_each($1)))
    and ($2 is null or n.person_id = $2)
    and ($3 is null or e.source = $3)
    and ($4 is null or e.event_id = $4)
    and ($5 is null or e.type = $5)
    and ($6 is null or n.code = $6)
    and ($7 is null or n.event_no in (select d.event_no from decisions d where d.proposal_id = $7)
        and exists (select 1 from json_each(n.lines) as line where line.value ->> 'proposal' = $7))
    and ($8 is null or n.created_at >= $8)
    and ($9 is null or n.created_at < $9)
    and ($10 is null or n.notice_id between $10 and $11)
    and ($12 is null or (n.created_at, n.notice_id) < ($12, $13))
