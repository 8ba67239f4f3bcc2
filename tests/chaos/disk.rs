//! SQLite on a disk that fills up under a daemon: it waits, and goes on when there is room again.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use makegood::store;
use sqlx::SqlitePool;

use crate::feed::Feed;
use crate::hold;
use crate::phase::{Injected, Outcome, STALL};
use crate::rig::{LEASED_MAX, Rig, store_options};
use crate::services;
use crate::support::checker::Verdict;
use crate::support::daemon::Daemon;
use crate::support::market::Scale;
use crate::support::wait;

/// Size of the disk.
const SIZE: &str = "size=8m";

/// How long it stays full once the daemon has noticed. Shorter than a lease, so that no letter is sent twice for it.
const FULL_FOR: Duration = Duration::from_secs(3);

/// How soon a daemon notices, and recovers.
const DEADLINE: Duration = Duration::from_secs(60);

/// A small file system that nobody else sees.
struct Disk {
    path: PathBuf,
}

impl Disk {
    /// Mounts it, or says why that is not possible here.
    fn mount(rig: &Rig) -> Result<Disk, String> {
        if !services::may_mount() {
            return Err("mounts of its own take root, and a system that has `unshare`".to_owned());
        }
        let path = rig.folder.path().join("disk");
        std::fs::create_dir(&path).expect("a folder");
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", SIZE, "tmpfs"]).arg(&path).output();
        match mount {
            Ok(output) if output.status.success() => Ok(Disk { path }),
            Ok(output) => Err(format!("mount: {}", String::from_utf8_lossy(&output.stderr).trim())),
            Err(error) => Err(format!("mount does not start: {error}")),
        }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Takes all the room there is.
    fn fill(&self) {
        let mut ballast =
            std::fs::File::options().create(true).append(true).open(self.file("ballast")).expect("a file");
        for block in [64 * 1024, 4 * 1024, 1] {
            while ballast.write_all(&vec![0; block]).is_ok() {}
        }
    }

    /// Gives it back.
    fn clear(&self) {
        std::fs::remove_file(self.file("ballast")).expect("the ballast");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Where this fails it goes with the run, whose mounts nobody else has.
        drop(Command::new("umount").arg("--lazy").arg(&self.path).output());
    }
}

/// Fills the disk `fills` times under a daemon; each second time the daemon is killed as well.
pub async fn run(seed: u64, scale: Scale, fills: u64) -> Outcome {
    let begun = Instant::now();
    let rig = Rig::new(seed, scale).await;
    let mut outcome = Outcome { phase: "sqlite_disk", ..Outcome::default() };
    let disk = match Disk::mount(&rig) {
        Ok(disk) => disk,
        Err(why) => return Outcome { ok: true, skipped: Some(why), ..outcome },
    };
    let url = format!("sqlite:{}", disk.file("makegood.db").display());
    let settings = rig.settings().store(&url);
    import(&rig, &url).await;
    let pool = SqlitePool::connect(&url).await.expect("the file");

    rig.declare();
    let mut daemon = Daemon::start_ready(&settings, "sqlite-0").await;
    let (mut feed, deliveries) = (Feed::new(&rig), rig.deliveries(1));
    let part = deliveries.len().div_ceil(fills as usize + 1);
    for (n, part) in deliveries.chunks(part).enumerate() {
        if n as u64 == fills {
            feed.send(part.to_vec()).await;
            break;
        }
        // An empty log has to grow with the next commit.
        let emptied = wait::answer(DEADLINE, async || {
            let (busy, ..): (i64, i64, i64) =
                sqlx::query_as("pragma wal_checkpoint(truncate)").fetch_one(&pool).await.ok()?;
            (busy == 0).then_some(())
        });
        emptied.await.expect("a moment without a reader");
        disk.fill();
        feed.send(part.to_vec()).await;
        wait::until("the daemon notices that the disk is full", DEADLINE, async || !daemon.is_ready()).await;
        hold(FULL_FOR).await;
        if n % 2 == 1 {
            assert_eq!(daemon.kill(), Some(9), "it had ended by itself");
            *outcome.injected.entry("daemon_sigkill_on_full_disk".into()).or_default() += 1;
            disk.clear();
            daemon = Daemon::start_ready(&settings, &format!("sqlite-{}", n + 1)).await;
        } else {
            disk.clear();
        }
        *outcome.injected.entry("sqlite_disk_full".into()).or_default() += 1;
        wait::until("the daemon is ready again", DEADLINE, async || daemon.is_ready()).await;
        if n == 0 {
            open(&url).await.import(&rig.market.late).await.expect("imported");
        }
    }
    // Copies of events that are known already lie behind them in the queue.
    outcome.drained = drained(&pool, &rig).await && rig.rested(STALL).await;
    if let Some(status) = daemon.exited() {
        outcome.wrong.push(format!("the daemon ended: {status}"));
    }
    let queued = rig.stop(vec![daemon]).await;
    if queued.work + queued.dead + queued.elsewhere + queued.stuck > 0 {
        outcome.wrong.push(format!("messages are left: {queued:?}"));
    }
    outcome.verdict = Verdict { seed, queued, ..judge(&pool, &rig, &outcome.injected).await };
    (outcome.attempted, outcome.confirmed, outcome.resent) = (feed.attempted, feed.confirmed, feed.resent);
    outcome.wrong.extend(rig.leaks());
    outcome.ok = outcome.drained && outcome.verdict.ok && outcome.wrong.is_empty();
    if !outcome.ok {
        rig.keep_logs();
        outcome.logs = Some(rig.folder.path().display().to_string());
    }
    outcome.seconds = begun.elapsed().as_secs();
    outcome
}

async fn open(url: &str) -> std::sync::Arc<dyn store::Store> {
    store::open(store_options(url)).await.expect("the store opens")
}

async fn import(rig: &Rig, url: &str) {
    let store = open(url).await;
    store.migrate().await.expect("migrated");
    store.import(&rig.market.facts).await.expect("imported");
    store.close().await;
}

async fn number(pool: &SqlitePool, sql: &'static str) -> u64 {
    let number: i64 = sqlx::query_scalar(sql).fetch_one(pool).await.unwrap_or_else(|error| panic!("{error} in: {sql}"));
    number.unsigned_abs()
}

async fn drained(pool: &SqlitePool, rig: &Rig) -> bool {
    let done = wait::answer(STALL, async || {
        let applied = number(pool, "select count(*) from events where state = 'applied'").await;
        let open = number(pool, "select count(*) from notices where state not in ('sent', 'undeliverable')").await;
        (applied == rig.market.events.len() as u64 && open == 0).then_some(())
    });
    done.await.is_some()
}

/// The invariants that SQL tells of a small file: 1 to 4, 8, 9 and 11.
async fn judge(pool: &SqlitePool, rig: &Rig, injected: &Injected) -> Verdict {
    let mut verdict = Verdict {
        events: number(pool, "select count(*) from events").await,
        applied: number(pool, "select count(*) from events where state = 'applied'").await,
        dead: number(pool, "select count(*) from dead_letters").await,
        notices_unsent: number(pool, "select count(*) from notices where state not in ('sent', 'undeliverable')").await,
        sums_off: number(
            pool,
            "select count(*) from accounts a where balance <> (
                select coalesce(sum(amount), 0) from connects_entries e where e.account_id = a.account_id)",
        )
        .await,
        ..Verdict::default()
    };
    let sql = "select reverses, account_id, amount from connects_entries where kind = 'return'";
    let rows: Vec<(String, String, i64)> = sqlx::query_as(sql).fetch_all(pool).await.expect("the ledger");
    verdict.credited = rows.len() as u64;
    let mut seen = BTreeSet::new();
    for (charge, account, amount) in rows {
        match rig.expected.returns.get(&charge) {
            None => verdict.unexpected += 1,
            Some(due) if (&due.account, due.amount) != (&account, amount) => verdict.wrong_amount += 1,
            Some(_) => {}
        }
        verdict.doubled += u64::from(!seen.insert(charge));
    }
    verdict.missing = rig.expected.returns.keys().filter(|charge| !seen.contains(*charge)).count() as u64;
    verdict.events_missing = (rig.expected.events.len() as u64).saturating_sub(verdict.events);
    let mut letters = BTreeMap::<String, BTreeSet<String>>::new();
    let messages = rig.sink.messages();
    for message in &messages {
        letters.entry(message.header("Message-ID").unwrap_or_default()).or_default().insert(message.sha256());
    }
    let notices = number(pool, "select count(*) from notices").await;
    verdict.notices.insert("sent".into(), notices - verdict.notices_unsent);
    verdict.ghost_mail = notices.abs_diff(letters.len() as u64);
    verdict.copies_differ = letters.values().filter(|hashes| hashes.len() > 1).count() as u64;
    verdict.duplicate_mail = messages.len() as u64 - letters.len() as u64;
    let kills = injected.get("daemon_sigkill_on_full_disk").copied().unwrap_or(0);
    verdict.duplicate_mail_allowed = kills * LEASED_MAX;
    verdict.judge(&rig.expected);
    verdict
}
