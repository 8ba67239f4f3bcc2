//! The operators' desk: what the commands and the console do alike about dead letters, replays and notices.
//!
//! Here are the acts, the forecasts and the forms for machines; how a person reads them is each face's own.

mod dossier;
mod forecast;
mod letters;
mod next;
mod notices;
mod replays;
mod selection;
mod tally;

pub use dossier::{Desk, dossier_json, line_words, message_id, shown_address};
pub use forecast::Forecast;
pub use letters::{group_json, hex_lines, letter_json, payload_json, summary_json};
pub use next::{Next, class_advice, letter_next, notice_next, replay_next};
pub use notices::{
    NOTICES_CHANGED_MAX, NoticesOrder, change_notices, notice_group_json, notice_json, notice_left_because,
    notices_busy,
};
pub use replays::{entry_json, replay_json};
pub use selection::{Frozen, freeze, look_up, told};
pub use tally::{Tally, outcome_json, skipped_because};

use crate::store::{REPLAY_ITEMS_MAX, StoreError};

/// Why an act was not done.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// One was named that is not there.
    #[error("there is no dead letter {0}; `makegood dlq list --state any` shows those there are")]
    NoLetter(i64),
    /// Conditions that mean too much.
    #[error("more than {REPLAY_ITEMS_MAX} letters match: narrow the conditions")]
    TooMany,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}
