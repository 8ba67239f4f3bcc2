-- A page of an account's entries, newest first, with what they are about.
-- $1 account_id, $2 microseconds and, $3 entry_id, beyond which it begins, $4 microseconds from, $5 microseconds before, $6
-- limit
-- Guarantee: in the order of the statement, which is that of an index: by time, then by id.
select e.entry_id, e.proposal_id, e.kind, e.amount, e.reverses, e.reason, e.created_at, e.expires_at, p.job_id, j.title,
    v.source, v.event_id, v.type as event_type, back.entry_id as reversed_by
from connects_entries e
left join proposals p on p.proposal_id = e.proposal_id
left join jobs j on j.job_id = p.job_id
left join events v on v.event_no = e.event_no
left join connects_entries back on back.reverses = e.entry_id
where e.account_id = $1 and (e.created_at, e.entry_id) < ($2, $3) and e.created_at >= $4 and e.created_at < $5
order by e.created_at desc, e.entry_id desc
limit $6
