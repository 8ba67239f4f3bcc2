-- Takes the texts of people out of notices; one that has not left never will.
-- $1 uuid[] notice_id, $2 timestamptz now
-- Guarantee: about which proposals it told, what came back, and how it ended, stays: ids, codes and amounts. Answer: whether it had
-- not left.
with before as (
    select n.notice_id, n.state in ('pending', 'deferred', 'withheld', 'leased') as unsent
    from notices n
    where n.notice_id = any($1)
)
update notices as n
set about = n.about - 'details' - 'rule',
    lines = (
        select coalesce(jsonb_agg(line || '{"job_title": ""}'), '[]')
        from jsonb_array_elements(n.lines) as line
    ),
    reply = null,
    state = case when b.unsent then 'undeliverable' else n.state end,
    code = case when b.unsent then 'erased' else n.code end,
    due_at = case when b.unsent then null else n.due_at end,
    lease_token = null,
    lease_until = null,
    settled_at = coalesce(n.settled_at, $2),
    erased_at = $2
from before b
where n.notice_id = b.notice_id
returning b.unsent
