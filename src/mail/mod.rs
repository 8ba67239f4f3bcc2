//! Mail: from a notice to a letter, from a letter to a message, from a message to a server or a folder.
//!
//! [`Letters`] renders, [`compose()`] makes the bytes, a [`Transport`] hands them over and says by a [`Receipt`] what
//! became of them. Mail is at least once: a [`Receipt::CutOff`] is an unknown outcome, and a repeat carries the same
//! Message-ID. Nothing here reads the store, decides, retries, logs or reads the clock.

mod address;
mod bounce;
mod catalogue;
mod compose;
mod context;
mod details;
mod dkim;
mod folder;
mod formats;
#[cfg(any(fuzzing, feature = "failpoints"))]
#[doc(hidden)]
pub mod fuzzing;
mod gallery;
mod languages;
mod letter;
mod notice_header;
mod read;
mod senders;
mod sentence;
mod smtp;
mod spellings;
mod template;
mod text;
mod tongue;
mod transport;

pub use address::{AddressError, domain_of, normalise_address};
pub use bounce::{
    Action, BounceError, Complaint, Delivery, LetterId, Meaning, RETURNED_BYTES_MAX, Returned, Says, Status,
    read_returned,
};
pub use catalogue::Direction;
pub use compose::{Addressing, ComposeError, Mail, Notice, compose};
pub use context::{LINES_SHOWN_MAX, LetterContext};
pub use dkim::{DkimOptions, DkimSigner, KeyError};
pub use folder::FolderOptions;
pub use gallery::{FIRST_PAGE, Form, Gallery, GalleryError};
pub use letter::Letter;
pub use read::read_back;
pub use senders::{NoticeClass, Senders};
pub use smtp::{SmtpLogin, SmtpOptions, SmtpTimeouts, SmtpTls};
pub use spellings::{masked, spellings};
pub use template::{
    BELL_CHARS_MAX, Bell, Finding, LOCALE_KEY, Letters, LettersError, LettersOptions, RenderError, Rendered,
    SUBJECT_CHARS_MAX, TIME_ZONE_KEY, Words,
};
pub use transport::{Receipt, Transport, TransportOptions};
