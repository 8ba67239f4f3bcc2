//! What works right now: told to `/ready`, to the metrics and to the log when it changes.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::telemetry::facts::{self, Dependency};

/// The state of the things makegood depends on. A dependency nobody reported yet does not work.
#[derive(Debug, Default)]
pub struct Health {
    works: Mutex<BTreeMap<&'static str, bool>>,
}

impl Health {
    /// `dependency` was seen to work.
    pub fn found(&self, dependency: Dependency) {
        if self.set(dependency, true) != Some(true) {
            facts::dependency_found(dependency);
        }
    }

    /// `dependency` does not work; it is tried again after `pause`.
    pub fn lost(&self, dependency: Dependency, error: &dyn std::error::Error, pause: Duration) {
        self.set(dependency, false);
        facts::dependency_lost(dependency, error, pause);
    }

    /// `dependency` does not work; whoever finds out why tells it by [`Health::lost`] in a moment.
    pub fn doubt(&self, dependency: Dependency) {
        self.set(dependency, false);
    }

    /// `dependency` works, as far as is known.
    pub fn works(&self, dependency: Dependency) -> bool {
        let works = self.works.lock().unwrap_or_else(PoisonError::into_inner);
        works.get(dependency.as_str()).copied().unwrap_or(false)
    }

    fn set(&self, dependency: Dependency, works: bool) -> Option<bool> {
        self.works.lock().unwrap_or_else(PoisonError::into_inner).insert(dependency.as_str(), works)
    }
}
