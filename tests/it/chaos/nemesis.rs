//! What kills the daemons: each life ends at a random amount of progress, or inside a named window of the code.

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

use super::rig::Rig;
use crate::support::daemon::Daemon;
use crate::support::wait;

/// Windows of the code, in the order a message passes them (reliability notes, "Named kill points"): delivered, after
/// BEGIN, after the inbox, between ledger and balances, before COMMIT, before the ack; in a fan-out before and after
/// the COMMIT of a chunk; a letter before MAIL, after its final dot, after the 250.
pub const POINTS: [&str; 11] = ["k1", "k2", "k3", "k4", "k5", "k6", "k5-fan-out", "k9", "k10", "k11", "k12"];

const SIGKILL: i32 = 9;
const SIGABRT: i32 = 6;

/// How long a life armed with a point may take to pass it.
const POINT_DEADLINE: Duration = Duration::from_secs(60);

/// Without progress for this long a random kill comes anyway: there may be nothing left to do.
const STALL: Duration = Duration::from_secs(2);

/// How a life ends.
#[derive(Debug, Clone)]
pub enum Life {
    /// SIGKILL while it still starts.
    Early,
    /// SIGKILL once this much more was done after it had started, by whichever daemon.
    Random { after: u64 },
    /// It aborts itself when it passes `point` after `skip` passes.
    Armed { point: &'static str, skip: u32 },
}

/// What became of the lives of all daemons.
#[derive(Debug, Default)]
pub struct Record {
    /// Lives ended by SIGKILL.
    pub random: u64,
    /// Lives that ended at a point.
    pub hits: BTreeMap<&'static str, u64>,
}

impl Record {
    /// Lives in all.
    pub fn kills(&self) -> u64 {
        self.random + self.hits.values().sum::<u64>()
    }

    /// Both records in one.
    pub fn and(mut self, other: Record) -> Record {
        self.random += other.random;
        for (point, times) in other.hits {
            *self.hits.entry(point).or_default() += times;
        }
        self
    }
}

/// The lives of one daemon: each point so many times, `random` kills, in an order the seed decides.
pub fn lives(rng: &mut StdRng, random: usize, per_point: usize, stride: u64) -> Vec<Life> {
    let mut lives = Vec::new();
    for point in POINTS {
        lives.extend((0..per_point).map(|_| Life::Armed { point, skip: rng.random_range(0..3) }));
    }
    for n in 0..random {
        let after = rng.random_range(1..=stride);
        lives.push(if n % 10 == 9 { Life::Early } else { Life::Random { after } });
    }
    lives.shuffle(rng);
    lives
}

/// Lets one daemon live and die, and starts it once more at the end, with `failpoints` in every life.
pub async fn run(rig: &Rig, name: &str, lives: Vec<Life>, done: &AtomicUsize) -> (Record, Daemon) {
    let mut record = Record::default();
    for (n, life) in lives.into_iter().enumerate() {
        let name = format!("{name}-{n:03}");
        match life {
            Life::Early => {
                let mut daemon = Daemon::start(&rig.settings(), &name);
                killed(&mut daemon, &mut record);
            }
            Life::Random { after } => {
                let mut daemon = Daemon::start(&rig.settings(), &name);
                daemon.http().await;
                progressed(rig, after).await;
                killed(&mut daemon, &mut record);
            }
            Life::Armed { point, skip } => {
                armed(rig, &name, point, &format!("{point}={skip}*off->return")).await;
                *record.hits.entry(point).or_default() += 1;
            }
        }
        done.fetch_add(1, Ordering::SeqCst);
    }
    (record, Daemon::start_ready(&rig.settings(), &format!("{name}-last")).await)
}

fn killed(daemon: &mut Daemon, record: &mut Record) {
    let signal = daemon.kill();
    assert_eq!(signal, Some(SIGKILL), "it had ended by itself:\n{}", daemon.log_tail());
    record.random += 1;
}

/// One life that must end by the abort at its point.
pub async fn armed(rig: &Rig, name: &str, point: &str, failpoints: &str) {
    let mut daemon = Daemon::start(&rig.settings().failpoints(failpoints), name);
    let status = daemon.exit(POINT_DEADLINE).await;
    let signal = status.and_then(|status| status.signal());
    assert_eq!(signal, Some(SIGABRT), "{name} did not die at {point} but {status:?}:\n{}", daemon.log_tail());
}

/// Waits until `more` was done, or nothing is being done.
pub async fn progressed(rig: &Rig, more: u64) {
    let start = rig.progress().await;
    let mut last = (start, Instant::now());
    // At the deadline it is time as well.
    wait::answer(POINT_DEADLINE, async || {
        let now = rig.progress().await;
        if now != last.0 {
            last = (now, Instant::now());
        }
        (now >= start + more || last.1.elapsed() >= STALL).then_some(())
    })
    .await;
}
