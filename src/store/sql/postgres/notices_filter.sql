-- The notices that match: the relation `matching` of notices_newest and notices_groups, which are spliced behind it; one text for
-- every list and every act.
-- $1 text[] states (empty: any), $2 text person_id, $3 text source, $4 text event_id, $5 text event type, $6 text code,
-- $7 text proposal_id, $8 timestamptz created from, $9 timestamptz created before, $10 uuid first id and $11 uuid last id,
-- $12 timestamptz and $13 uuid of the last notice of the page before; of $2 to $13 each may be null: not asked for.
-- Guarantee: planned for the values at hand (never prepared for later), so that what is not asked for costs nothing. A proposal's
-- notices are those of the events that decided about it, of which there are few.
select n.notice_id, n.event_no, n.person_id, n.state, n.code, n.reply, n.due_at, n.attempts, n.resends, n.lease_until,
    n.created_at, n.settled_at, n.erased_at, e.source, e.event_id, e.type as event_type, e.state as event_state
from notices n
join events e on e.event_no = n.event_no
where (cardinality($1::text[]) = 0 or n.state = any($1))
    and ($2::text is null or n.person_id = $2)
    and ($3::text is null or e.source = $3)
    and ($4::text is null or e.event_id = $4)
    and ($5::text is null or e.type = $5)
    and ($6::text is null or n.code = $6)
    and ($7::text is null or n.event_no in (select d.event_no from decisions d where d.proposal_id = $7)
        and exists (select 1 from jsonb_array_elements(n.lines) as line where line ->> 'proposal' = $7))
    and ($8::timestamptz is null or n.created_at >= $8)
    and ($9::timestamptz is null or n.created_at < $9)
    and ($10::uuid is null or n.notice_id between $10 and $11)
    and ($12::timestamptz is null or (n.created_at, n.notice_id) < ($12, $13))
