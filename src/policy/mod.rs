//! Judgement: given an event and the facts, who gets what back, and what each person is told.
//!
//! Pure: no async, no clock, no I/O, no log. The table of `config/policy.toml` says which rule decides; [`judge()`]
//! walks the proposals of one event over it.

mod facts;
mod outcome;
mod notice;
mod case;
mod table;
mod decide;
mod bill;
mod judge;
mod person;
mod docket;

pub use case::{Case, Charges, Contract, Credit, Standing, Suspension, Trigger};
pub use decide::{Choice, decide};
pub use facts::{
    AccountFacts, AccountKind, ClientFacts, Decliner, EntryFacts, EntryKind, Facts, JobFacts, JobState, PriorDecision,
    ProposalFacts, ProposalState, Seen,
};
pub use judge::{Stage, judge, version_of};
pub use notice::{Details, NewNotice, NoticeLine, Occasion, Role};
pub use outcome::{Decision, Effects, Ground, Missing, NewEntry, Reason, Returned, Ruling, Verdict};
pub use table::{Answer, Finding, Policy, PolicyError, PolicyVersion, Rule, Settings, StaleNotice};
