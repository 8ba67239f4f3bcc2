-- Writes down what became of leased announcements.
--
-- $1 fencing token (blob), $2 now in microseconds, $3 JSON list of {announcement_no, result ('published', 'failed', or
-- 'released'), code (null where all went well)}.
-- Changes only what is still leased under the token; the number of rows changed is the answer.
--
-- Differs by necessity: there are no arrays; the list comes as JSON.
update announcements
set state = case when r.result = 'released' then 'pending' else r.result end,
    attempts = announcements.attempts + 1,
    lease_token = null,
    lease_until = null,
    code = r.code,
    settled_at = case when r.result <> 'released' then $2 end
from (
    select value ->> 'announcement_no' as announcement_no, value ->> 'result' as result, value ->> 'code' as code
    from json_each($3)
) as r
where announcements.announcement_no = r.announcement_no and announcements.lease_token = $1
