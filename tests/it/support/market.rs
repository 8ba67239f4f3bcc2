//! A marketplace made up from a seed: people, accounts, jobs, proposals in every state, charges, and what happens to
//! them.
//!
//! Ids are readable (`job-17`, `prop-17-0`), times lie in the past, and nothing depends on the machine: the same seed
//! is the same market. What must come of it is worked out in `support/oracle.rs`.

use makegood::event::{AccountId, ClientId, EntryId, JobId, PersonId, ProposalId};
use makegood::store::{ImportAccount, ImportBatch, ImportClient, ImportEntry, ImportJob, ImportPerson, ImportProposal};
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{RngExt, SeedableRng};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

/// Domain of every address of the market: a canary that must not turn up in logs, metrics or errors.
pub const CANARY_DOMAIN: &str = "people.canary.example";

/// CloudEvents source of every event.
pub const SOURCE: &str = "/marketplace";

/// When the market's month begins. After the policy's first version, before any test runs.
const EPOCH: OffsetDateTime = datetime!(2025-06-01 00:00 UTC);

/// How large a market is.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    /// Events in all.
    pub events: usize,
    /// Freelancers with an account of their own.
    pub freelancers: usize,
    /// Agencies.
    pub agencies: usize,
    /// Crowded jobs and the number of proposals on each: they fan out. Each has two events.
    pub crowds: &'static [usize],
    /// Clients that are suspended, each with a few posts.
    pub suspensions: usize,
    /// Of 1,000 jobs, how many have a second event.
    pub overlaps_per_mille: u32,
    /// Jobs that become known only after their event.
    pub late_jobs: usize,
}

/// The marketplace's three events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    JobCanceled,
    PostRemoved,
    ClientSuspended,
}

impl Kind {
    /// CloudEvents type and routing key.
    pub fn name(self) -> &'static str {
        match self {
            Kind::JobCanceled => "job-canceled",
            Kind::PostRemoved => "post-removed",
            Kind::ClientSuspended => "client-suspended",
        }
    }
}

/// One event.
#[derive(Debug, Clone)]
pub struct Happening {
    pub id: String,
    pub kind: Kind,
    /// A job, or a client.
    pub target: String,
    pub cause: &'static str,
    pub at: OffsetDateTime,
}

impl Happening {
    /// The event as structured CloudEvents JSON.
    pub fn body(&self) -> Vec<u8> {
        let data = match self.kind {
            Kind::JobCanceled => {
                serde_json::json!({ "job_id": self.target, "cause": self.cause, "note": "changed our plans" })
            }
            Kind::PostRemoved => serde_json::json!({ "job_id": self.target, "cause": self.cause, "rule": "spam" }),
            Kind::ClientSuspended => {
                serde_json::json!({ "client_id": self.target, "cause": self.cause, "final": true })
            }
        };
        let time = self.at.format(&time::format_description::well_known::Rfc3339).expect("RFC 3339");
        serde_json::to_vec(&serde_json::json!({
            "specversion": "1.0", "id": self.id, "source": SOURCE, "type": self.kind.name(), "time": time,
            "datacontenttype": "application/json", "data": data,
        }))
        .expect("JSON")
    }
}

/// The whole market.
pub struct Market {
    pub seed: u64,
    /// Known from the start.
    pub facts: ImportBatch,
    /// Jobs, proposals and charges that become known while their events already wait.
    pub late: ImportBatch,
    pub events: Vec<Happening>,
}

impl Market {
    /// The market of this seed.
    pub fn new(seed: u64, scale: Scale) -> Self {
        let mut maker = Maker::new(seed, scale);
        maker.people();
        maker.crowds();
        maker.suspensions();
        maker.late();
        while maker.events.len() < scale.events {
            let room = scale.events - maker.events.len();
            maker.plain_job(room);
        }
        maker.grants();
        maker.events.shuffle(&mut maker.rng);
        Market { seed, facts: maker.facts, late: maker.late, events: maker.events }
    }
}

/// What happens to a job, planned before its proposals so that they can stand before or after it.
#[derive(Clone, Copy)]
struct Fate {
    kind: Kind,
    cause: &'static str,
    at: OffsetDateTime,
}

