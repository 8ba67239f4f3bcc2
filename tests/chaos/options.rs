//! The command line, and what each scale stands for.

use std::time::Duration;

use clap::{Parser, ValueEnum};

use crate::support::market::Scale as Market;
use crate::{cutting, killing};

/// Faults under load, and a verdict: nothing lost, nothing doubled, nothing told wrongly.
#[derive(Debug, Parser)]
pub struct Options {
    /// The same seed makes the same market and the same plan of faults.
    #[arg(long, default_value_t = 20_261_122)]
    pub seed: u64,
    /// How much of everything.
    #[arg(long, value_enum, default_value_t = Scale::Full)]
    scale: Scale,
    /// Events of all phases together; each has its share.
    #[arg(long)]
    events: Option<usize>,
    /// How long the database is away (`30s`, `5m`).
    #[arg(long, value_parser = humantime::parse_duration)]
    outage: Option<Duration>,
    /// Only these phases.
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Which>,
}

/// How much of everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Scale {
    /// What a release must pass.
    Full,
    /// Some of each fault, to try the run itself.
    Short,
}

/// The phases, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Which {
    DaemonKills,
    Outage,
    Cuts,
    BrokerKills,
    PostgresKills,
    Stalls,
    SqliteDisk,
}

impl Which {
    pub const ALL: [Which; 7] = [
        Which::DaemonKills,
        Which::Outage,
        Which::Cuts,
        Which::BrokerKills,
        Which::PostgresKills,
        Which::Stalls,
        Which::SqliteDisk,
    ];

    /// Its name in a verdict.
    pub fn name(self) -> &'static str {
        match self {
            Which::DaemonKills => "daemon_kills",
            Which::Outage => "outage",
            Which::Cuts => "cuts",
            Which::BrokerKills => "broker_kills",
            Which::PostgresKills => "postgres_kills",
            Which::Stalls => "stalls",
            Which::SqliteDisk => "sqlite_disk",
        }
    }

    /// Its share of the events, in percent.
    fn share(self) -> usize {
        match self {
            Which::DaemonKills => 50,
            Which::Outage | Which::Stalls => 8,
            Which::Cuts | Which::BrokerKills | Which::PostgresKills => 11,
            Which::SqliteDisk => 1,
        }
    }
}

/// How often each fault is done.
#[derive(Debug, Clone)]
pub struct Plan {
    pub seed: u64,
    pub events: usize,
    pub kills: killing::Order,
    pub cuts: cutting::Order,
    pub broker_kills: u64,
    pub postgres_kills: u64,
    /// Sessions ended between two kills of PostgreSQL.
    pub backends: u64,
    /// Each of the stalls.
    pub stalls: u64,
    pub disk_fills: u64,
    pub outage: Duration,
    full: bool,
}

impl Options {
    /// Whether this phase is part of the run.
    pub fn runs(&self, which: Which) -> bool {
        self.only.is_empty() || self.only.contains(&which)
    }

    /// What the scale is called.
    pub fn scale(&self) -> &'static str {
        if self.scale == Scale::Full { "full" } else { "short" }
    }

    /// The plan of this command line.
    pub fn plan(&self) -> Plan {
        let full = self.scale == Scale::Full;
        let of = |full_scale: u64, short: u64| if full { full_scale } else { short };
        let each = of(10, 1) as usize;
        let kills = killing::Order {
            random: of(100, 5) as usize,
            per_point: each.div_ceil(2),
            stride: of(150, 100),
            copies: of(3, 2) as usize,
        };
        let (each, mail) = (of(100, 5), of(34, 3));
        Plan {
            seed: self.seed,
            events: self.events.unwrap_or(of(24_000, 4_000) as usize),
            kills,
            cuts: cutting::Order { each, mail, backends: of(40, 5) },
            broker_kills: of(20, 2),
            postgres_kills: of(20, 2),
            backends: of(10, 3),
            stalls: of(3, 1),
            disk_fills: of(5, 1),
            outage: self.outage.unwrap_or(Duration::from_secs(of(300, 10))),
            full,
        }
    }
}

impl Plan {
    /// The market of a phase: its share of the events, and people and crowds in proportion.
    pub fn market(&self, which: Which) -> Market {
        const CROWDS: [usize; 100] = [60; 100];
        const CROWDS_AND_MASSES: [usize; 102] = {
            let mut crowds = [60; 102];
            (crowds[0], crowds[1]) = (3_000, 3_000);
            crowds
        };
        let events = (self.events * which.share() / 100).max(100);
        let crowds = match which {
            Which::DaemonKills if self.full => &CROWDS_AND_MASSES[..],
            Which::DaemonKills => &CROWDS[..20],
            Which::SqliteDisk => &CROWDS[..1],
            _ => &CROWDS[..6],
        };
        Market {
            events: events.max(crowds.len() * 2 + 50),
            freelancers: (events / 8).max(60),
            agencies: (events / 60).clamp(20, 200),
            crowds,
            suspensions: events / 40,
            overlaps_per_mille: 120,
            late_jobs: events / 200,
        }
    }
}
