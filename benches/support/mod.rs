//! What the benches share: a mail server that only counts, the daemon's process as the kernel sees it, events, output.

pub mod checks;
pub mod contender;
pub mod events;
pub mod field;
pub mod growth;
pub mod limits;
pub mod process;
pub mod replicas;
pub mod report;
pub mod run;
pub mod sink;
