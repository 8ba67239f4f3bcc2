//! What a broker's version means for us.

use super::diagnosis::{Diagnosis, Severity};
use crate::broker::greeting::Server;

/// A version, as far as it has an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version(pub(super) u32, pub(super) u32, pub(super) u32);

impl Version {
    /// "3.10.8", "4.2.0-rc.1", "3.13": what follows the numbers does not count.
    pub(super) fn read(text: &str) -> Option<Self> {
        let core = text.split(['-', '+', '~']).next().unwrap_or(text);
        let mut numbers = core.split('.').map(|part| part.parse().ok());
        let (major, minor) = (numbers.next()??, numbers.next()??);
        Some(Self(major, minor, numbers.next().flatten().unwrap_or(0)))
    }
}

/// Since it queues leave dead letters at least once.
const FIRST: Version = Version(3, 10, 0);

/// A fault of some versions: from, before, and what it does. Each series is fixed on its own.
const FAULTS: [(Version, Version, &str); 5] = [
    (
        Version(3, 10, 0),
        Version(3, 10, 9),
        "a consumer that cancels and subscribes again on one channel may get a channel error (#5927); makegood does not do that",
    ),
    (
        Version(3, 10, 0),
        Version(3, 10, 20),
        "dead-lettering is less resilient (#7677, fixed in 3.10.20): a dead letter may stay in the queue until its leader restarts; it is not lost",
    ),
    (
        Version(3, 10, 0),
        Version(3, 11, 20),
        "a queue that dead-letters to itself at least once never gets rid of it (#8799); makegood's does not",
    ),
    (
        Version(3, 12, 0),
        Version(3, 12, 2),
        "a queue that dead-letters to itself at least once never gets rid of it (#8799); makegood's does not",
    ),
    (
        Version(3, 13, 0),
        Version(3, 13, 3),
        "the detection of dead-letter cycles may drop messages that were rejected on the way (#11159): no cycle may be built around makegood's queues",
    ),
];

/// Judges product and version.
pub(super) fn diagnose(server: &Server) -> Diagnosis {
    let about = "broker";
    let expected = "RabbitMQ 3.10 or later";
    let found = server.to_string();
    if server.product.is_empty() && server.version.is_empty() {
        return Diagnosis::unseen("version", about, "the broker does not say what it is").expected(expected);
    }
    if !server.product.starts_with("RabbitMQ") {
        return Diagnosis::new(Severity::Broken, "version", about).expected(expected).found(found).risk(
            "Quorum queues, their delivery limit and at-least-once dead-lettering are RabbitMQ's. Another broker may take \
             the arguments and do nothing with them: a message that kills the daemon would come for ever, a dead \
             letter could be lost on its way.",
        );
    }
    let Some(version) = Version::read(&server.version) else {
        return Diagnosis::unseen("version", about, &format!("{found} has no version number")).expected(expected);
    };
    if version < FIRST {
        return Diagnosis::new(Severity::Broken, "version", about)
            .expected(expected)
            .found(found)
            .risk(
                "Before 3.10 dead letters leave a queue at most once: what RabbitMQ gives up on is lost if the dead queue \
                 cannot take it at that moment.",
            )
            .remedy("Upgrade RabbitMQ.");
    }
    let faults: Vec<&str> = FAULTS
        .iter()
        .filter(|(from, before, _)| (*from..*before).contains(&version))
        .map(|(_, _, words)| *words)
        .collect();
    if faults.is_empty() {
        return Diagnosis::fit("version", about, found);
    }
    Diagnosis::new(Severity::Note, "version", about)
        .expected("a version without known faults in dead-lettering: 3.11.20, 3.12.2, 3.13.3 or later")
        .found(found)
        .risk(format!("Known of this version: {}.", faults.join("; ")))
        .remedy("Upgrade RabbitMQ when you can.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_from_3_8_to_4_2() {
        use Severity::{Broken, Fit, Note, Unseen};
        for (version, expected, words) in [
            ("3.8.34", Broken, "at most once"),
            ("3.9.29", Broken, "at most once"),
            ("3.10.0", Note, "#5927"),
            ("3.10.0-rc.2", Note, "#5927"),
            ("3.10.8", Note, "#7677"),
            ("3.10.9", Note, "#7677"),
            ("3.10.20", Note, "#8799"),
            ("3.11.19", Note, "#8799"),
            ("3.11.20", Fit, ""),
            ("3.12.1", Note, "#8799"),
            ("3.12.2", Fit, ""),
            ("3.13.2", Note, "#11159"),
            ("3.13.7", Fit, ""),
            ("4.0.1", Fit, ""),
            ("4.1.0+5.gabc", Fit, ""),
            ("4.2.0", Fit, ""),
            ("4.2", Fit, ""),
            ("many", Unseen, ""),
        ] {
            let found = diagnose(&Server { product: "RabbitMQ".into(), version: version.into() });
            assert_eq!(found.severity, expected, "{version}");
            assert!(found.risk.unwrap_or_default().contains(words), "{version}");
        }
        let after = |version: &str| diagnose(&Server { product: "RabbitMQ".into(), version: version.into() }).risk;
        assert!(!after("3.10.9").expect("a risk").contains("#5927"));
        assert!(!after("3.10.20").expect("a risk").contains("#7677"));
    }

    #[test]
    fn another_product_is_broken_and_silence_unseen() {
        let lavin = diagnose(&Server { product: "LavinMQ".into(), version: "2.4.0".into() });
        assert_eq!((lavin.severity, lavin.found.as_str()), (Severity::Broken, "LavinMQ 2.4.0"));
        assert_eq!(diagnose(&Server::default()).severity, Severity::Unseen);
    }
}
