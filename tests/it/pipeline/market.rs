//! A small marketplace: person n owns account n, and everyone begins with the same balance.

use std::collections::BTreeMap;

use makegood::broker::Outgoing;
use makegood::event::{AccountId, ClientId, EntryId, JobId, PersonId, ProposalId};
use makegood::store::{ImportAccount, ImportBatch, ImportClient, ImportEntry, ImportJob, ImportPerson, ImportProposal};
use serde_json::{Value, json};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

/// In everybody's name: must not turn up in logs.
pub const NAME_CANARY: &str = "Canarini";

/// Balance of everyone before they spent anything, and after everything came back.
pub const FULL: i64 = 100;

/// When every event happens.
const AT: OffsetDateTime = datetime!(2025-06-10 12:00 UTC);

/// What is imported.
#[derive(Default)]
pub struct Market {
    pub facts: ImportBatch,
}

impl Market {
    /// People 0 to `people` - 1, each with an account.
    pub fn new(people: usize) -> Self {
        let mut facts = ImportBatch::default();
        for n in 0..people {
            facts.people.push(ImportPerson {
                person_id: PersonId::parse(format!("person-{n}")).expect("an id"),
                name: Some(format!("Ada {NAME_CANARY}")),
                email: Some(address(n)),
                locale: None,
                time_zone: None,
            });
            facts.accounts.push(ImportAccount {
                account_id: AccountId::parse(format!("acc-{n}")).expect("an id"),
                kind: "freelancer".into(),
                owner_id: PersonId::parse(format!("person-{n}")).expect("an id"),
                manager_id: None,
                tell_manager: true,
            });
            facts.entries.push(entry(format!("grant-{n}"), n, None, FULL));
        }
        Self { facts }
    }

    /// An open job with a proposal of each of `people`, which cost 6 Connects.
    pub fn job(mut self, job: &str, client: &str, people: impl IntoIterator<Item = usize>) -> Self {
        let client_id = ClientId::parse(client.to_owned()).expect("an id");
        if !self.facts.clients.iter().any(|known| known.client_id == client_id) {
            self.facts.clients.push(ImportClient { client_id: client_id.clone(), suspended: false });
        }
        let job_id = JobId::parse(job.to_owned()).expect("an id");
        self.facts.jobs.push(ImportJob {
            job_id: job_id.clone(),
            client_id,
            title: format!("Title of {job}"),
            state: "open".into(),
            state_since: AT - Duration::days(5),
            hired_at: None,
        });
        for n in people {
            let proposal_id = ProposalId::parse(format!("{job}-of-{n}")).expect("an id");
            self.facts.proposals.push(ImportProposal {
                proposal_id: proposal_id.clone(),
                job_id: job_id.clone(),
                account_id: AccountId::parse(format!("acc-{n}")).expect("an id"),
                person_id: PersonId::parse(format!("person-{n}")).expect("an id"),
                state: "submitted".into(),
                state_since: AT - Duration::days(1),
                declined_by: None,
                submitted_at: AT - Duration::days(1),
                invited: false,
            });
            self.facts.entries.push(entry(format!("{job}-fee-{n}"), n, Some(proposal_id), -6));
        }
        self
    }

    /// Jobs `job-0` to `job-{count-1}` of one client each, with a proposal of person n on job n.
    pub fn jobs(mut self, count: usize) -> Self {
        for n in 0..count {
            self = self.job(&format!("job-{n}"), &format!("client-{n}"), [n]);
        }
        self
    }
}

/// The address of a person.
pub fn address(n: usize) -> String {
    format!("p{n}@people.canary.example")
}

fn entry(id: String, account: usize, proposal_id: Option<ProposalId>, amount: i64) -> ImportEntry {
    let (kind, before) = if amount > 0 { ("grant", Duration::days(30)) } else { ("fee", Duration::days(1)) };
    ImportEntry {
        entry_id: EntryId::parse(id).expect("an id"),
        account_id: AccountId::parse(format!("acc-{account}")).expect("an id"),
        proposal_id,
        kind: kind.into(),
        amount,
        reverses: None,
        created_at: AT - before,
        expires_at: None,
    }
}

/// `job-canceled`, by the client.
pub fn canceled(id: &str, job: &str) -> Value {
    event(id, "job-canceled", json!({ "job_id": job, "cause": "client-canceled" }))
}

/// `post-removed`, for the terms of service.
pub fn removed(id: &str, job: &str) -> Value {
    event(id, "post-removed", json!({ "job_id": job, "cause": "terms-of-service" }))
}

/// `client-suspended`, for good.
pub fn suspended(id: &str, client: &str) -> Value {
    event(id, "client-suspended", json!({ "client_id": client, "cause": "terms-of-service", "final": true }))
}

fn event(id: &str, kind: &str, data: Value) -> Value {
    json!({
        "specversion": "1.0", "id": id, "source": "/marketplace", "type": kind, "time": "2025-06-10T12:00:00Z",
        "datacontenttype": "application/json", "data": data,
    })
}

/// As the marketplace publishes it.
pub fn message(event: &Value) -> Outgoing {
    let key = event["type"].as_str().expect("a type");
    bytes(key, serde_json::to_vec(event).expect("JSON"))
}

/// Any bytes that claim to be an event, under a routing key.
pub fn bytes(routing_key: &str, body: Vec<u8>) -> Outgoing {
    Outgoing {
        message_id: uuid::Uuid::new_v4().to_string(),
        exchange: "marketplace".into(),
        routing_key: routing_key.into(),
        content_type: "application/cloudevents+json".into(),
        headers: BTreeMap::new(),
        body,
    }
}

/// A `job-canceled` for each of the jobs of [`Market::jobs`].
pub fn all_canceled(count: usize) -> Vec<Outgoing> {
    (0..count).map(|n| message(&canceled(&format!("event-{n}"), &format!("job-{n}")))).collect()
}
