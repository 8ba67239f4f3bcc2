//! From `[console]` and `[http]` to the door of the console, and what is wrong with its files.

use std::sync::Arc;

use crate::admin::Tls;
use crate::admin::console::{Door, DoorOptions, ProxyOptions, SessionLimits};
use crate::config::{Config, ConfigError, Finding};

/// Who may in.
pub(super) fn door(config: &Config) -> Result<Arc<Door>, ConfigError> {
    let findings = findings(config);
    if !findings.is_empty() {
        return Err(ConfigError { findings });
    }
    let console = &config.console;
    // A name that is none was a finding when the configuration was read.
    let header = |name: &Option<String>| name.as_ref().and_then(|name| name.parse().ok());
    Ok(Door::new(DoorOptions {
        loopback: config.http.listen.ip().is_loopback(),
        loopback_role: console.loopback_role,
        users_file: console.users_file.clone(),
        tokens_file: console.tokens_file.clone(),
        proxy: ProxyOptions {
            from: console.proxy_from.clone(),
            user: header(&console.proxy_header),
            groups: header(&console.proxy_groups_header),
            roles: console.proxy_roles.clone(),
            role: console.proxy_role,
        },
        public_url: console.public_url.clone(),
        sessions: SessionLimits { idle: console.session_idle, longest: console.session_longest },
        requests_per_minute: console.requests_per_minute,
        acts_per_minute: console.acts_per_minute,
    }))
}

/// The certificate of the listener, if it has one.
pub(super) fn tls(config: &Config) -> Result<Option<Arc<Tls>>, ConfigError> {
    let Some((certificate, key)) = config.http.tls.clone() else { return Ok(None) };
    let unfit = |why| ConfigError { findings: vec![config.finding("http.tls_cert_file", why)] };
    Tls::load(certificate, key).map(Some).map_err(unfit)
}

/// What is wrong with the files of users and tokens, and with the certificate.
pub(super) fn findings(config: &Config) -> Vec<Finding> {
    let console = &config.console;
    let wrong = Door::check(console.users_file.as_deref(), console.tokens_file.as_deref());
    let keys = ["console.users_file", "console.tokens_file"];
    let files = keys.into_iter().zip(wrong).filter_map(|(key, why)| Some(config.finding(key, why?)));
    files.chain(tls(config).err().into_iter().flat_map(|error| error.findings)).collect()
}
