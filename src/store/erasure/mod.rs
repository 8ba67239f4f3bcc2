//! What is held about a person, and how it is taken out at their request; the ledger keeps its entries, by ids alone.

pub(in crate::store) mod redact;
pub(in crate::store) mod rows;

use async_trait::async_trait;
use serde::Serialize;
use serde_json::Value;
use time::OffsetDateTime;

use super::{Act, Address, StoreError};
use crate::event::PersonId;

/// Rows of each kind in one answer about a person: more than anybody reads, and some MB.
pub const HELD_ROWS_MAX: u32 = 10_000;

/// What is known of a person. `Debug` shows neither name nor address.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct PersonFacts {
    /// How they are greeted.
    pub name: Option<String>,
    /// Where they are told.
    pub email: Option<String>,
    /// BCP 47 language tag.
    pub locale: Option<String>,
    /// IANA name of the time zone.
    pub time_zone: Option<String>,
    /// There is a row of facts about them.
    pub known: bool,
    /// `people` is makegood's own table. Else it is the installation's view, which makegood does not write.
    pub own_table: bool,
    /// Accounts, proposals or notices name them.
    pub named: bool,
    /// When they were erased, if they were.
    #[serde(with = "time::serde::rfc3339::option")]
    pub erased_at: Option<OffsetDateTime>,
}

impl std::fmt::Debug for PersonFacts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PersonFacts")
            .field("known", &self.known)
            .field("erased_at", &self.erased_at)
            .finish_non_exhaustive()
    }
}

/// Rows of one kind that are about a person.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HeldRows {
    /// `accounts`, `proposals`, `entries`, `decisions`, `notices`, `events`, `suppressions` or `dead_letters`.
    pub kind: &'static str,
    /// The rows, each an object.
    pub rows: Vec<Value>,
    /// There are more than the limit let through.
    pub more: bool,
}

/// Everything that is held about a person.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PersonHeld {
    /// Whose.
    pub person: String,
    /// What is known of them.
    pub facts: PersonFacts,
    /// The rest, by kind.
    pub held: Vec<HeldRows>,
}

/// An order to erase.
#[derive(Debug, Clone)]
pub struct Erasure {
    /// Whom.
    pub person: PersonId,
    /// Their address in each way it may be written, beside the one in their facts.
    pub addresses: Vec<Address>,
    /// Everything is done and then undone: what it would be.
    pub rehearse: bool,
}

/// What an erasure took out, as numbers of rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Erased {
    /// Letters and announcements to them that are being sent this moment. Where there are any, nothing was changed.
    pub sending: u64,
    /// Their facts were emptied. `false`: there were none, or `people` is a view.
    pub facts: bool,
    /// Facts about them are in a view, which makegood does not write.
    pub view: bool,
    /// Notices to them without words now.
    pub notices: u64,
    /// Of those, the ones that had not left and never will.
    pub unsent: u64,
    /// Announcements of them that were given up.
    pub announcements: u64,
    /// Entries taken off the list of addresses that no mail goes to.
    pub suppressions: u64,
    /// Events whose payload lost what spoke of them.
    pub events: u64,
    /// Dead letters, likewise.
    pub letters: u64,
    /// Replays whose body of their own did.
    pub replays: u64,
    /// Rows of the operators' log that hold their address; these stay.
    pub log_rows: u64,
}

impl Erased {
    /// The counts for the operators' log.
    pub(in crate::store) fn details(&self, person: &PersonId) -> Value {
        serde_json::json!({ "person": person.as_str(), "erased": self })
    }

    /// Rows that changed.
    pub fn changed(&self) -> u64 {
        let facts = u64::from(self.facts);
        facts + self.notices + self.announcements + self.suppressions + self.events + self.letters + self.replays
    }
}

/// The rights of the people whom makegood tells (GDPR Art. 15 and 17). As in [`Store`](super::Store), every method is
/// one transaction.
#[async_trait]
pub trait ErasureStore {
    /// What is known of a person.
    async fn person(&self, person: &PersonId) -> Result<PersonFacts, StoreError>;

    /// Everything that is held about a person, at most `limit` rows of each kind ([`HELD_ROWS_MAX`]).
    async fn person_held(&self, person: &PersonId, limit: u32) -> Result<PersonHeld, StoreError>;

    /// Takes out what speaks of a person: facts, words of notices, texts in payloads. Entries, decisions and balances
    /// stay, by ids; a redelivered event still is a duplicate. Nothing is changed while a letter to them is being sent:
    /// what its sender writes down afterwards would bring the address back ([`Erased::sending`]).
    async fn erase(&self, order: &Erasure, act: &Act, now: OffsetDateTime) -> Result<Erased, StoreError>;

    /// Lets imports bring facts about an erased person again; `false`: they were not erased.
    async fn readmit(&self, person: &PersonId, act: &Act, now: OffsetDateTime) -> Result<bool, StoreError>;
}
