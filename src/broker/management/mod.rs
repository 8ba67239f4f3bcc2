//! RabbitMQ's management API, read only: what AMQP cannot ask for (arguments, policies, bindings, permissions, nodes).
//!
//! The team's own crate (`rabbitmq_http_client` 0.93) was looked at and left: its `rustls` feature is aws-lc, it brings
//! reqwest, rayon and chrono, and its answers are strict about fields that brokers of one version have and of another
//! have not. Here an answer is read with defaults, so that 3.10 and 4.x are the same to us.

mod answers;
mod client;
mod error;
mod options;

pub(super) use answers::{Binding, Exchange, Node, Permissions, Policy, Queue, WhoAmI};
pub(super) use client::{Answer, Management};
pub use error::ManagementError;
pub use options::ManagementOptions;
