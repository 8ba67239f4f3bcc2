//! Makes findings good: a plan first, then the missing events through the intake, as those of the queue.

use serde::Serialize;
use serde_json::json;
use time::OffsetDateTime;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::words::made;
use super::{Audit, Finding, MadeEvent};
use crate::store::{Act, FanOutStep, FindingFilter, FindingState, Gap, Outcome, PAGE_MAX, RowRepair, StoreError};
use crate::worker::pace::Pace;
use crate::worker::{Intake, Stopped};

/// Findings in one plan at most: what one command repairs.
pub const PLAN_MAX: u32 = 100_000;

/// What a repair would do.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Plan {
    /// Events it would send.
    pub events: u64,
    /// Rows it would set right.
    pub rows: u64,
    /// Proposals the events decide.
    pub proposals: u64,
    /// Connects that come back.
    pub connects: i64,
    /// People who are told, counted for each event.
    pub people: u64,
    /// Open findings that somebody must decide.
    pub by_hand: u64,
    /// The findings it is about.
    pub items: Vec<Planned>,
}

/// One repair.
#[derive(Debug, Clone, Serialize)]
pub struct Planned {
    /// Of this finding.
    pub finding: Finding,
    #[serde(skip)]
    what: What,
}

#[derive(Debug, Clone)]
enum What {
    Event(Box<MadeEvent>),
    Row(RowRepair),
}

/// What a repair did.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Repaired {
    /// Events applied.
    pub applied: u64,
    /// Events that were known already.
    pub duplicates: u64,
    /// Events that fan out or wait: a daemon carries them on.
    pub under_way: u64,
    /// Events that became dead letters.
    pub dead: u64,
    /// Rows set right.
    pub rows: u64,
    /// Proposals credited.
    pub credits: u64,
    /// Connects returned.
    pub connects: i64,
}

/// Why a repair ended before its end.
#[derive(Debug, thiserror::Error)]
pub enum RepairError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It was told to.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// Looks at every open finding again and plans the repair of at most `limit` that match, the oldest numbers last.
pub async fn plan(
    audit: &Audit, filter: &FindingFilter, limit: u32, stop: &CancellationToken,
) -> Result<Plan, StoreError> {
    audit.again(stop).await?;
    audit.stuck().await?;
    let now = audit.clock.now();
    let filter = FindingFilter { state: Some(FindingState::Open), ..filter.clone() };
    let (mut plan, mut before) = (Plan::default(), None);
    loop {
        let page = audit.store.findings(&filter, before, PAGE_MAX).await?;
        let Some(last) = page.last() else { break };
        before = Some(last.no);
        for finding in page.into_iter().filter(|finding| finding.due_at <= now) {
            match what(&finding.gap) {
                Some(what) if plan.items.len() < limit.min(PLAN_MAX) as usize => {
                    plan.add(&what);
                    plan.items.push(Planned { finding: finding.into(), what });
                }
                Some(_) => {}
                None => plan.by_hand += 1,
            }
        }
    }
    Ok(plan)
}

fn what(gap: &Gap) -> Option<What> {
    match gap.code.as_str() {
        "event_missing" | "late_proposal" => made(gap).map(|made| What::Event(Box::new(made))),
        "balance_wrong" => Some(What::Row(RowRepair::Balance(gap.subject.clone()))),
        "lease_over" if gap.kind == "notice" => {
            Uuid::parse_str(&gap.subject).ok().map(|id| What::Row(RowRepair::Lease(id)))
        }
        _ => None,
    }
}

impl Plan {
    fn add(&mut self, what: &What) {
        match what {
            What::Event(made) => {
                self.events += 1;
                self.proposals += made.proposals;
                self.connects = self.connects.saturating_add(made.connects);
                self.people += made.people;
            }
            What::Row(_) => self.rows += 1,
        }
    }
}

/// Carries a plan out, at most `rate` a second; `told` hears of every repair.
///
/// The order is on record before the first event. An event that was sent before is a duplicate, so a repair that was
/// cut off is ordered again without harm.
pub async fn repair(
    audit: &Audit, intake: &Intake, plan: &Plan, (act, rate): (&Act, Option<u32>),
    told: &mut (dyn FnMut(&Finding) + Send), stop: &CancellationToken,
) -> Result<Repaired, RepairError> {
    let mut done = Repaired::default();
    order(audit, plan, act).await?;
    let (mut pace, began) = (Pace::new(rate, &[]), Instant::now());
    for Planned { finding, what } in &plan.items {
        tokio::select! {
            biased;
            () = stop.cancelled() => break,
            () = tokio::time::sleep_until(began + pace.next(began.elapsed())) => {}
        }
        match what {
            What::Event(made) => {
                let Some(made) = whole(audit, finding, made).await? else { continue };
                let message = made.message(&audit.options.source, finding.first_seen);
                for outcome in intake.take("audit", vec![message], stop).await? {
                    done.count(&outcome);
                }
            }
            What::Row(row) => {
                let repaired = audit.store.finding_repair(finding.no, row, act, audit.clock.now()).await?;
                done.rows += u64::from(repaired);
            }
        }
        told(finding);
    }
    fan_out(intake, &mut done, stop).await?;
    audit.again(stop).await?;
    audit.stuck().await?;
    let details = json!({ "outcome": done });
    let affected = done.applied + done.rows;
    audit.store.note("audit.repaired", affected, &details, act, audit.clock.now()).await?;
    Ok(done)
}

/// The event with its payload, which a finding does not keep of an event that came; `None`: it agrees meanwhile.
async fn whole(audit: &Audit, finding: &Finding, made: &MadeEvent) -> Result<Option<MadeEvent>, StoreError> {
    if !made.data.is_null() {
        return Ok(Some(made.clone()));
    }
    Ok(audit.look(finding).await?.and_then(|gap| self::made(&gap)))
}

async fn order(audit: &Audit, plan: &Plan, act: &Act) -> Result<(), StoreError> {
    let Plan { events, rows, proposals, connects, people, .. } = plan;
    let details = json!({
        "source": audit.options.source, "events": events, "rows": rows, "proposals": proposals, "connects": connects,
        "people": people,
    });
    let nos: Vec<i64> = plan.items.iter().map(|item| item.finding.no).collect();
    audit.store.findings_order(&nos, &details, act, now(audit)).await
}

fn now(audit: &Audit) -> OffsetDateTime {
    audit.clock.now()
}

/// Applies what was too large for a batch; where a daemon runs, both do, and neither does what the other has.
async fn fan_out(intake: &Intake, done: &mut Repaired, stop: &CancellationToken) -> Result<(), StoreError> {
    while done.under_way > 0 && !stop.is_cancelled() {
        match intake.store.fan_out(&intake.judge(), &intake.wait, intake.clock.now()).await? {
            FanOutStep::Idle => break,
            FanOutStep::Planned { .. } => {}
            FanOutStep::Advanced { outcome, .. } => {
                if let Outcome::Applied { credits, connects, .. } = outcome {
                    done.credits += credits;
                    done.connects = done.connects.saturating_add(connects);
                }
            }
        }
    }
    Ok(())
}

impl Repaired {
    fn count(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Applied { credits, connects, .. } => {
                self.applied += 1;
                self.credits += credits;
                self.connects = self.connects.saturating_add(*connects);
            }
            Outcome::Duplicate { .. } => self.duplicates += 1,
            Outcome::FanningOut { .. } | Outcome::Waiting { .. } => self.under_way += 1,
            Outcome::Dead { .. } => self.dead += 1,
        }
    }
}
