//! An inbox without a broker: events into an SQLite file of their own.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use makegood::event::{Event, Message, decode};
use makegood::policy::{Facts, judge};
use makegood::store::{Arrival, Batch, Outcome, Store, StoreOptions, WaitRule, open};
use tokio::runtime::Runtime;

use crate::pipeline::market::{self, Market};
use crate::policy::world::{self, World};
use crate::steps::LIMITS;

/// A database in a file, with jobs that nobody canceled yet.
pub struct Inbox {
    runtime: Runtime,
    store: Arc<dyn Store>,
    world: World,
    jobs: usize,
    next: AtomicUsize,
    _folder: tempfile::TempDir,
}

impl Inbox {
    /// With so many jobs, a proposal on each.
    pub fn new(jobs: usize) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let folder = tempfile::tempdir().expect("a folder");
        let long = Duration::from_secs(60);
        let options = StoreOptions {
            url: format!("sqlite:{}", folder.path().join("makegood.db").display()).into(),
            connections_max: 2,
            acquire_timeout: long,
            statement_timeout: long,
            lock_timeout: long,
            inline_proposals_max: 500,
            batch_proposals_max: 4_000,
            chunk_accounts: 1_000,
            announces: false,
            exclusive: false,
        };
        let store = runtime.block_on(async {
            let store = open(options).await.expect("the store opens");
            store.migrate().await.expect("migrated");
            store.import(&Market::new(jobs).jobs(jobs).facts).await.expect("imported");
            store
        });
        Self { runtime, store, world: World::new(), jobs, next: AtomicUsize::new(0), _folder: folder }
    }

    /// Cancels the next `events` jobs in one transaction.
    pub fn apply(&self, events: usize) -> Vec<Outcome> {
        let first = self.next.fetch_add(events, Ordering::Relaxed);
        assert!(first + events <= self.jobs, "no job is left");
        let arrival = |n: usize| {
            let event = market::canceled(&format!("event-{n}"), &format!("job-{n}"));
            let message = Message::structured(serde_json::to_vec(&event).expect("JSON"));
            Arrival { event: decode(&message, LIMITS).expect("an event"), message: Arc::new(message) }
        };
        let batch = Batch { arrivals: (first..first + events).map(arrival).collect(), dead: Vec::new() };
        let policy = &self.world.policy;
        let decide = |event: &Event, stage, facts: &mut Facts| judge(policy, event, stage, facts, world::NOW);
        let wait = WaitRule { first: Duration::from_secs(1), longest: Duration::from_secs(1), attempts_max: 9 };
        let applied = self.store.apply(&batch, &decide, &wait, world::NOW);
        self.runtime.block_on(applied).expect("applied")
    }
}
