//! What works right now: told to `/ready`, to the metrics and to the log when it changes.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::telemetry::facts::{self, Dependency};

/// The state of the things makegood depends on. A dependency nobody reported yet does not work.
#[derive(Debug, Default)]
pub struct Health {
    states: Mutex<BTreeMap<&'static str, State>>,
}

#[derive(Debug, Clone, Copy, Default)]
struct State {
    works: bool,
    /// Failures since it last worked.
    failures: u64,
}

impl Health {
    /// `dependency` was seen to work.
    pub fn found(&self, dependency: Dependency) {
        if !self.change(dependency, |_| State { works: true, failures: 0 }).works {
            facts::dependency_found(dependency);
        }
    }

    /// `dependency` does not work; it is tried again after `pause`.
    pub fn lost(&self, dependency: Dependency, error: &dyn std::error::Error, pause: Duration) {
        let before = self.change(dependency, |before| State { works: false, failures: before.failures + 1 });
        facts::dependency_lost(dependency, error, pause, before.failures + 1);
    }

    /// `dependency` does not work; whoever finds out why tells it by [`Health::lost`] in a moment.
    pub fn doubt(&self, dependency: Dependency) {
        self.change(dependency, |before| State { works: false, ..before });
    }

    /// `dependency` works, as far as is known.
    pub fn works(&self, dependency: Dependency) -> bool {
        let states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        states.get(dependency.as_str()).is_some_and(|state| state.works)
    }

    /// As [`Health::works`], of a dependency that not every installation has; `None`: nobody reported it yet.
    pub fn reported(&self, dependency: Dependency) -> Option<bool> {
        let states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        states.get(dependency.as_str()).map(|state| state.works)
    }

    /// Sets the state and returns the one before.
    fn change(&self, dependency: Dependency, next: impl FnOnce(State) -> State) -> State {
        let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        let state = states.entry(dependency.as_str()).or_default();
        let before = *state;
        *state = next(before);
        before
    }
}
