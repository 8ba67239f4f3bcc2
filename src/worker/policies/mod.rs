//! Policies looked at, compared and tried, for commands and console: nothing in here decides about anybody's Connects.

mod cases;
mod changes;
mod shown;
mod tally;
mod trial;

pub use cases::{BUILT_IN_CASES, CASES_MAX, CaseError, Cases, Tried};
pub use changes::{Change, VersionChanges, changes};
pub use shown::{RuleShown, VersionShown};
pub use tally::{AccountDifference, OldNew, RuleDifference, Trial, TrialSums};
pub use trial::{TrialError, TrialOrder, trial};
