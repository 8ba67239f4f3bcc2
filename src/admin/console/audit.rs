//! `GET /audit`: where facts, ledger and notices do not agree; `GET /audit/plan`: what a repair would do;
//! `POST /audit/repair` and `/audit/{no}/accept`.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;

use super::show::{Query, When, given, parameters, sentence};
use super::{Acting, Console, Failure, Format, Role, Route, Shell, Visitor, done, respond};
use crate::store::{FindingFilter, FindingState};
use crate::worker::audit::repair::{self, Plan, RepairError};
use crate::worker::audit::{self, Finding, OpenFindings};
use crate::worker::words;

const HOME: &str = "/audit";
/// Findings on a page.
const SHOWN: u32 = 50;
/// Findings repaired by one form at most: some seconds' work; `makegood audit --repair` does any number.
const REPAIRED_MAX: u32 = 200;
/// Findings named in a plan.
const NAMED: usize = 20;

/// What a form says.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
struct Conditions {
    /// `open`, `repaired`, `accepted`, `gone` or `any`; without: open.
    state: Option<String>,
    code: Option<String>,
    subject: Option<String>,
    no: Option<i64>,
    before: Option<i64>,
}

impl Conditions {
    fn filter(&self) -> Result<FindingFilter, Failure> {
        let state = match given(self.state.as_ref()).as_deref() {
            None => Some(FindingState::Open),
            Some("any") => None,
            Some(name) => {
                let wrong = || Failure::BadRequest("A state is open, repaired, accepted, gone or any.".to_owned());
                Some(FindingState::parse(name).ok_or_else(wrong)?)
            }
        };
        let (code, subject) = (given(self.code.as_ref()), given(self.subject.as_ref()));
        Ok(FindingFilter { state, code, subject, nos: self.no.into_iter().collect(), ..FindingFilter::default() })
    }

