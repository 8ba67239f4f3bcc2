//! Cases: an event and the facts it meets, with what a policy is expected to decide. `config/policy-cases.toml` says
//! how they are written.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use crate::event::{
    AccountId, ClientId, DecodeLimits, EntryId, Event, EventType, JobId, Message, PersonId, ProposalId, decode,
};
use crate::policy::{
    AccountFacts, AccountKind, ClientFacts, Decliner, Effects, EntryFacts, EntryKind, Facts, JobFacts, JobState,
    Policy, ProposalFacts, ProposalState, Reason, Ruling, Stage, judge,
};

/// The rows of the built-in table, as cases.
pub const BUILT_IN_CASES: &str = include_str!("../../../config/policy-cases.toml");
/// Cases in one file: a hundred times what the built-in table needs.
pub const CASES_MAX: usize = 10_000;

/// When the events of cases happen, on day 0.
const DAY_0: OffsetDateTime = datetime!(2026-03-01 12:00 UTC);
/// Largest number of days a case may name: ten years.
const DAYS_MAX: i64 = 3_660;
/// Bytes of an event made of a case: a few ids.
const EVENT_BYTES_MAX: usize = 64 * 1024;

/// Cases out of a file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cases {
    #[serde(rename = "case")]
    cases: Vec<Case>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(default)]
    proposal: Option<ProposalState>,
    #[serde(default = "four_days_ago")]
    since: i64,
    #[serde(default)]
    declined_by: Option<Decliner>,
    #[serde(default)]
    invited: bool,
    #[serde(default)]
    charges: Vec<i64>,
    #[serde(default)]
    hired: Option<i64>,
    #[serde(default)]
    job: Option<JobState>,
    #[serde(default = "four_days_ago")]
    job_since: i64,
    #[serde(rename = "step")]
    steps: Vec<Step>,
}

fn four_days_ago() -> i64 {
    -4
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    event: String,
    #[serde(default)]
    cause: Option<String>,
    #[serde(default, rename = "final")]
    is_final: Option<bool>,
    #[serde(default)]
    day: i64,
    #[serde(default)]
    decided: Option<i64>,
    #[serde(default)]
    after_hold: bool,
    #[serde(default)]
    client_suspended: bool,
    #[serde(default)]
    rule: Option<String>,
    expect: String,
}

/// Why a file holds no cases.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CaseError {
    /// It is no TOML, or has other keys.
    #[error("{0}")]
    Syntax(String),
    /// A case cannot be played.
    #[error("case {name:?}, step {step}: {why}")]
    Case {
        /// Its name.
        name: String,
        /// Its step, from 1.
        step: usize,
        /// What is wrong.
        why: String,
    },
}

/// What came of one step of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tried {
    /// The case.
    pub case: String,
    /// Its step, from 1.
    pub step: usize,
    /// What was expected.
    pub expected: String,
    /// What was decided.
    pub got: String,
    /// The rule that decided; none: the event is about no proposal, or nothing was decided.
    pub rule: Option<String>,
    /// Both are the same.
    pub agrees: bool,
}

impl Cases {
    /// Reads a file's text.
    pub fn parse(text: &str) -> Result<Cases, CaseError> {
        let cases: Cases = toml::from_str(text).map_err(|error| CaseError::Syntax(error.to_string()))?;
        if cases.cases.len() > CASES_MAX {
            let found = cases.cases.len();
            return Err(CaseError::Syntax(format!("at most {CASES_MAX} cases are expected, here are {found}")));
        }
        Ok(cases)
    }

    /// Plays each case against a policy; one answer a step, in order.
    pub fn run(&self, policy: &Policy) -> Result<Vec<Tried>, CaseError> {
        let mut tried = Vec::new();
        for case in &self.cases {
            let mut facts = case.facts().map_err(|why| case.wrong(1, why))?;
            for (index, step) in case.steps.iter().enumerate() {
                let number = index + 1;
                tried.push(case.play(number, step, policy, &mut facts).map_err(|why| case.wrong(number, why))?);
            }
        }
        Ok(tried)
    }
}

impl Case {
    fn wrong(&self, step: usize, why: String) -> CaseError {
        CaseError::Case { name: self.name.clone(), step, why }
    }

    fn facts(&self) -> Result<Facts, String> {
        let ids = Ids::new()?;
        let mut facts = Facts::default();
        let state = self.proposal.unwrap_or(ProposalState::Viewed);
        let account = AccountFacts {
            id: ids.account.clone(),
            kind: AccountKind::Freelancer,
            owner: ids.person.clone(),
            manager: None,
            tell_manager: true,
            balance: 1_000,
        };
        let proposal = ProposalFacts {
            id: ids.proposal.clone(),
            job: ids.job.clone(),
            account: ids.account.clone(),
            person: ids.person.clone(),
            state,
            state_since: day(self.since)?,
            declined_by: self.declined_by,
            submitted_at: day(-5)?,
            invited: self.invited,
        };
        let job = JobFacts {
            id: ids.job.clone(),
            client: ids.client.clone(),
            title: "A job".to_owned(),
            state: self.job.unwrap_or(JobState::Open),
            state_since: day(self.job_since)?,
            hired_at: self.hired.map(day).transpose()?,
        };
        facts.entries.insert(ids.proposal.clone(), self.entries(&ids)?);
        facts.clients.insert(ids.client.clone(), ClientFacts { id: ids.client.clone(), suspended: false });
        facts.people.insert(ids.person.clone());
        facts.accounts.insert(account.id.clone(), account);
        facts.jobs.insert(job.id.clone(), job);
        facts.proposals.insert(ids.job, BTreeMap::from([(ids.proposal, proposal)]));
        Ok(facts)
    }

