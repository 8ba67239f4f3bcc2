//! What is worth telling: each function is one fact, logged once and counted once.

use std::time::Duration;

use metrics::{counter, gauge, histogram};
use tracing::{debug, error, info, warn};

use super::metrics as m;

/// Something makegood depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dependency {
    /// RabbitMQ.
    Broker,
    /// The queue of what RabbitMQ gave up. The flow goes on without it.
    DeadQueue,
    /// PostgreSQL or SQLite.
    Database,
    /// The mail server, or the mail folder.
    Mail,
    /// RabbitMQ, as the exchange of what the marketplace itself is told. The flow goes on without it.
    InApp,
}

impl Dependency {
    /// Stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Dependency::Broker => "broker",
            Dependency::DeadQueue => "dead_queue",
            Dependency::Database => "database",
            Dependency::Mail => "mail",
            Dependency::InApp => "in_app",
        }
    }
}

/// A batch was taken from the queue.
pub fn batch_taken(messages: usize) {
    counter!(m::CONSUMED, "messaging_system" => "rabbitmq", "messaging_operation_name" => "receive")
        .increment(messages as u64);
}

/// A batch was committed.
pub fn batch_committed(messages: usize, took: Duration) {
    histogram!(m::PROCESS_DURATION, "messaging_system" => "rabbitmq", "messaging_operation_name" => "process")
        .record(took.as_secs_f64());
    debug!(messages, took_ms = took.as_millis() as u64, "batch committed");
}

/// An event was dealt with; `age_seconds` where it was applied just now.
pub fn event_settled(event_type: &'static str, outcome: &'static str, age_seconds: Option<f64>) {
    counter!(m::EVENTS, "event_type" => event_type, "outcome" => outcome).increment(1);
    if let Some(age) = age_seconds {
        histogram!(m::EVENT_AGE, "event_type" => event_type).record(age.max(0.0));
    }
}

/// Connects came back.
pub fn credited(credits: u64, connects: i64) {
    counter!(m::CREDITS).increment(credits);
    counter!(m::CONNECTS).increment(u64::try_from(connects).unwrap_or(0));
}

/// A dead letter was written.
pub fn dead_letter(code: &str, source: Option<&str>, id: Option<&str>, what: &str) {
    counter!(m::DEAD_LETTERS, "code" => code.to_owned()).increment(1);
    warn!(code, event_source = source.map(shown), event_id = id.map(shown), "dead letter: {what}");
}

/// Somebody works at a replay now.
pub fn replay_begins(replay: i64, items: u64, tried: u64) {
    info!(replay, items, tried, "replay begins");
}

/// A letter was replayed. One that failed again is no warning: who ordered the replay is told, and it stays open.
pub fn letter_replayed(replay: i64, letter: i64, outcome: &'static str, code: Option<&str>) {
    counter!(m::REPLAYS, "outcome" => outcome).increment(1);
    info!(replay, letter, outcome, code, "letter replayed");
}

/// A replay has ended.
pub fn replay_ended(replay: i64, state: &'static str, done: u64, failed: u64, skipped: u64) {
    info!(replay, state, done, failed, skipped, "replay ended");
}

/// A replay was canceled, or is somebody else's now.
pub fn replay_lost(replay: i64, state: &'static str) {
    warn!(replay, state, "replay is not ours any more: canceled, ended, or taken over when its lease had run out");
}

/// A replay was given back before its end.
pub fn replay_released(replay: i64) {
    info!(replay, "replay given back");
}

/// A letter that the broker gave up was tried alone.
pub fn letter_tried(letter: i64, outcome: &'static str, code: Option<&str>) {
    counter!(m::TRIALS, "outcome" => outcome).increment(1);
    info!(letter, outcome, code, "letter tried alone");
}

/// A letter ended the process during each of its trials.
pub fn trial_condemned(letter: i64) {
    counter!(m::TRIALS, "outcome" => "condemned").increment(1);
    warn!(letter, code = "kills_the_process", "the process ended during each trial of a letter; it is not tried again");
}

/// The same event came again.
pub fn duplicate(source: &str, id: &str) {
    debug!(event_source = shown(source), event_id = shown(id), "duplicate delivery");
}

/// An event has to wait.
pub fn event_waits(source: &str, id: &str, code: &str, due: &str) {
    info!(event_source = shown(source), event_id = shown(id), code, due, "event waits");
}

/// An event is applied in chunks.
pub fn fan_out_planned(source: &str, id: &str, accounts: u64) {
    info!(event_source = shown(source), event_id = shown(id), accounts, "fan-out planned");
}

/// The last chunk of an event was applied.
pub fn fan_out_finished(source: &str, id: &str) {
    info!(event_source = shown(source), event_id = shown(id), "fan-out finished");
}

