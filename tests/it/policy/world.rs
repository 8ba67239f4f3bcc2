//! A small marketplace in memory: what a test says in words becomes facts, and what was decided becomes words again.

use std::sync::LazyLock;

use makegood::event::{
    AccountId, Body, CancelCause, ClientId, EntryId, Event, EventKey, JobId, PersonId, ProposalId, RemovalCause,
    SuspensionCause,
};
use makegood::policy::{
    AccountFacts, AccountKind, ClientFacts, Decliner, Effects, EntryFacts, EntryKind, Facts, JobFacts, JobState,
    NewNotice, Policy, ProposalFacts, ProposalState, Ruling, Stage, judge,
};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

/// When the events of these tests happen.
pub const T: OffsetDateTime = datetime!(2026-03-01 12:00 UTC);
/// When they are decided.
pub const NOW: OffsetDateTime = datetime!(2026-03-01 12:01 UTC);
/// The table that comes with makegood, as text.
pub const TABLE: &str = include_str!("../../../config/policy.toml");

/// That table, read and checked once.
pub fn built_in() -> Policy {
    static BUILT_IN: LazyLock<Policy> = LazyLock::new(Policy::built_in);
    BUILT_IN.clone()
}

/// So many days before the event.
pub fn before(days: i64) -> OffsetDateTime {
    T - Duration::days(days)
}

/// So many days after the event.
pub fn after(days: i64) -> OffsetDateTime {
    T + Duration::days(days)
}

pub fn account_id(id: &str) -> AccountId {
    AccountId::parse(id).unwrap()
}

pub fn person_id(id: &str) -> PersonId {
    PersonId::parse(id).unwrap()
}

pub fn proposal_id(id: &str) -> ProposalId {
    ProposalId::parse(id).unwrap()
}

pub fn entry_id(id: &str) -> EntryId {
    EntryId::parse(id).unwrap()
}

pub fn canceled(job: &str, cause: CancelCause) -> Body {
    Body::JobCanceled { job: JobId::parse(job).unwrap(), cause, note: None }
}

pub fn removed(job: &str, cause: RemovalCause) -> Body {
    Body::PostRemoved { job: JobId::parse(job).unwrap(), cause, rule: Some("contact-details".into()), statement: None }
}

pub fn suspended(cause: SuspensionCause, is_final: bool) -> Body {
    Body::ClientSuspended { client: ClientId::parse("client").unwrap(), cause, is_final, statement: None }
}

pub fn event(id: &str, time: OffsetDateTime, body: Body) -> Event {
    let key = EventKey { source: "//marketplace".into(), id: id.into() };
    Event { key, time, body, canonical: String::new(), hash: [0; 32], traceparent: None }
}

/// Facts, a policy, a clock.
pub struct World {
    pub facts: Facts,
    pub policy: Policy,
    pub now: OffsetDateTime,
    events: u32,
}

impl World {
    /// One client, not suspended, with one open job `job` and one open proposal `p` on it that has cost nothing yet.
    pub fn new() -> Self {
        let mut world = World { facts: Facts::default(), policy: built_in(), now: NOW, events: 0 };
        let id = ClientId::parse("client").unwrap();
        world.facts.clients.insert(id.clone(), ClientFacts { id, suspended: false });
        world.job("job").proposal("job", "p");
        world
    }

    /// The built-in table with one setting changed.
    pub fn with(mut self, setting: &str, value: &str) -> Self {
        self.policy = Policy::parse(&changed(setting, value)).unwrap();
        self
    }

    /// An open job of the client.
    pub fn job(&mut self, id: &str) -> &mut Self {
        let job = JobFacts {
            id: JobId::parse(id).unwrap(),
            client: ClientId::parse("client").unwrap(),
            title: format!("Title of {id}"),
            state: JobState::Open,
            state_since: before(10),
            hired_at: None,
        };
        self.facts.jobs.insert(job.id.clone(), job);
        self
    }

    pub fn job_mut(&mut self, id: &str) -> &mut JobFacts {
        self.facts.jobs.get_mut(&JobId::parse(id).unwrap()).unwrap()
    }

    /// A contract was made on the job.
    pub fn hire(&mut self, job: &str, at: OffsetDateTime) -> &mut Self {
        self.job_mut(job).hired_at = Some(at);
        self
    }

    /// A viewed proposal by person `<id>-person`, paid by account `<id>-account`.
    pub fn proposal(&mut self, job: &str, id: &str) -> &mut Self {
        let person = person_id(&format!("{id}-person"));
        let account = AccountFacts {
            id: account_id(&format!("{id}-account")),
            kind: AccountKind::Freelancer,
            owner: person.clone(),
            manager: None,
            tell_manager: true,
            balance: 100,
        };
        let proposal = ProposalFacts {
            id: proposal_id(id),
            job: JobId::parse(job).unwrap(),
            account: account.id.clone(),
            person,
            state: ProposalState::Viewed,
            state_since: before(4),
            declined_by: None,
            submitted_at: before(5),
            invited: false,
        };
        self.facts.accounts.insert(account.id.clone(), account);
        self.facts.proposals.entry(proposal.job.clone()).or_default().insert(proposal.id.clone(), proposal);
        self
    }

