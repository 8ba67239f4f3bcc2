//! What is worth telling: each function is one fact, logged once and counted once.

mod audit;

use std::time::Duration;

use metrics::{counter, gauge, histogram};
use tracing::{debug, error, info, warn};

use crate::telemetry::metrics as m;

pub use audit::{AUDIT_CODES, audit_failed, audit_sees, audited, sealed};

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

/// The conventions' name of what we are a client of.
const RABBITMQ: &str = "rabbitmq";

/// A batch was taken from `queue`.
pub fn batch_taken(queue: &str, messages: usize) {
    counter!(
        m::CONSUMED,
        "messaging_system" => RABBITMQ,
        "messaging_operation_name" => "receive",
        "messaging_destination_name" => queue.to_owned()
    )
    .increment(messages as u64);
}

/// A batch was committed.
pub fn batch_committed(messages: usize, took: Duration) {
    debug!(messages, took_ms = took.as_millis() as u64, "batch committed");
}

/// A batch from `queue` was committed, or, with an `error`, was not.
pub fn batch_processed(queue: &str, took: Duration, error: Option<&'static str>) {
    histogram!(
        m::PROCESS_DURATION,
        "messaging_system" => RABBITMQ,
        "messaging_operation_name" => "process",
        "messaging_destination_name" => queue.to_owned(),
        "error_type" => error.unwrap_or_default()
    )
    .record(took.as_secs_f64());
}

/// A client's call to the broker, `send` or `ack`, has ended.
pub fn broker_called(operation: &'static str, destination: &str, took: Duration) {
    histogram!(
        m::OPERATION_DURATION,
        "messaging_system" => RABBITMQ,
        "messaging_operation_name" => operation,
        "messaging_destination_name" => destination.to_owned()
    )
    .record(took.as_secs_f64());
}

/// An event was dealt with; `age_seconds` where it was applied just now.
pub fn event_settled(event_type: &'static str, outcome: &'static str, age_seconds: Option<f64>) {
    counter!(m::EVENTS, "event_type" => event_type, "outcome" => outcome).increment(1);
    if let Some(age) = age_seconds {
        histogram!(m::EVENT_AGE, "event_type" => event_type).record(age.max(0.0));
    }
}

/// Connects came back.
pub fn credited(reason: &'static str, credits: u64, connects: i64) {
    counter!(m::CREDITS, "reason" => reason).increment(credits);
    counter!(m::CONNECTS, "reason" => reason).increment(u64::try_from(connects).unwrap_or(0));
}

/// A dead letter was written.
pub fn dead_letter(code: &str, key: Option<(&str, &str)>, trace_id: Option<&str>, what: &str) {
    counter!(m::DEAD_LETTERS, "code" => code.to_owned()).increment(1);
    let (source, id) = key.unzip();
    warn!(code, event_source = source.map(shown), event_id = id.map(shown), trace_id, "dead letter: {what}");
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
pub fn duplicate((source, id): (&str, &str), trace_id: Option<&str>) {
    debug!(event_source = shown(source), event_id = shown(id), trace_id, "duplicate delivery");
}

/// An event has to wait.
pub fn event_waits((source, id): (&str, &str), trace_id: Option<&str>, code: &str, due: &str) {
    info!(event_source = shown(source), event_id = shown(id), trace_id, code, due, "event waits");
}

/// An event was applied: a line each, for whoever looks at the level `debug`.
pub fn event_applied((source, id): (&str, &str), trace_id: Option<&str>, credits: u64, connects: i64) {
    debug!(event_source = shown(source), event_id = shown(id), trace_id, credits, connects, "event applied");
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
    (notice, trace_id): (&str, Option<&str>), about: (&'static str, &'static str), outcome: &'static str, code: &str,
    took: Duration,
) {
    counter!(m::NOTICES, "event_type" => about.0, "reason" => about.1, "outcome" => outcome).increment(1);
    histogram!(m::SEND_DURATION).record(took.as_secs_f64());
    match outcome {
        "sent" => debug!(notice, trace_id, outcome, code, "notice attempted"),
        "deferred" | "released" => info!(notice, trace_id, outcome, code, "notice attempted"),
        _ => warn!(notice, trace_id, outcome, code, "notice attempted"),
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

/// An announcement was published to `exchange`, or was not.
pub fn announced(exchange: &str, routing_key: &str, outcome: &'static str) {
    counter!(
        m::SENT,
        "messaging_system" => RABBITMQ,
        "messaging_operation_name" => "send",
        "messaging_destination_name" => format!("{exchange}:{routing_key}"),
        "error_type" => if outcome == "published" { "" } else { outcome }
    )
    .increment(1);
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

/// A newer program has migrated the database, and this one may work on it all the same.
pub fn schema_ahead(unknown: &[i64]) {
    info!(
        ?unknown,
        "a newer makegood has migrated the database; this one goes on, as what was added does not concern it: replace it soon"
    );
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
