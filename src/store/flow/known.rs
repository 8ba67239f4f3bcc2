//! What the inbox knows about the events of a batch: new, the same again, or the same id with other words.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::facts::scope;
use super::write::{Writes, inbox_row};
use super::{Call, Tx};
use time::{Duration, OffsetDateTime};

use crate::event::{EventKey, Message, Subject};
use crate::store::at::At;
use crate::store::rows::{AgainRow, NewEventRow};
use crate::store::{Arrival, DeadClass, DeadLetter, Outcome, StoreError};

/// Code of an event whose id came before with other content.
const CONFLICT: &str = "event_conflict";

/// What the inbox knows about the keys of a batch.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Arrivals that are answered for, from the first on.
    pub(super) count: usize,
    /// Place in the batch of the arrivals that went in, their numbers, and whether they can be decided at once.
    new: HashMap<usize, (i64, bool)>,
    /// By key: the hash that counts.
    hashes: HashMap<EventKey, Vec<u8>>,
}

/// How one arrival stands.
pub(super) enum Standing {
    /// It went into the inbox under this number; whether it can be decided at once.
    New(i64, bool),
    /// It is nothing new, and this became of it.
    Seen(Outcome),
}

impl Known {
    /// Inserts what is new, the first of each key, as far as one transaction may decide it, and reads back the rest.
    pub(super) async fn take_in<T: Tx>(
        tx: &mut T, arrivals: &[Arrival], call: Call<'_>, writes: &mut Writes,
    ) -> Result<Known, StoreError> {
        let mut keys: HashSet<(&str, &str)> = HashSet::new();
        let (mut places, mut rows, mut scopes) = (Vec::new(), Vec::new(), Vec::new());
        for (place, Arrival { event, .. }) in arrivals.iter().enumerate() {
            if keys.insert((&event.key.source, &event.key.id)) {
                places.push(place);
            }
        }
        let mut known = Known { count: arrivals.len(), ..Known::default() };
        for arrival in places.iter().filter_map(|place| arrivals.get(*place)) {
            let policy_version = call.judge.version(&arrival.event);
            rows.push(NewEventRow { policy_version, ..new_event_row(arrival) });
            scopes.push(scope(&arrival.event));
        }
        if rows.is_empty() {
            return Ok(known);
        }
        let taken = tx.take_in(&rows, &scopes, call.limits(), call.now).await?;
        known.count = places.get(taken.len()).copied().unwrap_or(arrivals.len());
        let mut seen = Vec::new();
        for ((place, row), taken) in places.into_iter().zip(rows).zip(taken) {
            let Some((arrival, no)) = arrivals.get(place).zip(taken.no) else {
                seen.push((row.source, row.event_id));
                continue;
            };
            known.new.insert(place, (no, taken.fits));
            writes.inbox.push(inbox_row(no, row.policy_version, call.now));
            known.hashes.insert(arrival.event.key.clone(), arrival.event.hash.to_vec());
        }
        if !seen.is_empty() {
            let keys: Vec<_> = seen.iter().map(|(source, id)| (source.as_str(), id.as_str())).collect();
            for (source, id, hash) in tx.events_stored(&keys).await? {
                known.hashes.insert(EventKey { source, id }, hash);
            }
        }
        known.count_again(tx, arrivals.get(..known.count).unwrap_or_default(), call).await?;
        Ok(known)
    }

    /// Writes down which events came once more. Before any account is locked, as every transaction locks events first.
    async fn count_again<T: Tx>(&self, tx: &mut T, arrivals: &[Arrival], call: Call<'_>) -> Result<(), StoreError> {
        let mut again: BTreeMap<&EventKey, i64> = BTreeMap::new();
        for (place, arrival) in arrivals.iter().enumerate() {
            let event = &arrival.event;
            let same = self.hashes.get(&event.key).is_some_and(|hash| *hash == event.hash);
            if same && !self.new.contains_key(&place) {
                *again.entry(&event.key).or_default() += 1;
            }
        }
        if again.is_empty() {
            return Ok(());
        }
        let row =
            |(key, times): (&EventKey, i64)| AgainRow { source: key.source.clone(), event_id: key.id.clone(), times };
        tx.events_again(&again.into_iter().map(row).collect::<Vec<_>>(), call.now).await
    }

    /// How the arrival at this place of the batch stands; a conflict becomes a dead letter.
    pub(super) fn standing(&self, place: usize, arrival: &Arrival, writes: &mut Writes) -> Standing {
        if let Some((no, fits)) = self.new.get(&place) {
            return Standing::New(*no, *fits);
        }
        let key = &arrival.event.key;
        let counts = self.hashes.get(key).map(Vec::as_slice).unwrap_or_default();
        if counts == arrival.event.hash {
            return Standing::Seen(Outcome::Duplicate { key: key.clone() });
        }
        writes.letters.push(conflict(arrival, counts));
        Standing::Seen(Outcome::Dead { key: key.clone(), code: CONFLICT.to_owned() })
    }
}

/// The letter of an event whose id came before with the other hash.
pub(super) fn conflict(arrival: &Arrival, counts: &[u8]) -> DeadLetter {
    let (key, counts, this) = (&arrival.event.key, hex::encode(counts), hex::encode(arrival.event.hash));
    let text = format!(
        "event {key} was taken in with payload hash {counts}, and this message has {this}: what it says was not applied; \
         if it is meant, publish it under an id of its own"
    );
    DeadLetter::of_event(arrival, DeadClass::Conflict, CONFLICT, text)
}

pub(super) fn new_event_row(arrival: &Arrival) -> NewEventRow {
    let event = &arrival.event;
    let mut row = NewEventRow {
        source: event.key.source.clone(),
        event_id: event.key.id.clone(),
        event_type: event.body.event_type().as_str(),
        occurred_at: At(event.time),
        payload: event.canonical.clone(),
        payload_hash: hex::encode(event.hash),
        traceparent: event.traceparent.clone(),
        published_at: published_at(&arrival.message).map(At),
        job_id: None,
        client_id: None,
        proposal_id: None,
        person_id: None,
        policy_version: None,
    };
    match event.body.subject() {
        Subject::Job(job) => row.job_id = Some(job.as_str().to_owned()),
        Subject::Client(client) => row.client_id = Some(client.as_str().to_owned()),
        Subject::Proposal(proposal) => row.proposal_id = Some(proposal.as_str().to_owned()),
        Subject::Person { person, job } => {
            row.person_id = Some(person.as_str().to_owned());
            row.job_id = job.map(|job| job.as_str().to_owned());
        }
    }
    row
}

/// When the message was published, as it says itself: the AMQP timestamp, in seconds. Nonsense counts as nothing said.
fn published_at(message: &Message) -> Option<OffsetDateTime> {
    /// A publisher that counts milliseconds would be thousands of years ahead.
    const SECONDS: std::ops::Range<i64> = 946_684_800..7_258_118_400;
    let seconds: i64 = message.headers.get("amqp:timestamp")?.parse().ok()?;
    SECONDS.contains(&seconds).then(|| OffsetDateTime::UNIX_EPOCH + Duration::seconds(seconds))
}