    pub fn proposal_mut(&mut self, id: &str) -> &mut ProposalFacts {
        let id = proposal_id(id);
        self.facts.proposals.values_mut().find_map(|proposals| proposals.get_mut(&id)).unwrap()
    }

    pub fn account_mut(&mut self, id: &str) -> &mut AccountFacts {
        self.facts.accounts.get_mut(&account_id(id)).unwrap()
    }

    pub fn balance(&self, id: &str) -> i64 {
        self.facts.accounts[&account_id(id)].balance
    }

    /// The state of a proposal, and since when.
    pub fn state(&mut self, id: &str, state: ProposalState, since: OffsetDateTime) -> &mut Self {
        let proposal = self.proposal_mut(id);
        (proposal.state, proposal.state_since) = (state, since);
        self
    }

    pub fn declined(&mut self, id: &str, by: Decliner, at: OffsetDateTime) -> &mut Self {
        self.proposal_mut(id).declined_by = Some(by);
        self.state(id, ProposalState::Declined, at)
    }

    /// An entry `<proposal>-<n>`, n from 1, a day apart.
    pub fn entry(&mut self, proposal: &str, kind: EntryKind, amount: i64, reverses: Option<&str>) -> &mut Self {
        let account = self.proposal_mut(proposal).account.clone();
        let entries = self.facts.entries.entry(proposal_id(proposal)).or_default();
        let n = entries.len() + 1;
        entries.push(EntryFacts {
            id: entry_id(&format!("{proposal}-{n}")),
            account,
            kind,
            amount,
            reverses: reverses.map(entry_id),
            at: before(30) + Duration::days(n as i64),
            expires_at: None,
        });
        self
    }

    pub fn fee(&mut self, proposal: &str, connects: i64) -> &mut Self {
        self.entry(proposal, EntryKind::Fee, -connects, None)
    }

    pub fn boost(&mut self, proposal: &str, connects: i64) -> &mut Self {
        self.entry(proposal, EntryKind::Boost, -connects, None)
    }

    /// A refund that names no charge.
    pub fn refund(&mut self, proposal: &str, connects: i64) -> &mut Self {
        self.entry(proposal, EntryKind::Refund, connects, None)
    }

    /// The client is suspended by now.
    pub fn client_suspended(&mut self, suspended: bool) -> &mut Self {
        self.facts.clients.values_mut().for_each(|client| client.suspended = suspended);
        self
    }

    pub fn rule(&mut self, event: &Event, stage: Stage) -> Ruling {
        judge(&self.policy, event, stage, &mut self.facts, self.now)
    }

    /// Decides an event that happened at `T`.
    pub fn decide(&mut self, body: Body) -> Done {
        self.decide_at(T, body)
    }

    pub fn decide_at(&mut self, time: OffsetDateTime, body: Body) -> Done {
        self.events += 1;
        let event = event(&format!("event-{}", self.events), time, body);
        self.decide_event(&event, Stage::First)
    }

    pub fn decide_event(&mut self, event: &Event, stage: Stage) -> Done {
        match self.rule(event, stage) {
            Ruling::Apply(effects) => Done(effects),
            other => panic!("{other:?}"),
        }
    }
}

/// The built-in table with one setting changed.
pub fn changed(setting: &str, value: &str) -> String {
    let is = |line: &&str| line.starts_with(&format!("{setting} = "));
    let line = TABLE.lines().find(is).unwrap_or_else(|| panic!("no setting {setting}"));
    TABLE.replacen(line, &format!("{setting} = {value}"), 1)
}

/// What an event did.
pub struct Done(pub Effects);

impl Done {
    /// What was decided about a proposal, in words: `row-01: credited 10, client_canceled, told`.
    pub fn says(&self, proposal: &str) -> String {
        let of = |d: &&makegood::policy::Decision| d.proposal.as_str() == proposal;
        let Some(d) = self.0.decisions.iter().find(of) else { return "nothing".into() };
        let returns: i64 = self.0.entries.iter().filter(|e| e.proposal == d.proposal).map(|e| e.amount).sum();
        assert_eq!(d.amount, returns, "{d:?}");
        let lines = self.0.notices.iter().flat_map(|n| &n.lines).filter(|l| l.proposal == d.proposal).count();
        assert_eq!(d.tell, lines > 0, "{d:?}");
        let what = match d.ground {
            None => format!("{} {}", d.verdict.as_str(), d.amount),
            Some(ground) => format!("{} ({})", d.verdict.as_str(), ground.as_str()),
        };
        let told = if d.tell { "told" } else { "untold" };
        format!("{}: {what}, {}, {told}", d.rule, d.reason.as_str())
    }

    /// Returns in words: `return-p-1 10 to p-account`.
    pub fn returns(&self) -> Vec<String> {
        self.0.entries.iter().map(|e| format!("{} {} to {}", e.id, e.amount, e.account)).collect()
    }

    pub fn notice(&self, person: &str) -> Option<&NewNotice> {
        self.0.notices.iter().find(|notice| notice.person.as_str() == person)
    }
}
