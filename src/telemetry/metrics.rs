//! The one table of metrics: name, kind, labels, meaning. Names follow the OpenTelemetry messaging conventions (v1.44)
//! where they have one, else `makegood_…` in base units. Labels are closed sets; no id, name or address is ever a
//! label.

use std::time::Duration;

use super::samples::Readings;
use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

/// Messages taken from the queue, once per delivery.
pub const CONSUMED: &str = "messaging_client_consumed_messages_total";
/// Time from a batch being complete to its commit.
pub const PROCESS_DURATION: &str = "messaging_process_duration_seconds";
/// Events by `event_type` and `outcome`: applied, fanning_out, waiting, duplicate, dead.
pub const EVENTS: &str = "makegood_events_total";
/// Age of an event, from its `time` to the commit that applied it.
pub const EVENT_AGE: &str = "makegood_event_age_seconds";
/// Proposals credited.
pub const CREDITS: &str = "makegood_credits_total";
/// Connects returned.
pub const CONNECTS: &str = "makegood_connects_returned_total";
/// Dead letters written, by `code`.
pub const DEAD_LETTERS: &str = "makegood_dead_letters_total";
/// Letters replayed, by `outcome`.
pub const REPLAYS: &str = "makegood_replays_total";
/// Letters tried alone, by `outcome`.
pub const TRIALS: &str = "makegood_trials_total";
/// Attempts to send a notice, by `event_type` and `outcome`.
pub const NOTICES: &str = "makegood_notices_total";
/// Notices put off by a `limit` of `mail.limits`: total, domain, connections.
pub const THROTTLED: &str = "makegood_notices_throttled_total";
/// Messages that came back, by `outcome` and `code`.
pub const RETURNED: &str = "makegood_mail_returned_total";
/// Time of one attempt to send.
pub const SEND_DURATION: &str = "makegood_notice_send_duration_seconds";
/// Notices in the outbox by `state`: those on their way, and those that somebody can do something about.
pub const OUTBOX: &str = "makegood_outbox_notices";
/// Age of the oldest notice that is due.
pub const OUTBOX_OLDEST: &str = "makegood_outbox_oldest_due_seconds";
/// Announcements by `routing_key` and `outcome`: published, unroutable, nacked, lost, failed.
pub const ANNOUNCEMENTS: &str = "makegood_announcements_total";
/// Announcements that are due and not published.
pub const ANNOUNCEMENTS_DUE: &str = "makegood_announcements_due";
/// Age of the oldest of them.
pub const ANNOUNCEMENTS_OLDEST: &str = "makegood_announcements_oldest_due_seconds";
/// 1 while no queue takes what is published with a `routing_key`.
pub const ANNOUNCEMENTS_UNHEARD: &str = "makegood_announcements_unheard";
/// Events that are not finished, by `state`: waiting, fanning_out.
pub const EVENTS_OPEN: &str = "makegood_events_open";
/// Dead letters that lie in the store.
pub const DEAD_LETTERS_OPEN: &str = "makegood_dead_letters";
/// Age of the oldest of them.
pub const DEAD_LETTERS_OLDEST: &str = "makegood_dead_letters_oldest_seconds";
/// Open findings of the audit that are due, by `code`.
pub const AUDIT_FINDINGS: &str = "makegood_audit_findings";
/// Age of the oldest of them, by `code`.
pub const AUDIT_OLDEST: &str = "makegood_audit_oldest_finding_seconds";
/// 1 while the audit finds the gaps that are planted for it in each round, 0 while it is blind.
pub const AUDIT_CANARY: &str = "makegood_audit_canary";
/// Since every check of the audit last came to its end.
pub const AUDIT_COMPLETED: &str = "makegood_audit_completed_seconds";
/// Messages in the queue as the watchdog saw it.
pub const QUEUE_MESSAGES: &str = "makegood_broker_queue_messages";
/// Messages in the dead queue as the watchdog saw it: what the daemon has not collected yet.
pub const DEAD_QUEUE_MESSAGES: &str = "makegood_broker_dead_queue_messages";
/// 1 while `dependency` (broker, dead_queue, database, mail, in_app) works, else 0.
pub const DEPENDENCY_UP: &str = "makegood_dependency_up";
/// Circuit breaker before `dependency` (database, mail, in_app): 0 closed, 1 half-open, 2 open.
pub const CIRCUIT: &str = "makegood_circuit_state";
/// Failures of a `dependency` after which it is tried again.
pub const RETRIES: &str = "makegood_retries_total";
/// 1 for the `version` of the policy that is in force.
pub const POLICY: &str = "makegood_policy_in_force";
/// Reloads of policy and templates by `outcome`: loaded, refused.
pub const RELOADS: &str = "makegood_reloads_total";
/// 1 while the last reload, or the start, put in force what stands in the files; 0 while they are refused.
pub const RELOADED: &str = "makegood_last_reload_successful";
/// Logins to the console by `outcome`: accepted, refused, limited.
pub const LOGINS: &str = "makegood_console_logins_total";
/// 1, with the version as label.
pub const BUILD_INFO: &str = "makegood_build_info";

