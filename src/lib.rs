#![doc = include_str!("ARCHITECTURE.md")]

pub mod event;
pub mod fault;
pub mod clock;

pub mod policy;
pub mod telemetry;

pub mod store;
pub mod broker;
pub mod mail;

pub mod worker;
pub mod admin;

pub mod app;
pub mod cli;
pub mod config;
pub mod shutdown;
