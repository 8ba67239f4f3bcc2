//! Instruments: logs, metrics, traces and the list of facts worth telling.
//!
//! One observable fact is one function of [`facts`] that logs and counts. No function takes a name or an e-mail
//! address.

pub mod facts;
pub mod logs;
pub mod metrics;
pub mod samples;
pub mod traces;
