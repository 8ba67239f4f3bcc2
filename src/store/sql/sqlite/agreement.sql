-- Whether the ledger agrees with itself: one row, from one snapshot.
--
-- $1 how many of each to name. Entries of an account that does not exist disagree, unless they sum up to nothing.
-- `doubled` can only be found where somebody took the unique key of `reverses` away.
--
-- Differs by necessity: there are no arrays; the names come as JSON lists.
select
    (select count(*) from accounts) as accounts,
    (select count(*) from connects_entries) as entries,
    (
        select json_group_array(account_id)
        from (
            select coalesce(a.account_id, e.account_id) as account_id
            from accounts a
            full join (select account_id, sum(amount) as total from connects_entries group by account_id) as e
                on e.account_id = a.account_id
            where coalesce(a.balance, 0) <> coalesce(e.total, 0)
            order by 1
            limit $1
        )
    ) as disagreeing,
    (
        select json_group_array(reverses)
        from (
            select reverses
            from connects_entries
            where reverses is not null
            group by reverses
            having count(*) > 1
            order by 1
            limit $1
        )
    ) as doubled