    fn fields(&self) -> [(&'static str, Option<String>); 4] {
        [
            ("state", given(self.state.as_ref())),
            ("code", given(self.code.as_ref())),
            ("subject", given(self.subject.as_ref())),
            ("no", self.no.map(|no| no.to_string())),
        ]
    }

    fn value(&self, name: &str) -> String {
        let fields = self.fields();
        fields.into_iter().find(|(known, _)| *known == name).and_then(|(_, value)| value).unwrap_or_default()
    }

    fn is_everything(&self) -> bool {
        self.fields().iter().all(|(_, value)| value.is_none())
    }

    fn link(&self) -> String {
        parameters(self.fields())
    }

    fn older(&self, before: &impl ToString) -> String {
        parameters(self.fields().into_iter().chain([("before", Some(before.to_string()))]))
    }
}

/// A finding.
#[derive(Serialize)]
struct Row {
    #[serde(flatten)]
    it: Finding,
    #[serde(skip)]
    code: String,
    #[serde(skip)]
    subject: String,
    #[serde(skip)]
    words: String,
    #[serde(skip)]
    repair: String,
    #[serde(skip)]
    first_seen: When,
    #[serde(skip)]
    last_seen: When,
    #[serde(skip)]
    settled: Option<(When, String)>,
    #[serde(skip)]
    explain: Option<String>,
}

impl Row {
    fn is_open(&self) -> bool {
        self.it.state == FindingState::Open
    }
}

#[derive(Template, Serialize)]
#[template(path = "audit.html")]
struct List {
    #[serde(skip)]
    shell: Shell,
    /// Open findings that are due, by code.
    open: Vec<OpenFindings>,
    findings: Vec<Row>,
    next: Option<i64>,
    #[serde(skip)]
    conditions: Conditions,
    #[serde(skip)]
    can_act: bool,
}

#[derive(Template, Serialize)]
#[template(path = "audit_plan.html")]
struct PlanPage {
    #[serde(skip)]
    shell: Shell,
    #[serde(flatten)]
    plan: Plan,
    #[serde(skip)]
    first: Vec<Row>,
    #[serde(skip)]
    conditions: Conditions,
    #[serde(skip)]
    most: u32,
}

/// The routes.
pub(super) fn routes() -> Vec<Route> {
    let mut routes = Vec::new();
    routes.extend(Route::page(HOME, Role::Viewer, list));
    routes.extend(Route::page("/audit/plan", Role::Operator, foretell));
    routes.extend(Route::act("/audit/repair", Role::Operator, mend));
    routes.extend(Route::act("/audit/{no}/accept", Role::Operator, accept));
    routes
}

async fn list(
    State(console): State<Console>, format: Format, visitor: Visitor, Query(conditions): Query<Conditions>,
) -> Result<Response, Failure> {
    let now = console.clock.now();
    let store = &*console.store;
    let findings = audit::list(store, &conditions.filter()?, conditions.before, SHOWN).await?;
    let full = findings.len() >= SHOWN as usize;
    let page = List {
        shell: Shell::new(&visitor, HOME, "Audit"),
        open: audit::open(store, now).await?,
        next: findings.last().filter(|_| full).map(|finding| finding.no),
        findings: findings.into_iter().map(|finding| row(finding, now)).collect(),
        conditions,
        can_act: visitor.may(Role::Operator),
    };
    respond(format, &page)
}

async fn foretell(
    State(console): State<Console>, format: Format, visitor: Visitor, Query(conditions): Query<Conditions>,
) -> Result<Response, Failure> {
    let now = console.clock.now();
    let plan = repair::plan(&console.audit, &conditions.filter()?, REPAIRED_MAX, &CancellationToken::new()).await?;
    let first = plan.items.iter().take(NAMED).map(|planned| row(planned.finding.clone(), now)).collect();
    let shell = Shell::new(&visitor, HOME, "Plan: repair what does not agree");
    respond(format, &PlanPage { shell, plan, first, conditions, most: REPAIRED_MAX })
}

async fn mend(
    State(console): State<Console>, format: Format, Acting { act, form, .. }: Acting<Conditions>,
) -> Result<Response, Failure> {
    let stop = CancellationToken::new();
    let plan = repair::plan(&console.audit, &form.filter()?, REPAIRED_MAX, &stop).await?;
    if plan.items.is_empty() {
        return Err(Failure::Conflict("Nothing is left that this could repair.".to_owned()));
    }
    let repaired = repair::repair(&console.audit, &console.intake, &plan, (&act, None), &mut |_| {}, &stop).await;
    match repaired {
        Ok(repaired) => Ok(done(format, "/audit?state=repaired", &repaired)),
        Err(RepairError::Store(error)) => Err(error.into()),
        Err(error @ RepairError::Stopped(_)) => Err(Failure::Unavailable(error.to_string())),
    }
}

/// What a form without fields of its own has.
#[derive(Debug, Deserialize)]
struct Nothing {}

async fn accept(
    State(console): State<Console>, format: Format, Path(no): Path<i64>, Acting { act, .. }: Acting<Nothing>,
) -> Result<Response, Failure> {
    let accepted = audit::accept(&*console.store, &[no], &act, console.clock.now()).await?;
    if accepted.is_empty() {
        return Err(Failure::Conflict(format!("Finding {no} is not open: nothing was changed.")));
    }
    Ok(done(format, &format!("{HOME}?state=any&no={no}"), &serde_json::json!({ "accepted": accepted })))
}

fn row(finding: Finding, now: OffsetDateTime) -> Row {
    let known = ["proposal", "person", "account", "job", "client", "event", "notice", "entry"];
    let kind = known.iter().find(|kind| **kind == finding.kind);
    let ask = |kind: &&str| parameters([("q", Some(finding.subject.clone())), ("kind", Some((*kind).to_owned()))]);
    let by = [&finding.operator, &finding.reason].map(|text| text.as_deref().map(words::plain).unwrap_or_default());
    Row {
        code: words::plain(&finding.code),
        subject: format!("{} {}", words::plain(&finding.kind), words::plain(&finding.subject)),
        words: sentence(&words::plain(&finding.words)),
        repair: sentence(&words::plain(&finding.repair.words)),
        first_seen: When::new(finding.first_seen, now),
        last_seen: When::new(finding.last_seen, now),
        settled: finding.settled_at.map(|at| (When::new(at, now), by.join(": "))),
        explain: kind.map(ask),
        it: finding,
    }
}
