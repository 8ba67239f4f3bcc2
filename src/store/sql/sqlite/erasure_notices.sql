-- Takes the texts of people out of notices; one that has not left never will.
-- $1 JSON array of notice_id as text, $2 now in microseconds
-- Guarantee: about which proposals it told, what came back, and how it ended, stays: ids, codes and amounts. Answer: whether it had
-- not left.
-- Differs by necessity because ids come as JSON, and RETURNING sees the row as it is afterwards.
update notices
set about = json_remove(about, '$.details', '$.rule'),
    lines = (select json_group_array(json_set(line.value, '$.job_title', '')) from json_each(notices.lines) as line),
    reply = null,
    state = case when state in ('pending', 'deferred', 'withheld', 'leased') then 'undeliverable' else state end,
    code = case when state in ('pending', 'deferred', 'withheld', 'leased') then 'erased' else code end,
    due_at = case when state in ('pending', 'deferred', 'withheld', 'leased') then null else due_at end,
    lease_token = null,
    lease_until = null,
    settled_at = coalesce(settled_at, $2),
    erased_at = $2
where notice_id in (select unhex(value, '-') from json_each($1))
returning code is 'erased' and settled_at = $2 as unsent