    /// The first charge is the fee, those after it are boosts; what is positive is a refund.
    fn entries(&self, ids: &Ids) -> Result<Vec<EntryFacts>, String> {
        let mut charged = false;
        let entries = self.charges.iter().enumerate().map(|(index, amount)| {
            let kind = match (*amount < 0, charged) {
                (false, _) => EntryKind::Refund,
                (true, false) => EntryKind::Fee,
                (true, true) => EntryKind::Boost,
            };
            charged |= *amount < 0;
            Ok(EntryFacts {
                id: EntryId::parse(format!("entry-{}", index + 1)).map_err(|error| error.to_string())?,
                account: ids.account.clone(),
                kind,
                amount: *amount,
                reverses: None,
                at: day(-5)? + Duration::minutes(i64::try_from(index).unwrap_or(i64::MAX)),
                expires_at: None,
            })
        });
        entries.collect()
    }

    fn play(&self, number: usize, step: &Step, policy: &Policy, facts: &mut Facts) -> Result<Tried, String> {
        let event = step.event(number)?;
        for client in facts.clients.values_mut() {
            client.suspended = step.client_suspended;
        }
        let now = day(step.decided.unwrap_or(step.day))? + Duration::MINUTE;
        let stage = if step.after_hold { Stage::AfterHold } else { Stage::First };
        let (rule, got) = match judge(policy, &event, stage, facts, now) {
            Ruling::Apply(effects) => words(&effects),
            Ruling::Wait(missing) => (None, format!("waits ({})", missing.code())),
            Ruling::Refuse { code, .. } => (None, format!("refused ({code})")),
        };
        let rule_agrees = step.rule.is_none() || step.rule == rule;
        let expected = match &step.rule {
            Some(rule) => format!("{rule}: {}", step.expect),
            None => step.expect.clone(),
        };
        let agrees = got == step.expect && rule_agrees;
        let got = match (&step.rule, &rule) {
            (Some(_), Some(rule)) => format!("{rule}: {got}"),
            _ => got,
        };
        Ok(Tried { case: self.name.clone(), step: number, expected, got, rule, agrees })
    }
}

impl Step {
    /// One object with the fields of every type: an event leaves alone what it does not know.
    fn event(&self, number: usize) -> Result<Event, String> {
        let event_type = EventType::parse(&self.event).ok_or_else(|| {
            format!("event = {:?}: one of {} is expected", self.event, EventType::ALL.map(EventType::as_str).join(", "))
        })?;
        // After the hold the same event is decided again.
        let id = if self.after_hold { "event-held".to_owned() } else { format!("event-{number}") };
        let time = day(self.day)?.format(&time::format_description::well_known::Rfc3339);
        let body = json!({
            "specversion": "1.0", "id": id, "source": "cases", "type": event_type.as_str(),
            "time": time.map_err(|error| error.to_string())?,
            "data": {
                "job_id": "job", "client_id": "client", "proposal_id": "proposal", "person_id": "person",
                "invitation_id": "invitation", "application_id": "application", "may_reapply": false,
                "cause": self.cause, "final": self.is_final,
            },
        });
        let content_type = Some("application/cloudevents+json".to_owned());
        let message = Message { body: body.to_string().into_bytes(), content_type, ..Message::default() };
        decode(&message, DecodeLimits { body_bytes_max: EVENT_BYTES_MAX }).map_err(|error| error.to_string())
    }
}

/// The rule, and what it decided: `credited 18, client_canceled, told`; `none (withdrawn), client_canceled, untold`.
fn words(effects: &Effects) -> (Option<String>, String) {
    let Some(decision) = effects.decisions.first() else {
        let notice = effects.notices.first();
        let reason = notice.and_then(|notice| notice.about.reason).map(Reason::as_str);
        let told = reason.map_or_else(|| "nothing".to_owned(), |reason| format!("{reason}, told"));
        return (None, told);
    };
    let what = match decision.ground {
        None => format!("{} {}", decision.verdict.as_str(), decision.amount),
        Some(ground) => format!("{} ({})", decision.verdict.as_str(), ground.as_str()),
    };
    let told = if decision.tell { "told" } else { "untold" };
    (Some(decision.rule.clone()), format!("{what}, {}, {told}", decision.reason.as_str()))
}

fn day(days: i64) -> Result<OffsetDateTime, String> {
    if days.abs() > DAYS_MAX {
        return Err(format!("{days} days: at most {DAYS_MAX} are expected"));
    }
    Ok(DAY_0 + Duration::days(days))
}

struct Ids {
    client: ClientId,
    job: JobId,
    proposal: ProposalId,
    account: AccountId,
    person: PersonId,
}

impl Ids {
    fn new() -> Result<Self, String> {
        let wrong = |error: crate::event::IdError| error.to_string();
        Ok(Ids {
            client: ClientId::parse("client").map_err(wrong)?,
            job: JobId::parse("job").map_err(wrong)?,
            proposal: ProposalId::parse("proposal").map_err(wrong)?,
            account: AccountId::parse("account").map_err(wrong)?,
            person: PersonId::parse("person").map_err(wrong)?,
        })
    }
}
