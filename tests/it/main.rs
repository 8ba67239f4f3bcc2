//! The one integration binary: the real program against a real RabbitMQ, PostgreSQL, SQLite and SMTP server.
//!
//! `make test` provides the services and names them in the environment (see `support/mod.rs`).

mod broker;
mod chaos;
mod cli;
mod event;
mod house;
mod mail;
mod pipeline;
mod policy;
mod store;
mod support;
