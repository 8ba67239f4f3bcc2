//! Tests of the house itself: its floors, its configuration, the services it stands on.

mod commands;
mod config;
mod counts;
mod deploy;
mod docs;
// The doors of the targets are built in with the failpoints.
#[cfg(feature = "failpoints")]
mod fuzz;
mod reasons;
mod integration;
mod metrics;
mod services;
mod steps;
mod tidy;
