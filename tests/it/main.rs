//! The one integration binary: the real program against a real RabbitMQ, PostgreSQL, SQLite and SMTP server.
//!
//! `make test` provides the services and names them in the environment (see `support/mod.rs`).
//!
//! A failed `expect` here is a finding, and `clippy.toml` exempts only functions under `#[test]`; hence the list below.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests panic as tests do: that is how a test fails"
)]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the harness shows seeds and logs of the programs it ran; cargo captures them"
)]
#![allow(unreachable_pub, reason = "`pub` in the harness means: for every test; nothing leaves this binary")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::needless_pass_by_value,
    reason = "tests count small things and read better with values"
)]
#![allow(
    clippy::bool_to_int_with_if,
    clippy::float_cmp,
    clippy::format_collect,
    clippy::items_after_statements,
    clippy::large_stack_arrays,
    clippy::unused_async,
    clippy::disallowed_methods,
    reason = "a test is read from top to bottom, spawns tasks of its own and compares what it wrote itself"
)]

mod admin;
mod broker;
mod chaos;
mod cli;
mod console;
mod event;
mod house;
mod mail;
mod pipeline;
mod policy;
mod scenarios;
mod store;
mod support;
