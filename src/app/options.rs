//! From the configuration's values to the components' options; the components do not know the configuration.

use std::sync::Arc;
use std::time::Duration;

use super::mail;
use super::parts::{Access, Parts};
use crate::admin::BouncesFace;
use crate::broker::{
    Announcements, BrokerError, BrokerOptions, Examiner, ManagementError, ManagementOptions, Topology,
};
use crate::clock::SystemClock;
use crate::config::{self, Config, Finding, MailTransport, SmtpConfig};
use crate::event::{EventType, published_keys};
use crate::mail::{FolderOptions, LettersOptions, SmtpLogin, SmtpOptions, SmtpTimeouts, SmtpTls, TransportOptions};
use crate::store::{Store, StoreOptions, WaitRule};
use crate::telemetry::logs::LogFormat;
use crate::worker::RetrySchedule;
use crate::worker::announce::AnnounceOptions;
use crate::worker::audit::{Audit, AuditOptions, WatchOptions};
use crate::worker::bounces::Returns;
use crate::worker::collect::CollectOptions;
use crate::worker::consume::ConsumeOptions;
use crate::worker::dispatch::DispatchOptions;
use crate::worker::replay::ReplayOptions;

/// How to reach the database.
pub(super) fn store_options(config: &Config, access: Access) -> StoreOptions {
    let store = &config.store;
    StoreOptions {
        url: store.url.clone(),
        connections_max: store.connections_max,
        acquire_timeout: store.acquire_timeout,
        statement_timeout: store.statement_timeout,
        lock_timeout: store.lock_timeout,
        inline_proposals_max: store.inline_proposals_max,
        batch_proposals_max: store.batch_proposals_max,
        chunk_accounts: store.chunk_accounts,
        announces: config.in_app.enabled,
        exclusive: access == Access::Exclusive,
    }
}

/// How to reach the broker.
pub fn broker_options(config: &Config) -> BrokerOptions {
    let broker = &config.broker;
    BrokerOptions {
        url: broker.url.clone(),
        ca_file: broker.ca_file.clone(),
        heartbeat: broker.heartbeat,
        connect_timeout: broker.connect_timeout,
        close_timeout: broker.close_timeout,
        prefetch: broker.prefetch,
        batch_max: broker.batch_max.into(),
        batch_linger: broker.batch_linger,
        allow_plaintext: broker.allow_plaintext,
    }
}

/// Whom `makegood topology check` asks.
pub fn examiner(config: &Config) -> Examiner {
    let broker = broker_options(config);
    let management = config.broker.management_url.clone().map(|url| ManagementOptions::new(url, &broker));
    Examiner { broker, management, declares: config.broker.declare_topology }
}

/// What must exist at the broker.
pub fn topology(config: &Config) -> Topology {
    let broker = &config.broker;
    Topology {
        exchange: broker.exchange.clone(),
        queue: broker.queue.clone(),
        binding_keys: EventType::ALL.iter().map(|event_type| event_type.as_str().to_owned()).collect(),
        dead_letter_exchange: broker.dead_letter_exchange.clone(),
        dead_queue: broker.dead_queue.clone(),
        delivery_limit: broker.delivery_limit,
        max_length: broker.max_length,
        announcements: config
            .in_app
            .enabled
            .then(|| Announcements { exchange: config.in_app.exchange.clone(), routing_keys: published_keys() }),
    }
}

pub(super) fn consume_options(config: &Config) -> ConsumeOptions {
    ConsumeOptions {
        broker: broker_options(config),
        queue: config.broker.queue.clone(),
        batches_in_flight: config.broker.batches_in_flight.into(),
        reconnect: patience(config),
    }
}

pub(super) fn collect_options(config: &Config) -> CollectOptions {
    CollectOptions {
        broker: broker_options(config),
        queue: config.broker.dead_queue.clone(),
        reconnect: patience(config),
    }
}

/// How the marketplace is told; `None`: it is not.
pub(super) fn announce_options(config: &Config) -> Option<AnnounceOptions> {
    let in_app = &config.in_app;
    in_app.enabled.then(|| AnnounceOptions {
        broker: broker_options(config),
        exchange: in_app.exchange.clone(),
        batch: in_app.batch,
        lease: in_app.lease,
        poll: in_app.poll,
        patience: patience(config),
    })
}

/// The audit over these parts.
pub fn audit(parts: &Parts, config: &Config) -> Audit {
    let own = &config.audit;
    Audit {
        store: Arc::clone(&parts.store),
        rulebook: Arc::clone(&parts.rulebook),
        clock: Arc::clone(&parts.clock),
        options: AuditOptions {
            source: own.source.clone(),
            lag: own.lag.try_into().unwrap_or(time::Duration::MAX),
            page: own.page,
            announces: config.in_app.enabled,
            canceled_cause: own.canceled_cause.clone(),
            removed_cause: own.removed_cause.clone(),
            suspended_cause: own.suspended_cause.clone(),
            suspended_final: own.suspended_final,
        },
    }
}

/// How fast the daemon audits; `None`: it does not.
pub(super) fn watch_options(config: &Config) -> Option<WatchOptions> {
    let own = &config.audit;
    own.enabled.then_some(WatchOptions { every: own.every, rows_per_second: own.rows_per_second })
}

/// How replays and trials are carried on.
pub(super) fn replay_options(config: &Config) -> ReplayOptions {
    let dlq = &config.dlq;
    ReplayOptions {
        poll: dlq.poll,
        replay_lease: dlq.replay_lease,
        trial_lease: dlq.trial_lease,
        trials_max: dlq.trials_max,
    }
}