struct Maker {
    rng: StdRng,
    scale: Scale,
    facts: ImportBatch,
    late: ImportBatch,
    events: Vec<Happening>,
    jobs: usize,
}

impl Maker {
    fn new(seed: u64, scale: Scale) -> Self {
        let rng = StdRng::seed_from_u64(seed);
        Maker { rng, scale, facts: ImportBatch::default(), late: ImportBatch::default(), events: Vec::new(), jobs: 0 }
    }

    fn chance(&mut self, per_mille: u32) -> bool {
        self.rng.random_range(0..1_000) < per_mille
    }

    /// A moment of the market's month, to the second.
    fn moment(&mut self) -> OffsetDateTime {
        EPOCH + Duration::seconds(self.rng.random_range(0..30 * 86_400))
    }

    fn people(&mut self) {
        let Scale { freelancers, agencies, .. } = self.scale;
        for n in 0..freelancers + agencies * 2 {
            let locale = self.chance(500).then(|| "en".to_owned());
            self.facts.people.push(ImportPerson {
                person_id: person(n),
                name: Some(format!("Ada <i>{n}</i> O'Neil & Söhne")),
                // Some have never given an address: they are credited all the same.
                email: (n % 23 != 7).then(|| format!("p{n}@{CANARY_DOMAIN}")),
                locale,
                time_zone: None,
            });
        }
        for n in 0..freelancers {
            self.facts.accounts.push(ImportAccount {
                account_id: AccountId::parse(format!("acc-f{n}")).expect("an id"),
                kind: "freelancer".into(),
                owner_id: person(n),
                manager_id: None,
                tell_manager: true,
            });
        }
        for n in 0..agencies {
            let (owner, manager) = (freelancers + 2 * n, freelancers + 2 * n + 1);
            let (manager_id, tell_manager) = (self.chance(700).then(|| person(manager)), self.chance(800));
            self.facts.accounts.push(ImportAccount {
                account_id: AccountId::parse(format!("acc-a{n}")).expect("an id"),
                kind: "agency".into(),
                owner_id: person(owner),
                manager_id,
                tell_manager,
            });
        }
    }

    /// Jobs with so many proposals that they fan out. Few people have submitted them, each from several agencies'
    /// balances: their letters gather lines from several chunks.
    fn crowds(&mut self) {
        for &proposals in self.scale.crowds {
            let fates = [self.fate(), self.fate()];
            let client = self.client();
            let job = self.job(&client, &fates, false);
            let team = 10.max(proposals / 20).min(self.scale.freelancers);
            for n in 0..proposals {
                let account = self.rng.random_range(0..self.scale.agencies);
                let person = self.rng.random_range(0..team);
                self.proposal(&job, n, format!("acc-a{account}"), person, &fates, false);
            }
        }
    }

    /// Clients that are suspended, with posts that were open then and posts that were not; some die twice.
    fn suspensions(&mut self) {
        for n in 0..self.scale.suspensions {
            let client = self.client();
            self.facts.clients.iter_mut().rev().take(1).for_each(|client| client.suspended = true);
            let cause = *["terms-of-service", "fraud", "billing"].choose(&mut self.rng).expect("causes");
            let suspended = Fate { kind: Kind::ClientSuspended, cause, at: self.moment() };
            self.happens(format!("suspended-{n}"), client.as_str().to_owned(), suspended);
            for _ in 0..self.rng.random_range(1..=4) {
                let mut fates = vec![suspended];
                if self.chance(300) {
                    fates.push(self.fate());
                }
                let job = self.job(&client, &fates, false);
                self.proposals(&job, &fates, false);
            }
        }
    }

    /// Jobs that are imported only when their events already wait for them.
    fn late(&mut self) {
        for _ in 0..self.scale.late_jobs {
            let fates = [self.fate()];
            let client = self.client();
            let job = self.job(&client, &fates, true);
            self.proposals(&job, &fates, true);
        }
    }

    fn plain_job(&mut self, room: usize) {
        let mut fates = vec![self.fate()];
        if room > 1 && self.chance(self.scale.overlaps_per_mille) {
            fates.push(self.fate());
        }
        let client = self.client();
        let job = self.job(&client, &fates, false);
        self.proposals(&job, &fates, false);
    }

