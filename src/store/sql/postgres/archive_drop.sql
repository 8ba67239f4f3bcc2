-- Drops the tables of a month, with all they hold.
-- $1 date its first day, $2 timestamptz now
-- Answer: whether they were there.
select makegood_drop_month($1, $2)
