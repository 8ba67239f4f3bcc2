//! Tests of the house itself: its floors, its configuration, the services it stands on.

mod config;
mod docs;
mod services;
mod tidy;
