//! Looks at the money while the faults go on: what is wrong in between must not be right again at the end.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::Serialize;
use sqlx::postgres::PgPool;
use tokio::task::JoinHandle;

/// Between two looks.
const EVERY: Duration = Duration::from_secs(1);

/// Accounts whose balance is not the sum of their entries, or is below zero; charges reversed twice; entries in all.
const LOOK: &str = "
    select (select count(*) from accounts a left join (
                select account_id, sum(amount) as amount from connects_entries group by account_id) e using (account_id)
            where a.balance <> coalesce(e.amount, 0) or a.balance < 0),
        (select count(*) from (
            select from connects_entries where reverses is not null group by reverses having count(*) > 1) as twice),
        (select count(*) from connects_entries)";

/// What the looks found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// How often the database answered.
    pub looks: u64,
    /// Invariants 1, 2, 13 and 14 broken: sums off, charges reversed twice, a ledger that became shorter.
    pub sums_off: u64,
    pub doubled: u64,
    pub shrunk: u64,
}

/// A task that looks until it is asked.
pub struct Watch {
    counts: Arc<[AtomicU64; 4]>,
    task: JoinHandle<()>,
}

impl Watch {
    /// Begins.
    pub fn start(pool: &PgPool) -> Self {
        let counts = Arc::<[AtomicU64; 4]>::default();
        let task = tokio::spawn(look(pool.clone(), Arc::clone(&counts)));
        Self { counts, task }
    }

    /// Ends, and says what it saw.
    pub fn stop(self) -> Seen {
        self.task.abort();
        let [looks, sums_off, doubled, shrunk] = [0, 1, 2, 3].map(|n| self.counts[n].load(Ordering::SeqCst));
        Seen { looks, sums_off, doubled, shrunk }
    }
}

async fn look(pool: PgPool, counts: Arc<[AtomicU64; 4]>) {
    let mut clock = tokio::time::interval(EVERY);
    clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut longest = 0;
    loop {
        clock.tick().await;
        // Down now: there is nothing to see.
        let Ok((off, doubled, entries)) = sqlx::query_as::<_, (i64, i64, i64)>(LOOK).fetch_one(&pool).await else {
            continue;
        };
        let found = [1, off.unsigned_abs(), doubled.unsigned_abs(), u64::from(entries < longest)];
        for (count, found) in counts.iter().zip(found) {
            count.fetch_add(found, Ordering::SeqCst);
        }
        longest = entries;
    }
}

impl Seen {
    /// Nothing was wrong, ever.
    pub fn ok(&self) -> bool {
        (self.sums_off, self.doubled, self.shrunk) == (0, 0, 0)
    }
}
