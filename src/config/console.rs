//! `[console]`: who may into the operator console.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;

use super::reader::Reader;
use crate::admin::console::Role;

const SECS: fn(u64) -> Duration = Duration::from_secs;

/// `[console]`
#[derive(Debug, Clone)]
pub struct ConsoleConfig {
    /// Role of whoever is on this machine while no login is configured; `None`: nobody is let in.
    pub loopback_role: Option<Role>,
    /// Local users. Need not be there yet: `makegood console users add` makes it.
    pub users_file: Option<PathBuf>,
    /// Tokens of programs. As above.
    pub tokens_file: Option<PathBuf>,
    /// `https://host`, where a proxy changes `Host`.
    pub public_url: Option<String>,
    /// The proxies in front.
    pub proxy_from: Vec<IpNet>,
    /// The header in which they say who is there.
    pub proxy_header: Option<String>,
    /// The header in which they say their groups.
    pub proxy_groups_header: Option<String>,
    /// What a group may.
    pub proxy_roles: Vec<(String, Role)>,
    /// What anybody else whom the proxy knows may.
    pub proxy_role: Option<Role>,
    /// How long a session lives without a request.
    pub session_idle: Duration,
    /// How long it lives at all.
    pub session_longest: Duration,
    /// Requests of one visitor.
    pub requests_per_minute: u32,
    /// Acts of one visitor.
    pub acts_per_minute: u32,
}

impl ConsoleConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let roles = Role::ALL.map(|role| (role.as_str(), Some(role)));
        let config = Self {
            loopback_role: reader.choice("console.loopback_role", ("none", None), &roles),
            users_file: reader.path("console.users_file"),
            tokens_file: reader.path("console.tokens_file"),
            public_url: public_url(reader),
            proxy_from: networks(reader),
            proxy_header: header(reader, "console.proxy_header"),
            proxy_groups_header: header(reader, "console.proxy_groups_header"),
            proxy_roles: group_roles(reader),
            proxy_role: reader.choice("console.proxy_role", ("none", None), &roles),
            session_idle: reader.duration("console.session_idle", SECS(60)..=SECS(86_400)),
            session_longest: reader.duration("console.session_longest", SECS(300)..=SECS(7 * 86_400)),
            requests_per_minute: reader.number("console.requests_per_minute", 60..=100_000),
            acts_per_minute: reader.number("console.acts_per_minute", 1..=10_000),
        };
        config.check(reader);
        config
    }

    fn check(&self, reader: &mut Reader<'_>) {
        if self.proxy_header.is_some() && self.proxy_from.is_empty() {
            let message = "needs console.proxy_from: from anybody else, the header is what anybody wants it to be";
            reader.complain("console.proxy_header", message);
        }
        if self.proxy_groups_header.is_some() && self.proxy_header.is_none() {
            reader.complain("console.proxy_groups_header", "says nothing without console.proxy_header");
        }
        if !self.proxy_roles.is_empty() && self.proxy_groups_header.is_none() {
            reader.complain("console.proxy_roles", "says nothing without console.proxy_groups_header");
        }
        if self.proxy_header.is_some() && self.proxy_roles.is_empty() && self.proxy_role.is_none() {
            let message = "or console.proxy_roles must say what those may whom the proxy knows";
            reader.complain("console.proxy_role", message);
        }
        reader
            .ordered(&("console.session_idle", self.session_idle), &("console.session_longest", self.session_longest));
    }
}

fn networks(reader: &mut Reader<'_>) -> Vec<IpNet> {
    let text = reader.text("console.proxy_from");
    let mut networks = Vec::new();
    for one in list(&text) {
        match one.parse::<IpNet>().or_else(|_| one.parse::<IpAddr>().map(IpNet::from)) {
            Ok(network) if network.prefix_len() > 0 => networks.push(network),
            Ok(_) => reader.complain("console.proxy_from", format!("{one} is everybody")),
            Err(_) => {
                let message = format!("{one} is neither an address nor a network, as \"10.0.0.5, 10.1.0.0/16\"");
                reader.complain("console.proxy_from", message);
            }
        }
    }
    networks
}

fn group_roles(reader: &mut Reader<'_>) -> Vec<(String, Role)> {
    let text = reader.text("console.proxy_roles");
    let mut roles = Vec::new();
    for one in list(&text) {
        match one.split_once('=').and_then(|(group, role)| Some((group.trim().to_owned(), role.trim().parse().ok()?))) {
            Some(pair) => roles.push(pair),
            None => {
                let message = format!("{one}: group=role is expected, as \"sre=admin, helpdesk=support\"");
                reader.complain("console.proxy_roles", message);
            }
        }
    }
    roles
}

fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|one| !one.is_empty())
}

/// The name of a header, in lower case.
fn header(reader: &mut Reader<'_>, key: &str) -> Option<String> {
    let name = reader.optional(key)?.to_ascii_lowercase();
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        reader.complain(key, "the name of a header is expected, as \"X-Forwarded-User\"");
    }
    Some(name)
}

fn public_url(reader: &mut Reader<'_>) -> Option<String> {
    let url = reader.optional("console.public_url")?;
    let host = url.strip_prefix("https://").filter(|host| !host.is_empty() && !host.contains(['/', '?', '#', '@']));
    if host.is_none() {
        reader.complain(
            "console.public_url",
            "https:// and a host are expected, without a path: \"https://makegood.example\"",
        );
    }
    Some(url.to_ascii_lowercase())
}
