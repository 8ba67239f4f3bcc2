//! RabbitMQ: consuming in batches, publishing with confirms, the topology as one value.
//!
//! A [`Session`] is one life of a consuming connection. Whatever ends it (the connection, the channel, a cancel by the
//! server, a deleted queue, silence) comes out of [`Session::next_batch`] as a transient [`BrokerError`]; the caller
//! pauses by its [`Schedule`] and calls [`attach`] again. Nothing here retries, and lapin's own recovery is off: it
//! hides the break from a batcher, and once its budget is spent it waits for ever without a word.
//!
//! A [`Drain`] empties a queue once and ends.
//!
//! A [`Publisher`] has a connection of its own: under a memory or disk alarm the broker stops reading from a connection
//! that has published, and acknowledgements on it would wait with the publishes.
//!
//! Two kinds of message that AMQP allows would kill lapin's connection, or the whole process, at every redelivery: a
//! sieve between socket and lapin makes them harmless, and they arrive as what they are: messages nobody can decode.
//!
//! lapin logs a returned message whole, body and all, at WARN: the program's log filter holds `lapin=error`.

mod connection;
mod convert;
mod death;
mod drain;
mod error;
mod frames;
#[cfg(any(fuzzing, feature = "failpoints"))]
#[doc(hidden)]
pub mod fuzzing;
mod greeting;
mod management;
mod options;
mod publisher;
mod reconnect;
mod session;
mod sieve;
mod topology;
mod watchdog;

pub use convert::{HEADERS_DROPPED, HEADERS_MAX, NESTED_BYTES_MAX};
pub use death::{Death, DeathReason};
pub use drain::Drain;
pub use error::{BrokerError, Cause, PublishError};
pub use greeting::Server;
pub use management::{ManagementError, ManagementOptions};
pub use options::{BrokerOptions, Place};
pub use publisher::{Outgoing, Publisher, WINDOW};
pub use reconnect::Schedule;
pub use session::{Delivery, Session, attach};
pub use topology::{
    Announcements, Checkup, Declared, Diagnosis, ExamineError, Examiner, Finding, Severity, State, Topology,
    TopologyItem, TopologyReport,
};
pub use watchdog::QueueStatus;
