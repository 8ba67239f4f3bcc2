//! `GET /`: whether it is well, in a sentence; then the numbers behind it, and the last hour.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use time::OffsetDateTime;

use super::show::{Measure, Plot, When, span};
use super::{Console, Failure, Format, Role, Route, Shell, Visitor, respond};
use crate::store::{Stats, StoreError};
use crate::telemetry::facts::Dependency;
use crate::telemetry::metrics as m;
use crate::telemetry::samples::Readings;
use crate::worker::{audit, words};

/// Seconds after which the page is shown anew.
const REFRESH: u32 = 10;
/// Age in seconds of a due notice from which on mail counts as late: some retries take a minute.
const LATE_SECONDS: f64 = 900.0;

/// What is shown of a dependency.
#[derive(Serialize)]
struct Part {
    name: &'static str,
    works: bool,
    /// Its circuit breaker: closed, half-open or open; `None`: it has none.
    circuit: Option<&'static str>,
}

/// A number of things that wait.
#[derive(Serialize)]
struct Depth {
    name: &'static str,
    number: u64,
    /// How long the oldest has waited, in words.
    oldest: Option<String>,
    #[serde(skip)]
    link: Option<&'static str>,
    /// It is more than it should be.
    #[serde(skip)]
    alarming: bool,
}

#[derive(Template, Serialize)]
#[template(path = "overview.html")]
struct Overview {
    #[serde(skip)]
    shell: Shell,
    well: bool,
    /// What to know first.
    answer: String,
    parts: Vec<Part>,
    depths: Vec<Depth>,
    dead_letters: u64,
    events_waiting: u64,
    events_fanning_out: u64,
    /// When the audit last came to the end of everything.
    audited: Option<When>,
    policy: Option<String>,
    /// What was wrong with policy or templates at the last reload.
    refused: Vec<String>,
    since: Option<When>,
    #[serde(skip)]
    plots: Vec<Plot>,
}

/// The routes.
pub(super) fn routes() -> Vec<Route> {
    Route::page("/", Role::Viewer, show).into()
}

async fn show(State(console): State<Console>, format: Format, visitor: Visitor) -> Result<Response, Failure> {
    let now = console.clock.now();
    // Without a database the page says so, and shows what it knows.
    let stats = console.store.stats(now).await.ok();
    let readings = console.metrics.readings();
    let samples = console.samples.all();
    let parts = parts(&console, &readings, stats.is_some());
    let audit = audit(&console, now).await.ok();
    let mut depths = stats.as_ref().map(|stats| depths(stats, &readings)).unwrap_or_default();
    depths.extend(audit.as_ref().map(Audit::depth));
    let refused = console.rulebook.reloads().findings;
    let answer = answer(&parts, stats.as_ref(), audit.as_ref(), &refused);
    let stats = stats.unwrap_or_default();
    let page = Overview {
        shell: Shell::new(&visitor, "/", "Overview").refreshing(REFRESH),
        well: answer.is_none(),
        answer: answer.unwrap_or_else(|| "All is well: every part works, and nothing waits for a decision.".to_owned()),
        parts,
        depths,
        dead_letters: stats.dead_letters,
        events_waiting: stats.events_waiting,
        events_fanning_out: stats.events_fanning_out,
        audited: audit.as_ref().and_then(|audit| audit.completed_at).map(|at| When::new(at, now)),
        policy: console.rulebook.policy().at(now).map(|version| version.id().to_owned()),
        refused: refused.iter().map(|finding| words::plain(finding)).collect(),
        since: samples.first().map(|first| When::new(first.at, now)),
        plots: vec![
            Plot::new("applied", "Events applied a minute", &samples, Measure::Growth(|one| one.applied)),
            Plot::new(
                "age",
                "Age of an event when applied, mean in seconds",
                &samples,
                Measure::Mean(|one| one.age_sum, |one| one.age_count),
            ),
            Plot::new("connects", "Connects returned a minute", &samples, Measure::Growth(|one| one.connects)),
            Plot::new("sent", "Notices sent a minute", &samples, Measure::Growth(|one| one.sent)),
            Plot::new("dead", "Dead letters written a minute", &samples, Measure::Growth(|one| one.dead)),
        ],
    };
    respond(format, &page)
}

/// What the audit says.
struct Audit {
    findings: u64,
    /// Seconds since the oldest open one was first seen.
    oldest: f64,
    completed_at: Option<OffsetDateTime>,
}

impl Audit {
    fn depth(&self) -> Depth {
        let oldest = (self.findings > 0).then(|| span(whole(self.oldest)));
        Depth {
            name: "Findings of the audit",
            number: self.findings,
            oldest,
            link: Some("/audit"),
            alarming: self.findings > 0,
        }
    }
}

async fn audit(console: &Console, now: OffsetDateTime) -> Result<Audit, StoreError> {
    let open = audit::open(&*console.store, now).await?;
    let oldest = open.iter().map(|code| code.oldest).min();
    Ok(Audit {
        findings: open.iter().map(|code| code.findings).sum(),
        oldest: oldest.map_or(0.0, |at| (now - at).as_seconds_f64()),
        completed_at: console.audit.completed_at().await?,
    })
}

