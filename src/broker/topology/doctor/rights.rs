//! What the broker lets our user do, and what of makegood needs it.

use super::Case;
use super::diagnosis::{Diagnosis, Severity};
use super::seen::Look;
use regex::{Regex, escape};

/// Three patterns of names; `None`: cannot be read here.
struct Patterns {
    configure: Option<Regex>,
    write: Option<Regex>,
    read: Option<Regex>,
}

/// One need: verb and names.
type Need<'a> = (&'static str, Vec<&'a str>);

/// Judges the permissions that consuming, publishing and declaring need.
pub(super) fn diagnose(case: &Case<'_>) -> Vec<Diagnosis> {
    let about = format!("user `{}`", case.seen.user);
    let permissions = match &case.seen.permissions {
        Look::Here(permissions) => permissions,
        Look::Unseen(why) => {
            let list = Case::shell(&["list_permissions", "-p", &case.seen.vhost]);
            return vec![Diagnosis::unseen("permissions", &about, why).remedy(format!("Type `{list}`."))];
        }
        Look::Missing => {
            let why = "RabbitMQ's own database has none for this user: they come from another place (LDAP, OAuth 2)";
            return vec![Diagnosis::unseen("permissions", &about, why)];
        }
    };
    let patterns = Patterns {
        configure: pattern(&permissions.configure),
        write: pattern(&permissions.write),
        read: pattern(&permissions.read),
    };
    let topology = case.topology;
    let (queue, dead) = (topology.queue.as_str(), topology.dead_queue.as_str());
    let (exchange, letters) = (topology.exchange.as_str(), topology.dead_letter_exchange.as_str());
    let announced: Vec<&str> = topology.announcements.iter().map(|it| it.exchange.as_str()).collect();
    let declares = if case.declares { Severity::Broken } else { Severity::Note };
    [
        (
            "may-consume",
            Severity::Broken,
            vec![("read", vec![queue, dead])],
            "The daemon may not consume: events wait, or dead letters stay in RabbitMQ.",
        ),
        (
            "may-publish",
            Severity::Note,
            vec![("write", vec![exchange])],
            "`makegood publish` is refused. The daemon does not need it.",
        ),
        (
            "may-announce",
            Severity::Broken,
            vec![("write", announced.clone())],
            "What the marketplace is to be told stays in the database: RabbitMQ refuses each publish.",
        ),
        (
            "may-declare",
            declares,
            vec![
                ("configure", [vec![exchange, letters, queue, dead], announced].concat()),
                // Binding writes to the queue and reads the exchange; declaring a queue with a dead-letter exchange
                // reads the queue and writes to the exchange.
                ("write", vec![queue, dead, letters]),
                ("read", vec![exchange, letters, queue]),
            ],
            "`makegood topology declare` is refused, and without the management API arguments cannot be compared. A \
             daemon with `broker.declare_topology = false` does not need it.",
        ),
    ]
    .into_iter()
    .filter(|(.., needs, _)| needs.iter().any(|(_, names)| !names.is_empty()))
    .map(|(check, severity, needs, risk)| judge(case, &patterns, check, severity, &needs, risk))
    .collect()
}

fn judge(
    case: &Case<'_>, patterns: &Patterns, check: &'static str, severity: Severity, needs: &[Need<'_>], risk: &str,
) -> Diagnosis {
    let about = format!("user `{}`", case.seen.user);
    let mut lacking = Vec::new();
    for (verb, names) in needs {
        let Some(pattern) = patterns.of(verb) else {
            let why = format!("the pattern of {verb} is one that only RabbitMQ can read");
            return Diagnosis::unseen(check, &about, &why);
        };
        let refused = names.iter().filter(|name| !pattern.is_match(name));
        lacking.extend(refused.map(|name| format!("{verb} on `{name}`")));
    }
    if lacking.is_empty() {
        return Diagnosis::fit(check, &about, "permitted");
    }
    let all: Vec<String> = needs.iter().map(|(verb, names)| format!("{verb} on `{}`", names.join("`, `"))).collect();
    let found = format!("no {}", lacking.join(", no "));
    let wrong = Diagnosis::new(severity, check, &about).expected(all.join("; ")).found(found).risk(risk);
    let names = |verb: &str| {
        let names = needs.iter().filter(|(needed, _)| *needed == verb).flat_map(|(_, names)| names);
        let names: Vec<String> = names.map(|name| escape(name)).collect();
        if names.is_empty() { String::new() } else { format!("^({})$", names.join("|")) }
    };
    let (configure, write, read) = (names("configure"), names("write"), names("read"));
    let set = ["set_permissions", "-p", &case.seen.vhost, &case.seen.user, &configure, &write, &read];
    wrong.remedy(format!("Add to what the user has (this alone would replace it): `{}`.", Case::shell(&set)))
}

impl Patterns {
    fn of(&self, verb: &str) -> Option<&Regex> {
        match verb {
            "configure" => self.configure.as_ref(),
            "write" => self.write.as_ref(),
            _ => self.read.as_ref(),
        }
    }
}

/// RabbitMQ searches for the pattern anywhere in the name; the empty one matches nothing but the empty name.
fn pattern(text: &str) -> Option<Regex> {
    Regex::new(if text.is_empty() { "^$" } else { text }).ok()
}