    fn fate(&mut self) -> Fate {
        const CANCELED: [&str; 10] = [
            "client-canceled",
            "client-canceled",
            "client-canceled",
            "client-canceled",
            "accident",
            "dropped",
            "no-skills",
            "filled-elsewhere",
            "filled",
            "expired",
        ];
        const REMOVED: [&str; 8] = [
            "terms-of-service",
            "terms-of-service",
            "terms-of-service",
            "fraud",
            "fraud",
            "fraud",
            "duplicate",
            "inactive",
        ];
        let at = self.moment();
        if self.chance(550) {
            Fate { kind: Kind::JobCanceled, cause: CANCELED.choose(&mut self.rng).expect("causes"), at }
        } else {
            Fate { kind: Kind::PostRemoved, cause: REMOVED.choose(&mut self.rng).expect("causes"), at }
        }
    }

    fn happens(&mut self, id: String, target: String, fate: Fate) {
        self.events.push(Happening { id, kind: fate.kind, target, cause: fate.cause, at: fate.at });
    }

    fn client(&mut self) -> ClientId {
        let id = ClientId::parse(format!("client-{}", self.facts.clients.len())).expect("an id");
        self.facts.clients.push(ImportClient { client_id: id.clone(), suspended: false });
        id
    }

    /// A job and its own events. The state the marketplace has for it may lag behind them.
    fn job(&mut self, client: &ClientId, fates: &[Fate], late: bool) -> ImportJob {
        let number = self.jobs;
        self.jobs += 1;
        let own = fates.iter().filter(|fate| fate.kind != Kind::ClientSuspended);
        let first = own.clone().min_by_key(|fate| fate.at).copied();
        for (n, fate) in own.enumerate() {
            self.happens(format!("event-{number}-{n}"), format!("job-{number}"), *fate);
        }
        let (state, state_since) = match first {
            Some(fate) if self.chance(700) => {
                (if fate.kind == Kind::JobCanceled { "canceled" } else { "removed" }, fate.at)
            }
            _ => ("open", EPOCH - Duration::days(10)),
        };
        // A contract on the job, before or after what happens to it; never at the same moment.
        let hired_at = self.chance(100).then(|| self.moment() + Duration::milliseconds(500));
        let job = ImportJob {
            job_id: JobId::parse(format!("job-{number}")).expect("an id"),
            client_id: client.clone(),
            title: format!("Übersetzung <b>{number}</b>, \"schnell\""),
            state: state.into(),
            state_since,
            hired_at,
        };
        let batch = if late { &mut self.late } else { &mut self.facts };
        batch.jobs.push(job.clone());
        job
    }

    /// One proposal, often two, from freelancers and agencies.
    fn proposals(&mut self, job: &ImportJob, fates: &[Fate], late: bool) {
        let count = if self.chance(350) { 2 } else { 1 };
        for n in 0..count {
            let freelancer = self.rng.random_range(0..self.scale.freelancers);
            let account = if self.chance(150) {
                format!("acc-a{}", self.rng.random_range(0..self.scale.agencies))
            } else {
                format!("acc-f{freelancer}")
            };
            self.proposal(job, n, account, freelancer, fates, late);
        }
    }

    fn proposal(&mut self, job: &ImportJob, n: usize, account: String, who: usize, fates: &[Fate], late: bool) {
        let submitted_at = EPOCH - Duration::hours(self.rng.random_range(1..200));
        let id = format!("prop-{}-{n}", job.job_id.as_str().trim_start_matches("job-"));
        let (state, state_since, declined_by) = match job.hired_at {
            Some(hired) if self.chance(400) => ("hired", hired, None),
            _ => self.standing(submitted_at, fates),
        };
        let invited = self.chance(60);
        let proposal = ImportProposal {
            proposal_id: ProposalId::parse(id).expect("an id"),
            job_id: job.job_id.clone(),
            account_id: AccountId::parse(account).expect("an id"),
            person_id: person(who),
            state: state.into(),
            state_since,
            declined_by: declined_by.map(str::to_owned),
            submitted_at,
            invited,
        };
        if !invited {
            self.charges(&proposal, late);
        }
        let batch = if late { &mut self.late } else { &mut self.facts };
        batch.proposals.push(proposal);
    }

