//! The bodies of the fuzz targets. Each takes any bytes and panics where its promise is broken.
//!
//! Both the targets (`fuzz_targets/`, under libFuzzer) and the replay of the kept corpus
//! (`tests/it/house/fuzz.rs`, in `make test`) call them, so they use nothing that either lacks.

pub mod amqp;
pub mod bounce;
pub mod dead_letter;
pub mod event;
pub mod http;
pub mod letter;
pub mod policy;
pub mod smtp;
pub mod smtp_reply;
mod text;

/// The name of its binary and of its folder in `corpus/`, and what it runs.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const TARGETS: [Target; 9] = [
    ("amqp", amqp::run),
    ("bounce", bounce::run),
    ("dead_letter", dead_letter::run),
    ("event", event::run),
    ("http", http::run),
    ("letter", letter::run),
    ("policy", policy::run),
    ("smtp", smtp::run),
    ("smtp_reply", smtp_reply::run),
];