/// An attempt to send a notice ended. `about` is the event's type and the notice's reason code.
pub fn notice_attempted(
    notice: &str, about: (&'static str, &'static str), outcome: &'static str, code: &str, took: Duration,
) {
    counter!(m::NOTICES, "event_type" => about.0, "reason" => about.1, "outcome" => outcome).increment(1);
    histogram!(m::SEND_DURATION).record(took.as_secs_f64());
    match outcome {
        "sent" => debug!(notice, outcome, code, "notice attempted"),
        "deferred" | "released" => info!(notice, outcome, code, "notice attempted"),
        _ => warn!(notice, outcome, code, "notice attempted"),
    }
}

/// A limit put a notice off.
pub fn notice_throttled(notice: &str, limit: &'static str) {
    counter!(m::THROTTLED, "limit" => limit).increment(1);
    debug!(notice, limit, "notice put off");
}

/// A message that came back was looked at.
pub fn mail_returned(notice: Option<&str>, outcome: &'static str, code: &'static str, failed: bool, suppressed: bool) {
    counter!(m::RETURNED, "outcome" => outcome, "code" => code).increment(1);
    match outcome {
        "refused" => warn!(notice, code, "a message that came back was refused"),
        _ => info!(notice, outcome, code, failed, suppressed, "a message came back"),
    }
}

/// Settlements came after their lease had ended: others may have sent the same notices again.
pub fn leases_lost(count: u64) {
    warn!(count, "leases ended before their notices were settled; the notices may be sent twice");
}

/// An announcement was published, or was not.
pub fn announced(routing_key: &str, outcome: &'static str) {
    counter!(m::ANNOUNCEMENTS, "routing_key" => routing_key.to_owned(), "outcome" => outcome).increment(1);
}

/// An announcement can never be published.
pub fn announcement_failed(announcement: i64, code: &'static str, error: &dyn std::error::Error) {
    error!(announcement, code, error = %chain(error), "an announcement is given up; its letter says more");
}

/// No queue takes what is published with this key; it stays in the database and is tried again after `pause`.
pub fn announcements_unheard(routing_key: &str, error: &dyn std::error::Error, pause: Duration) {
    gauge!(m::ANNOUNCEMENTS_UNHEARD, "routing_key" => routing_key.to_owned()).set(1.0);
    let retry_in_ms = pause.as_millis() as u64;
    warn!(
        routing_key,
        error = %chain(error),
        retry_in_ms,
        "no queue takes what the marketplace is to be told with this key; it stays in the database until one does"
    );
}

/// A queue takes what is published with this key again, or there is nothing more to publish.
pub fn announcements_heard(routing_key: &str) {
    gauge!(m::ANNOUNCEMENTS_UNHEARD, "routing_key" => routing_key.to_owned()).set(0.0);
    info!(routing_key, "announcements with this key are published again");
}

/// Settlements of announcements came after their lease had ended.
pub fn announcement_leases_lost(count: u64) {
    warn!(count, "leases ended before it was written down what became of announcements; they may be published again");
}

/// A dependency does not work; it is tried again after `pause`. `attempt` counts the failures since it last worked.
pub fn dependency_lost(dependency: Dependency, error: &dyn std::error::Error, pause: Duration, attempt: u64) {
    gauge!(m::DEPENDENCY_UP, "dependency" => dependency.as_str()).set(0.0);
    counter!(m::RETRIES, "dependency" => dependency.as_str()).increment(1);
    let retry_in_ms = pause.as_millis() as u64;
    warn!(dependency = dependency.as_str(), error = %chain(error), retry_in_ms, attempt, "dependency lost");
}

/// Where a circuit breaker stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CircuitState {
    /// All pass.
    Closed,
    /// One passes, to probe.
    HalfOpen,
    /// None passes.
    Open,
}

/// A circuit breaker changed its state.
pub fn circuit(dependency: Dependency, state: CircuitState) {
    let (value, name) = match state {
        CircuitState::Closed => (0.0, "closed"),
        CircuitState::HalfOpen => (1.0, "half-open"),
        CircuitState::Open => (2.0, "open"),
    };
    gauge!(m::CIRCUIT, "dependency" => dependency.as_str()).set(value);
    debug!(dependency = dependency.as_str(), state = name, "circuit");
}

/// The database refuses whatever it is given, so it is not the events that are at fault.
pub fn database_refuses(why: &dyn std::error::Error, events: usize) {
    let error = chain(why);
    error!(
        events,
        error,
        "the database refuses every event it is given; none is buried and none is lost: find the constraint or trigger \
         that refuses them and repair it, then they are applied by themselves (an event that is at fault itself is \
         buried once another is credited)"
    );
}

