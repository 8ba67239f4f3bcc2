//! A replay that outlives the processes that work at it.

use std::os::unix::process::ExitStatusExt;
use std::sync::Arc;

use makegood::event::Message;
use makegood::store::{
    Act, DeadClass, DeadLetter, LetterFilter, Replay, ReplayEffects, ReplayOrder, ReplayState, Selection, Store,
    StoreOptions, open,
};
use time::OffsetDateTime;

use super::market::{FULL, Market, canceled};
use super::stage::{DEADLINE, Stage};
use crate::support::daemon::Daemon;
use crate::support::wait;

const LETTERS: usize = 12;
const SIGABRT: i32 = 6;

pub fn market() -> Market {
    Market::new(LETTERS).jobs(LETTERS)
}

async fn beside(stage: &Stage) -> Arc<dyn Store> {
    let options = StoreOptions {
        url: stage.database().into(),
        connections_max: 2,
        acquire_timeout: DEADLINE,
        statement_timeout: DEADLINE,
        lock_timeout: DEADLINE,
        inline_proposals_max: 500,
        batch_proposals_max: 4_000,
        chunk_accounts: 1_000,
        announces: false,
        exclusive: false,
    };
    open(options).await.expect("the store opens")
}

/// Letters that the database had refused, one a job, and a replay of them all.
async fn ordered(store: &Arc<dyn Store>, ramp: Vec<u32>) -> Replay {
    let now = OffsetDateTime::now_utc();
    let letters: Vec<_> = (0..LETTERS)
        .map(|n| {
            let event = canceled(&format!("event-{n}"), &format!("job-{n}"));
            let message = Message::structured(serde_json::to_vec(&event).expect("JSON"));
            DeadLetter::new(&message, DeadClass::Refused, "store_refused", "refused".into())
        })
        .collect();
    store.bury(&letters, now).await.expect("buried");
    let order = ReplayOrder {
        selection: Selection::Filter(LetterFilter::default()),
        limit: None,
        effects: ReplayEffects::Both,
        rate: Some(1_000),
        ramp,
        stop_after_failures: None,
        patch: None,
    };
    store.replay_create(&order, &act(), now).await.expect("ordered")
}

fn act() -> Act {
    Act { operator: "olga".into(), reason: "the database was full".into() }
}

/// Killed with a letter's effects written and not committed, and again with one committed and not told: whoever comes
/// next carries on, and each letter has its effect once.
pub async fn a_killed_replay_is_carried_on(stage: Stage) {
    let store = beside(&stage).await;
    let replay = ordered(&store, Vec::new()).await;
    let settings = stage.settings().set("dlq.poll", "50ms").set("dlq.replay_lease", "1s");
    let mut done = Vec::new();
    for (life, point) in ["k13=3*off->return", "k14=3*off->return"].into_iter().enumerate() {
        let mut daemon = Daemon::start(&settings.clone().failpoints(point), &format!("life-{life}"));
        let exited = wait::answer(DEADLINE, async || daemon.exited()).await;
        let signal = exited.and_then(|status| status.signal());
        assert_eq!(signal, Some(SIGABRT), "{point}:\n{}", daemon.log_tail());
        done.push(store.replays(Some(replay.no), 1).await.expect("read")[0].done);
    }
    assert_eq!(done, [3, 7], "three and a half, then four");

    let daemon = Daemon::start_ready(&settings, "last").await;
    stage.until_count(&daemon, "replays where state = 'done'", 1).await;
    stage.until_applied(&daemon, LETTERS).await;
    let replay = store.replays(Some(replay.no), 1).await.expect("read").remove(0);
    assert_eq!((replay.state, replay.done, replay.failed, replay.skipped), (ReplayState::Done, 12, 0, 0));
    assert_eq!((replay.credits, replay.connects, replay.notices), (12, 72, 12));
    assert_eq!(stage.count("dead_letters where state = 'resolved'").await, LETTERS);
    assert_eq!(stage.count("dead_letter_attempts where kind = 'replay'").await, LETTERS);
    stage.assert_made_good(FULL).await;
    stage.assert_told_of_one_notice(LETTERS);
    let actions: Vec<_> = store.operator_log(None, 9).await.expect("read");
    let actions: Vec<_> = actions.iter().map(|entry| (&*entry.action, entry.affected)).collect();
    assert_eq!(actions, [("replay.end", 12), ("replay.start", 12)]);
    stage.stop_clean(daemon).await;
    store.close().await;
}

/// A stop gives the replay back at once: the next daemon does not wait for the lease.
pub async fn a_stopped_daemon_gives_its_replay_back(stage: Stage) {
    let store = beside(&stage).await;
    let slow = ordered(&store, vec![1; 600]).await;
    let settings = stage.settings().set("dlq.poll", "50ms").set("dlq.replay_lease", "1h");
    let first = Daemon::start_ready(&settings, "first").await;
    stage.until_count(&first, "replay_items where state = 'done'", 1).await;
    stage.stop_clean(first).await;
    let given_back = store.replays(Some(slow.no), 1).await.expect("read").remove(0);
    assert_eq!((given_back.state, given_back.held), (ReplayState::Running, false));
    let second = Daemon::start_ready(&settings, "second").await;
    let tried = usize::try_from(given_back.done).expect("few") + 1;
    stage.until_count(&second, "replay_items where state = 'done'", tried).await;
    let canceled = store.replay_cancel(slow.no, &act(), slow.created_at).await.expect("asked").expect("there is one");
    assert_eq!(canceled.state, ReplayState::Canceled);
    stage.stop_clean(second).await;
    store.close().await;
}
