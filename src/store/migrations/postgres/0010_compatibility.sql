-- Which programs may work on this schema: those that know migration `needs`.

-- A migration that only adds (expand) leaves it alone, so that daemons of the version before go on beside newer ones. One
-- that takes away (contract) raises it to its own number, in the same transaction.
create table makegood_schema (
    one integer primary key check (one = 1),
    needs bigint not null
);
insert into makegood_schema (one, needs) values (1, 10);