/// A dependency works (again).
pub fn dependency_found(dependency: Dependency) {
    gauge!(m::DEPENDENCY_UP, "dependency" => dependency.as_str()).set(1.0);
    info!(dependency = dependency.as_str(), "dependency works");
}

/// The worker was stopped before a dependency worked.
pub fn stopped_waiting(dependency: Dependency) {
    info!(dependency = dependency.as_str(), "stopped while waiting for a dependency");
}

/// What the watchdog saw of the queue.
pub fn queue_seen(messages: u32) {
    gauge!(m::QUEUE_MESSAGES).set(f64::from(messages));
}

/// What the watchdog saw of the dead queue.
pub fn dead_queue_seen(messages: u32) {
    gauge!(m::DEAD_QUEUE_MESSAGES).set(f64::from(messages));
}

/// The policy and the templates were read again and are in force.
pub fn reloaded() {
    counter!(m::RELOADS, "outcome" => "loaded").increment(1);
    gauge!(m::RELOADED).set(1.0);
    info!("policy and templates were read again and are in force; any other key needs a restart");
}

/// The policy and the templates in force stay, because of what is wrong with those in the files.
pub fn reload_refused(findings: &[String]) {
    counter!(m::RELOADS, "outcome" => "refused").increment(1);
    gauge!(m::RELOADED).set(0.0);
    for finding in findings {
        error!(finding, "a reload was refused");
    }
    error!(findings = findings.len(), "policy and templates stay as they were");
}

/// A round of the audit is over: open findings by code with the age of the oldest, and since when every check has come
/// to its end.
pub fn audited(open: &[(String, u64, f64)], completed_seconds: Option<f64>) {
    for code in AUDIT_CODES {
        let found = open.iter().find(|(found, ..)| found == code);
        let (findings, oldest) = found.map_or((0, 0.0), |(_, findings, oldest)| (*findings, *oldest));
        #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
        gauge!(m::AUDIT_FINDINGS, "code" => code).set(findings as f64);
        gauge!(m::AUDIT_OLDEST, "code" => code).set(oldest);
        if findings > 0 {
            warn!(
                code,
                findings,
                oldest_seconds = oldest,
                "the audit found what does not agree: `makegood audit list`"
            );
        }
    }
    if let Some(seconds) = completed_seconds {
        gauge!(m::AUDIT_COMPLETED).set(seconds);
    }
}

/// Every code of a finding, so that a graph has no holes.
pub const AUDIT_CODES: [&str; 16] = [
    "event_missing",
    "late_proposal",
    "event_dead",
    "return_without_cause",
    "return_on_living_job",
    "return_differs",
    "balance_wrong",
    "notice_missing",
    "notice_without_decision",
    "announcement_missing",
    "lease_over",
    "event_overdue",
    "fan_out_stuck",
    "replay_stuck",
    "ledger_changed",
    "audit_blind",
];

/// Whether the audit found the gaps that were planted for it.
pub fn audit_sees(canary: &'static str) {
    gauge!(m::AUDIT_CANARY).set(if canary == "blind" { 0.0 } else { 1.0 });
    debug!(canary, "planted gaps looked for");
}

/// Entries of the ledger were sealed. The log keeps the digest outside the database.
pub fn sealed(seal: i64, entries: i64, digest: &str) {
    info!(seal, entries, digest, "entries of the ledger sealed");
}

/// A round of the audit failed for good; the next one tries again.
pub fn audit_failed(error: &str) {
    error!(error, "a round of the audit failed");
}

/// A producer's id, unless it may be somebody's address: CloudEvents names `mailto:` as a possible source.
fn shown(id: &str) -> &str {
    if id.contains('@') || id.contains("%40") { "not shown: it holds an @" } else { id }
}

/// Somebody tried to log in to the console. `name` only where it is known to be one: what is typed there by mistake
/// may be a password.
pub fn login(outcome: &'static str, name: Option<&str>, place: &str) {
    counter!(m::LOGINS, "outcome" => outcome).increment(1);
    match name {
        Some(name) => info!(outcome, name, place, "login to the console"),
        None => warn!(outcome, place, "login to the console"),
    }
}

/// Somebody logged out of the console.
pub fn logout(name: &str) {
    info!(name, "logout of the console");
}

/// An error with its sources on one line.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    // A chain is a handful of layers; the limit guards against a cycle.
    for _ in 0..16 {
        let Some(inner) = source else { break };
        let inner_text = inner.to_string();
        if !text.ends_with(&inner_text) {
            text.push_str(": ");
            text.push_str(&inner_text);
        }
        source = inner.source();
    }
    text
}
