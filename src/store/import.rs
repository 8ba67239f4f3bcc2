//! Facts and entries on their way in from `makegood import`.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::event::{AccountId, ClientId, EntryId, JobId, PersonId, ProposalId};

/// One transaction's worth of rows; each list may be empty.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "the names say it")]
pub struct ImportBatch {
    pub clients: Vec<ImportClient>,
    pub people: Vec<ImportPerson>,
    pub accounts: Vec<ImportAccount>,
    pub jobs: Vec<ImportJob>,
    pub proposals: Vec<ImportProposal>,
    pub entries: Vec<ImportEntry>,
}

/// Rows an import wrote: new or changed. Rows that were there with the same content count as `unchanged`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct ImportCounts {
    pub clients: u64,
    pub people: u64,
    pub accounts: u64,
    pub jobs: u64,
    pub proposals: u64,
    pub entries: u64,
    pub unchanged: u64,
}

/// A client.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportClient {
    /// `clients.client_id`
    pub client_id: ClientId,
    /// Suspended at present.
    #[serde(default)]
    pub suspended: bool,
}

/// A person. `Debug` shows the id alone.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportPerson {
    /// `people.person_id`
    pub person_id: PersonId,
    /// How they are greeted.
    #[serde(default)]
    pub name: Option<String>,
    /// Where they are told.
    #[serde(default)]
    pub email: Option<String>,
    /// BCP 47 language tag.
    #[serde(default)]
    pub locale: Option<String>,
    /// IANA name of the time zone, such as `Europe/Berlin`.
    #[serde(default)]
    pub time_zone: Option<String>,
}

impl std::fmt::Debug for ImportPerson {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ImportPerson").field("person_id", &self.person_id).finish_non_exhaustive()
    }
}

/// An account. Its balance is never imported: it is the sum of its entries.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportAccount {
    /// `accounts.account_id`
    pub account_id: AccountId,
    /// `freelancer` or `agency`.
    pub kind: String,
    /// The owner.
    pub owner_id: PersonId,
    /// The agency's business manager.
    #[serde(default)]
    pub manager_id: Option<PersonId>,
    /// The manager wants to be told; `true` if absent.
    #[serde(default = "yes")]
    pub tell_manager: bool,
}

fn yes() -> bool {
    true
}

/// A job.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportJob {
    /// `jobs.job_id`
    pub job_id: JobId,
    /// Who posted it.
    pub client_id: ClientId,
    /// Its title.
    pub title: String,
    /// `open`, `filled`, `canceled`, `removed` or `expired`.
    pub state: String,
    /// Since when (RFC 3339).
    #[serde(with = "time::serde::rfc3339")]
    pub state_since: OffsetDateTime,
    /// When the first contract was made.
    #[serde(default, with = "time::serde::rfc3339::option")]
    pub hired_at: Option<OffsetDateTime>,
}

/// A proposal.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportProposal {
    /// `proposals.proposal_id`
    pub proposal_id: ProposalId,
    /// On which job.
    pub job_id: JobId,
    /// Whose balance paid.
    pub account_id: AccountId,
    /// Who submitted it.
    pub person_id: PersonId,
    /// `submitted`, `viewed`, `shortlisted`, `messaged`, `archived`, `offered`, `hired`, `declined` or `withdrawn`.
    pub state: String,
    /// Since when.
    #[serde(with = "time::serde::rfc3339")]
    pub state_since: OffsetDateTime,
    /// `client` or `system`, where declined.
    #[serde(default)]
    pub declined_by: Option<String>,
    /// When it was submitted.
    #[serde(with = "time::serde::rfc3339")]
    pub submitted_at: OffsetDateTime,
    /// Answer to an invitation.
    #[serde(default)]
    pub invited: bool,
}

/// A ledger entry of the marketplace: a grant, a charge, a refund, an expiry. Never a return: those are makegood's.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportEntry {
    /// `connects_entries.entry_id`
    pub entry_id: EntryId,
    /// Whose balance moves.
    pub account_id: AccountId,
    /// For which proposal.
    #[serde(default)]
    pub proposal_id: Option<ProposalId>,
    /// `grant`, `fee`, `boost`, `refund` or `expiry`.
    pub kind: String,
    /// Connects: positive for `grant` and `refund`, negative for the others, never 0.
    pub amount: i64,
    /// For a refund of a whole charge: which.
    #[serde(default)]
    pub reverses: Option<EntryId>,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When the Connects granted, or spent by this charge, expire.
    #[serde(default, with = "time::serde::rfc3339::option")]
    pub expires_at: Option<OffsetDateTime>,
}
