-- Notices by state, without those that were sent.
--
-- No parameters. Reads the partial index notices_unsent alone. Sent notices are left out: they are nearly the whole table,
-- nobody deletes them, and the worker counts them as it sends them.
select state, count(*) as notices
from notices
where state <> 'sent'
group by state
