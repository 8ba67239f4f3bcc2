//! Assembly: builds the parts from the configuration and runs them as a daemon.

mod console;
mod daemon;
mod gauges;
mod mail;
mod options;
mod parts;
mod reload;
mod systemd;

pub use daemon::{Ended, run};
pub use mail::senders;
pub use options::{audit, broker_options, examiner, letters_options, log_format, returns, topology};
pub use parts::{Access, Parts, check, letters, open_store, policy};
pub use reload::examine;