fn parts(console: &Console, readings: &Readings, answers: bool) -> Vec<Part> {
    let circuit = |part: Dependency| {
        let state = readings.sum(m::CIRCUIT, ("dependency", part.as_str()))?;
        Some(if state >= 2.0 {
            "open"
        } else if state >= 1.0 {
            "half-open"
        } else {
            "closed"
        })
    };
    let all = [
        (Dependency::Broker, "RabbitMQ", Some(console.health.works(Dependency::Broker))),
        (Dependency::Database, "Database", Some(answers && console.health.works(Dependency::Database))),
        (Dependency::Mail, "Mail", Some(console.health.works(Dependency::Mail))),
        (Dependency::InApp, "In-app notices", console.health.reported(Dependency::InApp)),
    ];
    let shown = |(part, name, works): (Dependency, &'static str, Option<bool>)| {
        Some(Part { name, works: works?, circuit: circuit(part) })
    };
    all.into_iter().filter_map(shown).collect()
}

fn depths(stats: &Stats, readings: &Readings) -> Vec<Depth> {
    let of = |states: &[&str]| states.iter().filter_map(|state| stats.notices.get(state)).sum::<u64>();
    let age = |seconds: f64| (seconds > 0.0).then(|| span(whole(seconds)));
    let queued = |name| readings.sum(name, ("", "")).map(whole);
    let depth = |name, number, oldest, link, alarming| Depth { name, number, oldest, link, alarming };
    let dead = stats.dead_letters;
    let late = stats.oldest_due_notice_seconds > LATE_SECONDS;
    let mut depths = vec![
        depth("Dead letters", dead, age(stats.oldest_dead_letter_seconds), Some("/letters/groups"), dead > 0),
        depth("Events that wait", stats.events_waiting, None, None, false),
        depth("Events applied in chunks", stats.events_fanning_out, None, None, false),
        depth(
            "Notices on their way",
            of(&["pending", "leased", "deferred"]),
            age(stats.oldest_due_notice_seconds),
            Some("/notices?state=pending,leased,deferred"),
            late,
        ),
        depth("Notices not known to have arrived", of(&["unknown"]), None, Some("/notices?state=unknown"), false),
        depth("Announcements due", stats.announcements_due, age(stats.oldest_due_announcement_seconds), None, false),
    ];
    if let Some(number) = queued(m::QUEUE_MESSAGES) {
        depths.insert(0, depth("Messages in the queue", number, None, None, false));
    }
    depths
}

/// Of a gauge: none is below 0, and none is near 2^64.
#[expect(clippy::cast_sign_loss, reason = "a negative one becomes 0")]
fn whole(gauge: f64) -> u64 {
    gauge as u64
}

/// What is not well, the worst first; `None`: nothing.
fn answer(parts: &[Part], stats: Option<&Stats>, audit: Option<&Audit>, refused: &[String]) -> Option<String> {
    let down: Vec<&str> = parts.iter().filter(|part| !part.works).map(|part| part.name).collect();
    if !down.is_empty() {
        let verb = if down.len() == 1 { "does" } else { "do" };
        return Some(format!(
            "{} {verb} not work: what came is kept, and is carried on when it is back.",
            down.join(", ")
        ));
    }
    let stats = stats?;
    if stats.dead_letters > 0 {
        let letters = words::count(stats.dead_letters, "dead letter");
        let verb = if stats.dead_letters == 1 { "waits" } else { "wait" };
        return Some(format!("It runs; {letters} {verb} for somebody to decide."));
    }
    if let Some(audit) = audit.filter(|audit| audit.findings > 0) {
        let findings = words::count(audit.findings, "finding");
        let verb = if audit.findings == 1 { "is" } else { "are" };
        return Some(format!("It runs; {findings} of the audit {verb} open."));
    }
    if stats.oldest_due_notice_seconds > LATE_SECONDS {
        let late = span(whole(stats.oldest_due_notice_seconds));
        return Some(format!("It runs; mail is late: the oldest notice has been due for {late}."));
    }
    (!refused.is_empty())
        .then(|| "It runs; the last reload was refused, and what was in force before stays.".to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Audit, Part, answer};
    use crate::store::Stats;

    #[test]
    fn the_worst_is_said_first() {
        let parts = |works| [Part { name: "Mail", works, circuit: None }];
        let dead = Stats { dead_letters: 2, ..Stats::default() };
        let told = |works, stats: &Stats, refused: &[String]| answer(&parts(works), Some(stats), None, refused);
        assert!(told(false, &dead, &[]).is_some_and(|text| text.starts_with("Mail does not work")));
        assert_eq!(told(true, &dead, &[]).as_deref(), Some("It runs; 2 dead letters wait for somebody to decide."));
        let late = Stats { oldest_due_notice_seconds: 3_600.0, ..Stats::default() };
        assert!(told(true, &late, &[]).is_some_and(|text| text.contains("due for 60 min")));
        assert!(told(true, &Stats::default(), &["x".to_owned()]).is_some());
        assert_eq!(told(true, &Stats::default(), &[]), None);
    }

    #[test]
    fn findings_of_the_audit_are_said() {
        let audit = Audit { findings: 1, oldest: 60.0, completed_at: None };
        let told = answer(&[], Some(&Stats::default()), Some(&audit), &[]);
        assert_eq!(told.as_deref(), Some("It runs; 1 finding of the audit is open."));
    }
}