    /// The proposal's state now: mostly open; withdrawn or declined before the first event or after the last, or in
    /// between.
    fn standing(
        &mut self, submitted: OffsetDateTime, fates: &[Fate],
    ) -> (&'static str, OffsetDateTime, Option<&'static str>) {
        const OPEN: [&str; 6] = ["submitted", "viewed", "shortlisted", "messaged", "archived", "offered"];
        // Half a second off the full second, where every event is: never the same moment by chance.
        let sometime = self.moment() + Duration::milliseconds(500);
        let closing = fates.iter().map(|fate| fate.at).min().unwrap_or(sometime);
        match self.rng.random_range(0..100) {
            0..13 => ("withdrawn", sometime, None),
            13..24 => ("declined", sometime, Some("client")),
            24..30 => ("declined", closing, Some("system")),
            30..33 => ("declined", submitted + Duration::minutes(1), Some("system")),
            _ => (OPEN.choose(&mut self.rng).expect("states"), submitted, None),
        }
    }

    /// What it cost: a fee; sometimes a boost, as the auction left it (domain notes, section 1.4).
    fn charges(&mut self, proposal: &ImportProposal, late: bool) {
        let fee = i64::from(self.rng.random_range(1..=8_u8)) * 2;
        self.entry(proposal, "fee", -fee, None, 0, late);
        if !self.chance(350) {
            return;
        }
        let bid = i64::from(self.rng.random_range(1..=30_u8));
        self.entry(proposal, "boost", -bid, None, 1, late);
        match self.rng.random_range(0..10) {
            // Outbid: the whole boost came back, and the entry says which.
            0..2 => self.entry(proposal, "refund", bid, Some(format!("{}-c1", proposal.proposal_id)), 2, late),
            // The older scheme: the bid came back without naming it, then the final price was charged.
            2..4 => {
                self.entry(proposal, "refund", bid, None, 2, late);
                self.entry(proposal, "boost", -(bid / 2 + 1), None, 3, late);
            }
            // Part of it came back.
            4 if bid > 1 => self.entry(proposal, "refund", bid / 2, None, 2, late),
            _ => {}
        }
    }

    fn entry(
        &mut self, proposal: &ImportProposal, kind: &str, amount: i64, reverses: Option<String>, n: i64, late: bool,
    ) {
        let batch = if late { &mut self.late } else { &mut self.facts };
        batch.entries.push(ImportEntry {
            entry_id: EntryId::parse(format!("{}-c{n}", proposal.proposal_id)).expect("an id"),
            account_id: proposal.account_id.clone(),
            proposal_id: Some(proposal.proposal_id.clone()),
            kind: kind.into(),
            amount,
            reverses: reverses.map(|id| EntryId::parse(id).expect("an id")),
            created_at: proposal.submitted_at + Duration::seconds(n),
            expires_at: None,
        });
    }

    /// Enough Connects on every account for what it spends.
    fn grants(&mut self) {
        let mut spent = std::collections::BTreeMap::<&str, i64>::new();
        for entry in self.facts.entries.iter().chain(&self.late.entries) {
            *spent.entry(entry.account_id.as_str()).or_default() -= entry.amount.min(0);
        }
        let grants: Vec<ImportEntry> = (self.facts.accounts.iter())
            .map(|account| ImportEntry {
                entry_id: EntryId::parse(format!("grant-{}", account.account_id)).expect("an id"),
                account_id: account.account_id.clone(),
                proposal_id: None,
                kind: "grant".into(),
                amount: 50 + spent.get(account.account_id.as_str()).copied().unwrap_or(0),
                reverses: None,
                created_at: EPOCH - Duration::days(30),
                expires_at: None,
            })
            .collect();
        self.facts.entries.splice(0..0, grants);
    }
}

fn person(n: usize) -> PersonId {
    PersonId::parse(format!("person-{n}")).expect("an id")
}
