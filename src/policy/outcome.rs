//! What a decision is: data that the store writes and the mail tells. Nobody below adds or drops anything.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::facts::Seen;
use super::notice::NewNotice;
use crate::event::{AccountId, EntryId, JobId, PersonId, ProposalId};

/// What became of one proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Connects came back.
    Credited,
    /// Nothing came back; [`Ground`] says why.
    None,
    /// Nothing yet: a suspension that may be lifted.
    Held,
}

/// Why it happened, as the person is told; the code is a contract (mail, ledger, metrics, `explain`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The client canceled the job.
    ClientCanceled,
    /// The job was filled, here or by another hire.
    FilledByOther,
    /// The client had declined this proposal.
    ClientDeclined,
    /// The post ran out of time.
    Expired,
    /// The marketplace removed the post under its rules.
    PostRemovedPolicy,
    /// The marketplace removed the post as fraud.
    PostRemovedFraud,
    /// The marketplace suspended the client.
    ClientSuspended,
    /// The freelancer's own account was suspended; the client declined nothing.
    FreelancerSuspended,
    /// An invitation to apply was withdrawn.
    InvitationWithdrawn,
    /// The marketplace did not take the freelancer's profile in.
    ApplicationDeclined,
    /// The marketplace has the freelancer's application.
    ApplicationReceived,
}

/// Why nothing came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// The proposal cost nothing.
    NothingSpent,
    /// All of it had come back before.
    AlreadyReturned,
    /// Withdrawn by the freelancer before it happened.
    Withdrawn,
    /// A contract was made on this proposal.
    Hired,
    /// Another freelancer was hired on this job.
    FilledByOther,
    /// Declined by the client before it happened.
    DeclinedByClient,
    /// The post ran out of time, which returns nothing.
    Expired,
    /// The suspension may be lifted; decided again when its time is over.
    SuspensionNotFinal,
    /// The suspension was lifted while the decision was held.
    Reinstated,
    /// The freelancer's own account was suspended.
    AccountSuspended,
}

macro_rules! code {
    ($($name:ident { $($variant:ident = $text:literal),+ $(,)? })+) => { $(
        impl $name {
            /// Every value.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];
            /// The stable code, as in the database, in metrics and in the catalogue.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text),+ }
            }
            /// The value of this code.
            pub fn parse(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|v| v.as_str() == code)
            }
        }
    )+ };
}
code! {
    Verdict { Credited = "credited", None = "none", Held = "held" }
    Reason {
        ClientCanceled = "client_canceled", FilledByOther = "filled_by_other", ClientDeclined = "client_declined",
        Expired = "expired", PostRemovedPolicy = "post_removed_policy", PostRemovedFraud = "post_removed_fraud",
        ClientSuspended = "client_suspended", FreelancerSuspended = "freelancer_suspended",
        InvitationWithdrawn = "invitation_withdrawn", ApplicationDeclined = "application_declined",
        ApplicationReceived = "application_received",
    }
    Ground {
        NothingSpent = "nothing_spent", AlreadyReturned = "already_returned", Withdrawn = "withdrawn", Hired = "hired",
        FilledByOther = "filled_by_other", DeclinedByClient = "declined_by_client", Expired = "expired",
        SuspensionNotFinal = "suspension_not_final", Reinstated = "reinstated",
        AccountSuspended = "account_suspended",
    }
}

/// The decision about one proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// About which proposal.
    pub proposal: ProposalId,
    /// On which job.
    pub job: JobId,
    /// Which balance had paid.
    pub account: AccountId,
    /// Who had submitted it.
    pub person: PersonId,
    /// Name of the rule that decided (`config/policy.toml`).
    pub rule: String,
    /// Version of the policy the rule stands in.
    pub policy: String,
    /// What became of it.
    pub verdict: Verdict,
    /// Why it happened.
    pub reason: Reason,
    /// Why nothing came back; `None` exactly where `verdict` is credited.
    pub ground: Option<Ground>,
    /// Connects that came back: the sum of this decision's entries.
    pub amount: i64,
    /// Somebody is told.
    pub tell: bool,
    /// The facts it was made on.
    pub seen: Seen,
}

/// One return, ready for the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    /// Its id, derived from the charge.
    pub id: EntryId,
    /// Whose balance it raises.
    pub account: AccountId,
    /// For which proposal.
    pub proposal: ProposalId,
    /// Connects, positive.
    pub amount: i64,
    /// The charge it gives back.
    pub reverses: EntryId,
    /// Why.
    pub reason: Reason,
    /// When it was decided.
    pub at: OffsetDateTime,
    /// When the returned Connects expire.
    pub expires_at: OffsetDateTime,
    /// The balance with it.
    pub balance_after: i64,
}

/// What one event does, or one chunk of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effects {
    /// One a proposal.
    pub decisions: Vec<Decision>,
    /// The returns.
    pub entries: Vec<NewEntry>,
    /// One a person.
    pub notices: Vec<NewNotice>,
    /// Why the notices are kept back instead of being sent: `stale`. `None`: they are sent.
    pub withhold: Option<&'static str>,
    /// Some decision is held: the event is decided again at this moment.
    pub held_until: Option<OffsetDateTime>,
    /// Version of the policy that decided.
    pub policy: String,
}

/// What came back for one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Returned {
    /// Why.
    pub reason: Reason,
    /// Proposals credited.
    pub credits: u64,
    /// Connects returned.
    pub connects: i64,
}

impl Effects {
    /// What comes back, by reason, in the order of the reasons.
    pub fn returned(&self) -> Vec<Returned> {
        let mut sums: BTreeMap<Reason, (u64, i64)> = BTreeMap::new();
        for decision in self.decisions.iter().filter(|decision| decision.verdict == Verdict::Credited) {
            sums.entry(decision.reason).or_default().0 += 1;
        }
        for entry in &self.entries {
            let sum = &mut sums.entry(entry.reason).or_default().1;
            *sum = sum.saturating_add(entry.amount);
        }
        sums.into_iter().map(|(reason, (credits, connects))| Returned { reason, credits, connects }).collect()
    }
}

/// The answer to one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ruling {
    /// Do this.
    Apply(Effects),
    /// What it speaks of is not known (yet): wait.
    Wait(Missing),
    /// It can never be applied: a dead letter with this code and message.
    Refuse {
        /// Stable code.
        code: &'static str,
        /// For a person: what, where, what to do. No e-mail address.
        message: String,
    },
}

/// What an event waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Missing {
    /// The job.
    Job,
    /// The client.
    Client,
    /// The account that paid for one of the proposals.
    Account,
    /// The proposal.
    Proposal,
    /// The person.
    Person,
}

impl Missing {
    /// Stable code, also of the dead letter it may become.
    pub fn code(self) -> &'static str {
        match self {
            Missing::Job => "job_unknown",
            Missing::Client => "client_unknown",
            Missing::Account => "account_unknown",
            Missing::Proposal => "proposal_unknown",
            Missing::Person => "person_unknown",
        }
    }
}
