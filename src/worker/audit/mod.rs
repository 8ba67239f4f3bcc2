//! The audit: what should have happened beside what did, found again after lost events, restored backups and slips. The
//! design calls this room `reconcile`.
//!
//! Facts are held against the ledger and the ledger against the facts; decisions against returns, notices and
//! announcements; balances against entries; and what stands still is named. What does not agree is a finding, which is
//! looked at again until it agrees or an operator accepts it. [`repair`] sends what is missing through the intake.

mod judge;
pub mod repair;
pub mod seals;
mod watch;
mod words;

pub use judge::MadeEvent;
pub use watch::{WatchOptions, watch};
pub use words::{Repair, repair_of, words};

use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;
use time::{Duration, OffsetDateTime};
use tokio_util::sync::CancellationToken;

use super::rulebook::Rulebook;
use crate::clock::Clock;
use crate::policy::Facts;
use crate::store::{
    Act, AuditCase, AuditCheck, AuditFinding, AuditKey, AuditMark, AuditPage, AuditRule, Canary, FindingFilter,
    FindingState, Gap, PAGE_MAX, Store, StoreError,
};

/// What the audit assumes and how it looks.
#[derive(Debug, Clone)]
pub struct AuditOptions {
    /// CloudEvents source of the events it makes.
    pub source: String,
    /// How long something may be late before it counts as missing.
    pub lag: Duration,
    /// Subjects a page.
    pub page: u32,
    /// Notices and returns are announced.
    pub announces: bool,
    /// Cause of a job whose state is canceled.
    pub canceled_cause: String,
    /// Cause of a job whose state is removed.
    pub removed_cause: String,
    /// Cause of a suspension.
    pub suspended_cause: String,
    /// A suspension is for good.
    pub suspended_final: bool,
}

/// The audit over a database.
#[derive(Debug, Clone)]
pub struct Audit {
    /// What it looks at.
    pub store: Arc<dyn Store>,
    /// What should have happened.
    pub rulebook: Arc<Rulebook>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// How.
    pub options: AuditOptions,
}

/// A finding, with words.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    /// Its number.
    pub no: i64,
    /// Stable code.
    pub code: String,
    /// What kind of thing it is about.
    pub kind: String,
    /// Which one.
    pub subject: String,
    /// What does not agree, in a sentence.
    pub words: String,
    /// What repairs it.
    pub repair: Repair,
    /// Its state.
    pub state: FindingState,
    /// When it was first seen.
    #[serde(with = "time::serde::rfc3339")]
    pub first_seen: OffsetDateTime,
    /// When it was last seen.
    #[serde(with = "time::serde::rfc3339")]
    pub last_seen: OffsetDateTime,
    /// Before this moment it may be no more than late.
    #[serde(with = "time::serde::rfc3339")]
    pub due_at: OffsetDateTime,
    /// When it was settled.
    #[serde(with = "time::serde::rfc3339::option")]
    pub settled_at: Option<OffsetDateTime>,
    /// Who accepted it or ordered its repair.
    pub operator: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// More about it.
    pub details: Value,
}

impl From<AuditFinding> for Finding {
    fn from(finding: AuditFinding) -> Self {
        Finding {
            no: finding.no,
            words: words(&finding.gap),
            repair: repair_of(&finding.gap),
            code: finding.gap.code,
            kind: finding.gap.kind,
            subject: finding.gap.subject,
            details: finding.gap.details,
            state: finding.state,
            first_seen: finding.first_seen,
            last_seen: finding.last_seen,
            due_at: finding.due_at,
            settled_at: finding.settled_at,
            operator: finding.operator,
            reason: finding.reason,
        }
    }
}

/// What a whole audit looked at.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Report {
    /// Subjects examined by check.
    pub examined: Vec<(&'static str, u64)>,
    /// Open findings that are due by code: how many, and since when.
    pub open: Vec<OpenFindings>,
    /// It came to its end.
    pub complete: bool,
    /// Whether gaps planted in a transaction that is rolled back were found: `found`, `blind`, or `not_planted` where
    /// facts cannot be written.
    pub canary: &'static str,
}

/// Open findings of one code.
#[derive(Debug, Clone, Serialize)]
pub struct OpenFindings {
    /// The code.
    pub code: String,
    /// How many.
    pub findings: u64,
    /// When the oldest was first seen.
    #[serde(with = "time::serde::rfc3339")]
    pub oldest: OffsetDateTime,
}

/// Findings, newest first, at most `limit` with a number below `before`.
pub async fn list(
    store: &dyn Store, filter: &FindingFilter, before: Option<i64>, limit: u32,
) -> Result<Vec<Finding>, StoreError> {
    Ok(store.findings(filter, before, limit).await?.into_iter().map(Finding::from).collect())
}

/// Accepts open findings as right as they are; answers those that were open.
pub async fn accept(store: &dyn Store, nos: &[i64], act: &Act, now: OffsetDateTime) -> Result<Vec<i64>, StoreError> {
    store.findings_accept(nos, act, now).await
}

/// Open findings that are due, by code.
pub async fn open(store: &dyn Store, now: OffsetDateTime) -> Result<Vec<OpenFindings>, StoreError> {
    let rows = store.findings_open(now).await?.into_iter();
    Ok(rows.map(|(code, findings, oldest)| OpenFindings { code, findings, oldest }).collect())
}

