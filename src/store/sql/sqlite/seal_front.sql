-- The newest entry anybody sees; whoever writes is alone, so that none with a lower number can follow.
select coalesce((select max(entry_no) from connects_entries), 0) as newest, '[]' as writers
