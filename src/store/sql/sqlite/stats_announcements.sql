-- Announcements that are due and not published, and since when the oldest of them is.
--
-- $1 now in microseconds. Reads the partial index announcements_due alone; what is under lease, a batch a replica at most, is
-- left out.
select count(*) as due, min(due_at) as oldest_due
from announcements
where state = 'pending' and lease_token is null and due_at is not null and due_at <= $1