impl Audit {
    /// A whole audit: what is open already, what stands still, and every check from its beginning to its end; `told`
    /// hears of every page. Stopped, it has found what it had come to.
    pub async fn run(
        &self, told: &mut (dyn FnMut(AuditCheck, u64) + Send), stop: &CancellationToken,
    ) -> Result<Report, StoreError> {
        let mut report = Report::default();
        self.again(stop).await?;
        self.stuck().await?;
        self.seal(None, stop).await?;
        report.canary = self.canary().await?;
        for check in AuditCheck::WALKS {
            let (mut after, mut examined) = (Some(AuditKey::start()), 0);
            while let Some(key) = after.filter(|_| !stop.is_cancelled()) {
                let page = self.page(check, &key).await?;
                examined += page.examined;
                told(check, examined);
                after = page.next;
            }
            report.examined.push((check.as_str(), examined));
        }
        let now = self.clock.now();
        report.open = open(&*self.store, now).await?;
        report.complete = !stop.is_cancelled();
        if report.complete {
            let mark = AuditMark { completed_at: Some(now), ..AuditMark::default() };
            self.store.audit_mark_write(WHOLE, &mark).await?;
        }
        Ok(report)
    }

    /// When every check last came to its end, and whether by whole audits or by the daemon's walks; `None`: never.
    pub async fn completed_at(&self) -> Result<Option<OffsetDateTime>, StoreError> {
        let whole = self.store.audit_mark(WHOLE).await?.completed_at;
        let mut walks = Vec::new();
        for check in AuditCheck::WALKS {
            walks.push(self.store.audit_mark(&watch::walk(check)).await?.completed_at);
        }
        let walked = walks.into_iter().collect::<Option<Vec<_>>>().and_then(|walks| walks.into_iter().min());
        Ok(whole.max(walked))
    }

    /// One page of a check, with its findings written down.
    async fn page(&self, check: AuditCheck, after: &AuditKey) -> Result<AuditPage, StoreError> {
        let rule = self.rule();
        let page = self.store.audit_page(check, after, &rule, &self.examiner(&rule)).await?;
        if !page.gaps.is_empty() {
            self.store.audit_record(check, &words::without_payload(&page.gaps), &[], &rule).await?;
        }
        Ok(page)
    }

    /// Looks again at what is open; what agrees now is repaired or gone.
    pub async fn again(&self, stop: &CancellationToken) -> Result<(), StoreError> {
        for check in AuditCheck::WALKS {
            let filter =
                FindingFilter { state: Some(FindingState::Open), check: Some(check), ..FindingFilter::default() };
            let mut before = None;
            while !stop.is_cancelled() {
                let open = self.store.findings(&filter, before, self.options.page.min(PAGE_MAX)).await?;
                let Some(last) = open.last() else { break };
                before = Some(last.no);
                let rule = self.rule();
                let subjects: Vec<String> = open.iter().map(|finding| finding.gap.subject.clone()).collect();
                let gaps = self.store.audit_again(check, &subjects, &rule, &self.examiner(&rule)).await?;
                let nos: Vec<i64> = open.iter().map(|finding| finding.no).collect();
                self.store.audit_record(check, &words::without_payload(&gaps), &nos, &rule).await?;
            }
        }
        Ok(())
    }

    /// What does not agree about one subject now, with the payload of the event that came.
    async fn look(&self, finding: &Finding) -> Result<Option<Gap>, StoreError> {
        let check = if finding.kind == "client" { AuditCheck::Clients } else { AuditCheck::Jobs };
        let (rule, subjects) = (self.rule(), [finding.subject.clone()]);
        let gaps = self.store.audit_again(check, &subjects, &rule, &self.examiner(&rule)).await?;
        Ok(gaps.into_iter().find(|gap| gap.code == finding.code))
    }

    /// What stands still now; what moved on is gone.
    pub async fn stuck(&self) -> Result<(), StoreError> {
        let (check, rule) = (AuditCheck::Stuck, self.rule());
        let gaps = self.store.audit_again(check, &[], &rule, &self.examiner(&rule)).await?;
        let filter = FindingFilter { state: Some(FindingState::Open), check: Some(check), ..FindingFilter::default() };
        let open = self.store.findings(&filter, None, PAGE_MAX).await?;
        let nos: Vec<i64> = open.iter().map(|finding| finding.no).collect();
        self.store.audit_record(check, &gaps, &nos, &rule).await
    }

    /// Proves that the audit still sees: what it misses of planted gaps is a finding.
    pub async fn canary(&self) -> Result<&'static str, StoreError> {
        let (check, rule) = (AuditCheck::Canary, self.rule());
        let (blind, word) = match self.store.audit_canary(&rule).await? {
            Canary::Found => (Vec::new(), "found"),
            Canary::NotPlanted => return Ok("not_planted"),
            Canary::Blind(codes) => (codes, "blind"),
        };
        let gap = |code: &str| Gap {
            code: "audit_blind".to_owned(),
            kind: "check".to_owned(),
            subject: code.to_owned(),
            details: Value::Null,
        };
        let gaps: Vec<Gap> = blind.into_iter().map(gap).collect();
        let filter = FindingFilter { state: Some(FindingState::Open), check: Some(check), ..FindingFilter::default() };
        let open = self.store.findings(&filter, None, PAGE_MAX).await?;
        let nos: Vec<i64> = open.iter().map(|finding| finding.no).collect();
        self.store.audit_record(check, &gaps, &nos, &rule).await?;
        Ok(word)
    }

    fn rule(&self) -> AuditRule {
        let AuditOptions { lag, page, announces, .. } = self.options;
        AuditRule { now: self.clock.now(), lag, page, announces }
    }

    /// What the store asks about each job and client.
    fn examiner(&self, rule: &AuditRule) -> impl Fn(&AuditCase<'_>, &mut Facts) -> Option<Gap> + Send + Sync + use<> {
        let (policy, options, now) = (self.rulebook.policy(), self.options.clone(), rule.now);
        move |case, facts| judge::examine(&policy, &options, now, case, facts)
    }
}

/// Mark of the last whole audit.
const WHOLE: &str = "whole";
