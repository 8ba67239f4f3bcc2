//! The test harness: a database and a vhost of its own for each test, and the servers the program talks to.
//!
//! The services come from the environment, which `make test` sets by `deploy/services.sh`:
//! `MAKEGOOD_TEST_AMQP` (`amqp://user:password@host:port`), `MAKEGOOD_TEST_RABBIT_API`
//! (`http://user:password@host:port`), `MAKEGOOD_TEST_POSTGRES` (`postgres://user@host:port`, a role that may create
//! databases), `MAKEGOOD_TEST_CHROMIUM` and `MAKEGOOD_TEST_CHROMEDRIVER` (two programs of one version).

pub mod bell;
pub mod browser;
pub mod checker;
pub mod cuts;
pub mod daemon;
pub mod dkim;
pub mod db;
pub mod foreign;
pub mod html;
pub mod http;
pub mod letter;
pub mod market;
pub mod oracle;
pub mod postgres;
pub mod proxy;
pub mod rabbit;
pub mod raw;
pub mod returned;
pub mod smtp;
pub mod wait;

/// A service's address from the environment.
#[expect(clippy::disallowed_methods, reason = "the harness is where the environment enters")]
pub fn service(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| {
        panic!("{name} is not set: run the tests by `make test`, or `eval \"$(deploy/services.sh start)\"` first")
    })
}

/// A knob of a test, if it is set.
#[expect(clippy::disallowed_methods, reason = "the harness is where the environment enters")]
pub fn optional(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// A name no other test uses.
pub fn unique(prefix: &str) -> String {
    format!("{prefix}_{}", uuid::Uuid::new_v4().simple())
}