/// Buckets of the conventions for message durations, in seconds.
const DURATION_BUCKETS: [f64; 14] = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];
/// Ages reach from milliseconds to days.
const AGE_BUCKETS: [f64; 12] = [0.01, 0.05, 0.25, 1.0, 5.0, 30.0, 60.0, 300.0, 3_600.0, 21_600.0, 86_400.0, 604_800.0];

/// How often [`Metrics::upkeep`] must run, or samples of histograms pile up.
pub const UPKEEP_EVERY: Duration = Duration::from_secs(5);

/// The metrics of this process.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Metrics")
    }
}

impl Metrics {
    /// Installs the recorder; once a process.
    pub fn install() -> Result<Self, BuildError> {
        let handle = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Full(EVENT_AGE.to_owned()), &AGE_BUCKETS)?
            .set_buckets_for_metric(Matcher::Suffix("duration_seconds".to_owned()), &DURATION_BUCKETS)?
            .install_recorder()?;
        describe();
        metrics::gauge!(RELOADED).set(1.0);
        metrics::gauge!(BUILD_INFO, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
        Ok(Self(handle))
    }

    /// The text form (Prometheus exposition format 0.0.4).
    pub fn render(&self) -> String {
        self.0.render()
    }

    /// The same, to be asked for single numbers.
    pub fn readings(&self) -> Readings {
        Readings::new(self.render())
    }

    /// Drains the buffers of the histograms; run it every [`UPKEEP_EVERY`].
    pub fn upkeep(&self) {
        self.0.run_upkeep();
    }
}

fn describe() {
    describe_counter!(CONSUMED, Unit::Count, "Messages taken from the queue, once per delivery");
    describe_histogram!(PROCESS_DURATION, Unit::Seconds, "Time from a complete batch to its commit");
    describe_counter!(EVENTS, Unit::Count, "Events by type and outcome");
    describe_histogram!(EVENT_AGE, Unit::Seconds, "From the event's time to the commit that applied it");
    describe_counter!(CREDITS, Unit::Count, "Proposals credited");
    describe_counter!(CONNECTS, Unit::Count, "Connects returned");
    describe_counter!(DEAD_LETTERS, Unit::Count, "Dead letters written, by code");
    describe_counter!(REPLAYS, Unit::Count, "Dead letters replayed, by outcome");
    describe_counter!(TRIALS, Unit::Count, "Dead letters tried alone, by outcome");
    describe_counter!(NOTICES, Unit::Count, "Attempts to send a notice, by type of event, reason and outcome");
    describe_counter!(THROTTLED, Unit::Count, "Notices put off by a limit, by limit");
    describe_counter!(RETURNED, Unit::Count, "Messages that came back, by outcome and code");
    describe_histogram!(SEND_DURATION, Unit::Seconds, "Time of one attempt to send");
    describe_gauge!(OUTBOX, Unit::Count, "Notices in the outbox by state, those that are done with aside");
    describe_gauge!(OUTBOX_OLDEST, Unit::Seconds, "Age of the oldest notice that is due");
    describe_counter!(ANNOUNCEMENTS, Unit::Count, "Announcements by routing key and outcome");
    describe_gauge!(ANNOUNCEMENTS_DUE, Unit::Count, "Announcements that are due and not published");
    describe_gauge!(ANNOUNCEMENTS_OLDEST, Unit::Seconds, "Age of the oldest announcement that is due");
    describe_gauge!(
        ANNOUNCEMENTS_UNHEARD,
        Unit::Count,
        "1 while no queue takes what is published with the routing key"
    );
    describe_gauge!(EVENTS_OPEN, Unit::Count, "Events that wait or fan out");
    describe_gauge!(DEAD_LETTERS_OPEN, Unit::Count, "Dead letters in the store");
    describe_gauge!(DEAD_LETTERS_OLDEST, Unit::Seconds, "Age of the oldest dead letter");
    describe_gauge!(AUDIT_FINDINGS, Unit::Count, "Open findings of the audit by code");
    describe_gauge!(AUDIT_OLDEST, Unit::Seconds, "Age of the oldest open finding of the audit by code");
    describe_gauge!(AUDIT_CANARY, Unit::Count, "1 while the audit finds gaps that are planted for it");
    describe_gauge!(AUDIT_COMPLETED, Unit::Seconds, "Since every check of the audit last came to its end");
    describe_gauge!(QUEUE_MESSAGES, Unit::Count, "Messages in the queue, as the watchdog saw it");
    describe_gauge!(DEAD_QUEUE_MESSAGES, Unit::Count, "Messages in the dead queue that are not collected yet");
    describe_gauge!(DEPENDENCY_UP, Unit::Count, "1 while the dependency works");
    describe_gauge!(CIRCUIT, Unit::Count, "Circuit breaker: 0 closed, 1 half-open, 2 open");
    describe_counter!(RETRIES, Unit::Count, "Failures of a dependency after which it is tried again");
    describe_gauge!(POLICY, Unit::Count, "1 for the version of the policy in force");
    describe_counter!(RELOADS, Unit::Count, "Reloads of policy and templates by outcome");
    describe_gauge!(RELOADED, Unit::Count, "1 while what stands in the files is in force");
    describe_counter!(LOGINS, Unit::Count, "Logins to the console by outcome");
    describe_gauge!(BUILD_INFO, Unit::Count, "1, with the version as label");
}
