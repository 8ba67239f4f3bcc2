//! The one table of metrics: name, kind, labels, meaning. Names follow the OpenTelemetry conventions for messaging
//! and database clients (v1.44) where they have one, else `makegood_…` in base units. Labels are closed sets; no id,
//! name or address is ever a label. docs/metrics.md is written from here.

use std::time::Duration;

use super::samples::Readings;
use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

/// A metric, as it is described to whoever reads it.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    /// Its name in the text form.
    pub name: &'static str,
    /// What its value does.
    pub kind: Kind,
    /// Its labels.
    pub labels: &'static [&'static str],
    /// One sentence, as Markdown without a full stop.
    pub meaning: &'static str,
}

/// What a value does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It only rises.
    Counter,
    /// It goes up and down.
    Gauge,
    /// Observations in buckets.
    Histogram,
}

impl Kind {
    /// As in the text form.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        }
    }
}

/// Makes of each line a constant and a row of [`TABLE`].
macro_rules! metrics {
    ($($id:ident $kind:ident $name:literal [$($label:literal),*] $meaning:literal;)*) => {
        $(#[doc = $meaning] pub const $id: &str = $name;)*
        /// Every metric of the program, in the order in which docs/metrics.md tells them.
        pub const TABLE: &[Metric] = &[$(
            Metric { name: $name, kind: Kind::$kind, labels: &[$($label),*], meaning: $meaning },
        )*];
    };
}

metrics! {
    CONSUMED Counter "messaging_client_consumed_messages_total"
        ["messaging_system", "messaging_operation_name", "messaging_destination_name"]
        "messages taken from the queue, once per delivery";
    SENT Counter "messaging_client_sent_messages_total"
        ["messaging_system", "messaging_operation_name", "messaging_destination_name", "error_type"]
        "messages given to the broker, once per attempt; `error_type`: none, `unroutable`, `nacked`, `lost` (no confirm: it is published again), `failed`";
    OPERATION_DURATION Histogram "messaging_client_operation_duration_seconds"
        ["messaging_system", "messaging_operation_name", "messaging_destination_name"]
        "time of one `send` (a batch, until all of it is confirmed) or one `ack` (a batch, until it is written)";
    PROCESS_DURATION Histogram "messaging_process_duration_seconds"
        ["messaging_system", "messaging_operation_name", "messaging_destination_name", "error_type"]
        "from a complete batch to its commit; `error_type`: none, or `stopped` before the database answered";
    EVENTS Counter "makegood_events_total" ["event_type", "outcome"]
        "events by what became of them: `applied`, `fanning_out`, `waiting`, `duplicate`, `dead`. The type is `none` for what was no event, `later` for what became of waiting events and fan-outs";
    EVENT_AGE Histogram "makegood_event_age_seconds" ["event_type"]
        "from the event's `time` to the commit that applied it; not for those of type `later`";
    CREDITS Counter "makegood_credits_total" ["reason"]
        "proposals credited, by [the reason](reasons.md) their freelancers are told";
    CONNECTS Counter "makegood_connects_returned_total" ["reason"] "Connects returned, by reason";
    DEAD_LETTERS Counter "makegood_dead_letters_total" ["code"] "dead letters written";
    REPLAYS Counter "makegood_replays_total" ["outcome"]
        "dead letters replayed: `applied`, `already_applied`, `fanning_out`, `waiting`, `mailed`, `dead` (failed again), `skipped`";
    TRIALS Counter "makegood_trials_total" ["outcome"]
        "letters that RabbitMQ had given up, tried alone: as above, or `condemned`";
    NOTICES Counter "makegood_notices_total" ["event_type", "reason", "outcome"]
        "attempts to send a letter, by what it is about (`reason` is a code of the letters, or `several`): `sent`, `deferred`, `released` (not tried), `failed`, `undeliverable`, `suppressed`, `unknown`";
    THROTTLED Counter "makegood_notices_throttled_total" ["limit"]
        "notices put off by a limit of `mail.limits`: `total`, `domain`, `connections`";
    RETURNED Counter "makegood_mail_returned_total" ["outcome", "code"]
        "[what came back](mail.md#what-comes-back), by what was done: `recorded`, `known`, `ignored`, `refused`";
    SEND_DURATION Histogram "makegood_notice_send_duration_seconds" [] "one attempt to send";
    OUTBOX Gauge "makegood_outbox_notices" ["state"]
        "notices `pending`, `leased`, `deferred`, `unknown`, `undeliverable`";
    OUTBOX_OLDEST Gauge "makegood_outbox_oldest_due_seconds" [] "age of the oldest notice that is due";
    ANNOUNCEMENTS Counter "makegood_announcements_total" ["routing_key", "outcome"]
        "announcements: `published`, `unroutable`, `nacked`, `lost` (no confirm; published again), `failed`";
    ANNOUNCEMENTS_DUE Gauge "makegood_announcements_due" [] "announcements that are due and not published";
    ANNOUNCEMENTS_OLDEST Gauge "makegood_announcements_oldest_due_seconds" [] "age of the oldest of them";
    ANNOUNCEMENTS_UNHEARD Gauge "makegood_announcements_unheard" ["routing_key"]
        "1 while no queue takes what is published with the key";
    EVENTS_OPEN Gauge "makegood_events_open" ["state"] "events `waiting`, `fanning_out`";
    WAITING_OLDEST Gauge "makegood_events_oldest_waiting_seconds" []
        "since the oldest event that waits was received; one that waits for the end of a suspension's hold does so for days";
    DEAD_LETTERS_OPEN Gauge "makegood_dead_letters" [] "dead letters in the store";
    DEAD_LETTERS_OLDEST Gauge "makegood_dead_letters_oldest_seconds" [] "age of the oldest of them";
    AUDIT_FINDINGS Gauge "makegood_audit_findings" ["code"]
        "open findings of the audit that are due ([audit.md](audit.md))";
    AUDIT_OLDEST Gauge "makegood_audit_oldest_finding_seconds" ["code"] "age of the oldest of them";
    AUDIT_CANARY Gauge "makegood_audit_canary" []
        "1 while the audit finds the gaps that are planted for it in each round, 0 while it is blind";
    AUDIT_COMPLETED Gauge "makegood_audit_completed_seconds" []
        "since every check of the audit last came to its end";
    QUEUE_MESSAGES Gauge "makegood_broker_queue_messages" [] "messages in the queue, as the watchdog saw it";
    DEAD_QUEUE_MESSAGES Gauge "makegood_broker_dead_queue_messages" []
        "messages in the dead queue that are not collected yet";
    DEPENDENCY_UP Gauge "makegood_dependency_up" ["dependency"]
        "1 while `broker`, `dead_queue`, `database`, `mail`, `in_app` works, else 0";
    CIRCUIT Gauge "makegood_circuit_state" ["dependency"]
        "circuit breaker before `database`, `mail`, `in_app`: 0 closed, 1 half-open (one probe passes), 2 open (nothing passes)";
    RETRIES Counter "makegood_retries_total" ["dependency"]
        "failures of `broker`, `dead_queue`, `database`, `mail`, `in_app` after which it is tried again";
    POOL Gauge "db_client_connection_count" ["db_client_connection_pool_name", "db_client_connection_state"]
        "connections to the database for `work` (intake and outbox; SQLite's writer) and `questions`: `used`, `idle`";
    POOL_MAX Gauge "db_client_connection_max" ["db_client_connection_pool_name"]
        "connections to the database that may be open at once, for `work` and `questions`";
    POLICY Gauge "makegood_policy_in_force" ["version"] "1 for the version of the policy in force";
    RELOADS Counter "makegood_reloads_total" ["outcome"] "reloads of policy and templates: `loaded`, `refused`";
    RELOADED Gauge "makegood_last_reload_successful" []
        "0 while what stands in the files is refused, else 1";
    LOGINS Counter "makegood_console_logins_total" ["outcome"]
        "logins to the console: `accepted`, `refused`, `limited`";
    BUILD_INFO Gauge "makegood_build_info" ["version"] "1";
}

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
    for metric in TABLE {
        let unit = if metric.name.ends_with("_seconds") { Unit::Seconds } else { Unit::Count };
        match metric.kind {
            Kind::Counter => describe_counter!(metric.name, unit, metric.meaning),
            Kind::Gauge => describe_gauge!(metric.name, unit, metric.meaning),
            Kind::Histogram => describe_histogram!(metric.name, unit, metric.meaning),
        }
    }
}
