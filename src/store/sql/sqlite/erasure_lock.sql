-- Reads the notices of a person, and says of each whether somebody is at it: a sender, or an announcer.
-- $1 person_id
-- Differs by necessity because the transaction holds the only write lock (BEGIN IMMEDIATE); the clock is unixepoch('subsec').
select n.notice_id,
    coalesce(n.state = 'leased' and n.lease_until > cast(unixepoch('subsec') * 1000000 as integer), 0)
        or exists (
            select 1
            from announcements a
            where a.notice_id = n.notice_id and a.lease_until > cast(unixepoch('subsec') * 1000000 as integer)
        ) as busy
from notices n
where n.person_id = $1
order by n.notice_id
