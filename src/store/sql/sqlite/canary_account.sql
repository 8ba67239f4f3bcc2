-- Plants an account whose balance is not the sum of its entries, in a transaction that is rolled back.
-- $1 account_id
insert into accounts (account_id, kind, owner_id, tell_manager, balance)
values ($1, 'freelancer', $1, 0, 1)
