-- Writes down what became of leased announcements.
--
-- $1 fencing token (uuid), $2 now (timestamptz), and one list each, in step: $3 announcement_no (bigint[]), $4 results (text[]:
-- 'published', 'failed', or 'released'), $5 codes (text[], null where all went well).
-- Changes only what is still leased under the token; the number of rows changed is the answer.
--
-- Differs by necessity: SQLite has no arrays; the list comes as JSON.
-- The keys stand there once more so that the table is never read whole, however small the planner takes it for; and an
-- equal token would bring it to read all that is leased.
update announcements as a
set state = case when r.result = 'released' then 'pending' else r.result end,
    attempts = a.attempts + 1,
    lease_token = null,
    lease_until = null,
    code = r.code,
    settled_at = case when r.result <> 'released' then $2::timestamptz end
from unnest($3::bigint[], $4::text[], $5::text[]) as r (announcement_no, result, code)
where a.announcement_no = any ($3::bigint[]) and a.announcement_no = r.announcement_no and a.lease_token is not distinct from $1