/// First and longest pause while something is away: the same for broker, database and mail.
pub(super) fn patience(config: &Config) -> (Duration, Duration) {
    (config.broker.reconnect_first, config.broker.reconnect_longest)
}

pub(super) fn wait_rule(config: &Config) -> WaitRule {
    let intake = &config.intake;
    WaitRule { first: intake.wait_first, longest: intake.wait_longest, attempts_max: intake.wait_attempts_max }
}

/// What letters are made of, and for whom.
pub fn letters_options(config: &Config) -> LettersOptions {
    let mail = &config.mail;
    LettersOptions {
        templates_dir: mail.templates_dir.clone(),
        locale: mail.locale.clone(),
        time_zone: mail.time_zone.clone(),
    }
}

pub(super) fn dispatch_options(config: &Config) -> DispatchOptions {
    let own = &config.mail;
    DispatchOptions {
        transport: transport(config),
        connections: own.connections.into(),
        connections_in_backlog: own.connections_in_backlog.into(),
        batch: own.batch,
        lease: own.lease,
        poll: own.poll,
        limits: mail::limits(&own.limits),
        retry: RetrySchedule {
            first: own.retry_first,
            longest: own.retry_longest,
            give_up_after: own.give_up_after,
            suppress_for: own.suppress_for,
            attempt_max: attempt_max(config),
        },
        patience: patience(config),
    }
}

/// Where messages that came back are taken in.
pub fn returns(config: &Config, store: Arc<dyn Store>) -> Returns {
    Returns {
        store,
        clock: Arc::new(SystemClock),
        message_id_domain: config.mail.message_id_domain.clone(),
        suppress_for: config.mail.suppress_for,
    }
}

/// Who may call with what came back.
pub(super) fn bounces_face(config: &Config, store: &Arc<dyn Store>) -> Option<BouncesFace> {
    let token = config.http.bounces_token.clone()?;
    Some(BouncesFace { token, returns: Arc::new(returns(config, Arc::clone(store))) })
}

/// A file is written in no time, unless the disk is away.
const FOLDER_ATTEMPT_MAX: Duration = Duration::from_secs(10);

fn attempt_max(config: &Config) -> Duration {
    match &config.mail.transport {
        MailTransport::Folder { .. } => FOLDER_ATTEMPT_MAX.min(config.mail.lease / 2),
        MailTransport::Smtp(smtp) => smtp.total_timeout,
    }
}

fn transport(config: &Config) -> TransportOptions {
    match &config.mail.transport {
        MailTransport::Folder { path } => TransportOptions::Folder(FolderOptions { dir: path.clone() }),
        MailTransport::Smtp(smtp) => TransportOptions::Smtp(smtp_options(smtp)),
    }
}

/// What the components themselves find wrong with their options.
pub(super) fn findings(config: &Config) -> Vec<Finding> {
    let console = super::console::findings(config);
    let broker = broker_options(config).check().err().map(|error| match error {
        BrokerError::BadOption { key, why } => config.finding(key, why),
        other => config.finding("broker.url", other.to_string()),
    });
    let management = examiner(config).management.and_then(|management| management.check().err());
    let management = management.map(|error| match error {
        ManagementError::BadUrl { why } => config.finding("broker.management_url", why),
        other => config.finding("broker.management_url", other.to_string()),
    });
    let transport = transport(config).check().into_iter().map(|(key, why)| match key {
        "hello_name" => config.finding("mail.smtp.helo", why),
        "login" => config.finding("mail.smtp.user", why),
        "messages_per_connection" => config.finding("mail.smtp.messages_per_connection_max", why),
        _ => config.finding(&format!("mail.smtp.{key}"), why),
    });
    broker.into_iter().chain(management).chain(mail::findings(config)).chain(transport).chain(console).collect()
}

/// How log lines look.
pub fn log_format(config: &Config) -> LogFormat {
    match config.log.format {
        config::LogFormat::Auto => LogFormat::Auto,
        config::LogFormat::Text => LogFormat::Text,
        config::LogFormat::Json => LogFormat::Json,
    }
}

/// The configuration has one limit for a command; the stages that RFC 5321 lets last longer have their own.
fn smtp_options(smtp: &SmtpConfig) -> SmtpOptions {
    let login = smtp.login.as_ref();
    SmtpOptions {
        tls: match smtp.tls {
            config::SmtpTls::Required => SmtpTls::Required,
            config::SmtpTls::Implicit => SmtpTls::Implicit,
            config::SmtpTls::None => SmtpTls::None,
        },
        allow_plaintext: smtp.tls == config::SmtpTls::None,
        ca_file: smtp.ca_file.clone(),
        login: login.map(|login| SmtpLogin { user: login.user.clone(), password: login.password.clone() }),
        hello_name: smtp.helo.clone(),
        messages_per_connection: smtp.messages_per_connection_max,
        idle_max: smtp.idle_longest,
        timeouts: SmtpTimeouts {
            connect: smtp.connect_timeout,
            greeting: smtp.command_timeout,
            tls: smtp.connect_timeout,
            auth: smtp.command_timeout,
            mail: smtp.command_timeout,
            rcpt: smtp.command_timeout,
            data: smtp.command_timeout,
            text: smtp.data_timeout,
            dot: smtp.data_timeout,
            total: smtp.total_timeout,
            ..SmtpTimeouts::default()
        },
        ..SmtpOptions::new(smtp.host.clone(), smtp.port)
    }
}
