//! Judgement: given an event and the facts, who gets what back, and what each person is told.
//!
//! Pure: no async, no clock, no I/O, no log. The table of `config/policy.toml` says which rule decides; [`judge()`]
//! walks the proposals of one event over it.

mod decide;
mod facts;
mod judge;
mod outcome;
mod table;

pub use decide::{Case, Choice, ContractState, ProposalStanding, decide};
pub use facts::{
    AccountFacts, AccountKind, ClientFacts, Decliner, EntryFacts, EntryKind, Facts, JobFacts, JobState, PriorDecision,
    ProposalFacts, ProposalState,
};
pub use judge::{Stage, judge};
pub use outcome::{
    Decision, Effects, Ground, Missing, NewEntry, NewNotice, NoticeLine, Occasion, Reason, Role, Ruling, Verdict,
};
pub use table::{Policy, PolicyError, PolicyVersion, Rule};
