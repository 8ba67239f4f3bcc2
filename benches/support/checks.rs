//! Whether the database is right afterwards, by SQL of its own: nothing of makegood's store is used here.

use sqlx::PgPool;

/// What must be nowhere, whatever the events were: each returns the number of rows that are wrong.
const ALWAYS: [(&str, &str); 6] = [
    (
        "charges of the canceled jobs that were not reversed exactly once, in full",
        "with charges as (
            select c.entry_id, c.account_id, c.amount from connects_entries c
            join decisions d on d.proposal_id = c.proposal_id where c.kind in ('fee', 'boost')),
        returned as (
            select reverses, count(*) as times, sum(amount) as amount, min(account_id) as account_id
            from connects_entries where kind = 'return' group by reverses)
        select count(*) from charges c full join returned r on r.reverses = c.entry_id
        where c.entry_id is null or r.times is distinct from 1 or r.amount <> -c.amount or r.account_id <> c.account_id",
    ),
    (
        "accounts whose balance is not the sum of their entries",
        "select count(*) from accounts a
        full join (select account_id, sum(amount) as total from connects_entries group by account_id) e
            using (account_id)
        where a.balance is distinct from e.total",
    ),
    ("accounts left of a fan-out", "select count(*) from fanout_accounts"),
    ("events that are not applied", "select count(*) from events where state <> 'applied'"),
    ("dead letters", "select count(*) from dead_letters"),
    (
        "notices that are neither sent nor due",
        "select count(*) from notices where not (state in ('sent', 'leased') or state = 'pending' and due_at is not null)",
    ),
];

/// The suspension of a client with `proposals` proposals, and jobs canceled meanwhile.
const SUSPENSION: [(&str, &str); 4] = [
    (
        "proposals of the suspended client not decided exactly once, by a credit",
        "select count(*) from (select p.proposal_id from proposals p join jobs j using (job_id) where j.client_id = 'cli-big') p
        full join (select d.proposal_id, d.verdict from decisions d join events e using (event_no)
            where e.type = 'client-suspended') d using (proposal_id)
        where p is null or d.verdict is distinct from 'credited'",
    ),
    (
        "canceled jobs whose proposal was not decided exactly once, by a credit",
        "select count(*) from (select 'lpr-' || substr(event_id, 6) as proposal_id from events where type = 'job-canceled') p
        full join (select d.proposal_id, d.verdict from decisions d join events e using (event_no)
            where e.type = 'job-canceled') d using (proposal_id)
        where p is null or d.verdict is distinct from 'credited'",
    ),
    (
        "people who are told too much, too little or not at all",
        "with told as (
            select p.person_id, count(*) as lines from (
                select p.proposal_id, p.person_id from proposals p join jobs j using (job_id) where j.client_id = 'cli-big'
                union
                select p.proposal_id, a.manager_id
                from proposals p join jobs j using (job_id) join accounts a using (account_id)
                where j.client_id = 'cli-big' and a.manager_id is not null) p group by p.person_id),
        notice as (
            select n.person_id, jsonb_array_length(n.lines) as lines from notices n join events e using (event_no)
            where e.type = 'client-suspended')
        select count(*) from told t full join notice n using (person_id) where t.lines is distinct from n.lines",
    ),
    ("events of the suspension that are not one", "select abs(count(*) - 1) from events where type = 'client-suspended'"),
];

/// Everything wrong after `million`.
pub async fn suspension(pool: &PgPool, proposals: u32) -> Vec<(&'static str, i64)> {
    let mut found = always(pool).await;
    for (what, sql) in SUSPENSION {
        found.push((what, count(pool, sql).await));
    }
    let sql = "select count(*) from decisions d join events e using (event_no) where e.type = 'client-suspended'";
    found.push(("decisions more or fewer than proposals", (count(pool, sql).await - i64::from(proposals)).abs()));
    found
}

/// Everything wrong after `drain`: each of `proposals` was credited once, and its people have one notice each.
pub async fn drain(pool: &PgPool, proposals: u32) -> Vec<(&'static str, i64)> {
    let mut found = always(pool).await;
    let sql = "select count(*) from decisions where verdict = 'credited'";
    found.push(("credits more or fewer than proposals", (count(pool, sql).await - i64::from(proposals)).abs()));
    let sql = "select count(*) from notices";
    found.push(("notices more or fewer than proposals", (count(pool, sql).await - i64::from(proposals)).abs()));
    found
}

async fn always(pool: &PgPool) -> Vec<(&'static str, i64)> {
    let mut found = Vec::new();
    for (what, sql) in ALWAYS {
        found.push((what, count(pool, sql).await));
    }
    found
}

async fn count(pool: &PgPool, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(pool).await.unwrap_or_else(|error| panic!("{error} in: {sql}"))
}
