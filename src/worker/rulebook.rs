//! What decides and what is written: replaced as one while the loops run, each of which finishes what it has begun with
//! what it began with.

use std::sync::Arc;

use tokio::sync::watch;

use crate::mail::Letters;
use crate::policy::Policy;

/// The policy and the templates, read and checked together.
#[derive(Debug, Clone)]
pub struct Rules {
    /// What decides.
    pub policy: Arc<Policy>,
    /// What letters are made of.
    pub letters: Arc<Letters>,
}

/// What came of reading them again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reloads {
    /// How often others were put in force.
    pub loaded: u64,
    /// How often those in force stayed.
    pub refused: u64,
    /// What was wrong the last time; none: nothing.
    pub findings: Vec<String>,
}

/// The rules in force. Reading never waits for a reload, and nobody sees half of one.
#[derive(Debug)]
pub struct Rulebook {
    rules: watch::Sender<Rules>,
    reloads: watch::Sender<Reloads>,
}

impl Rulebook {
    /// With these in force.
    pub fn new(rules: Rules) -> Self {
        Self { rules: watch::Sender::new(rules), reloads: watch::Sender::new(Reloads::default()) }
    }

    /// The policy in force.
    pub fn policy(&self) -> Arc<Policy> {
        Arc::clone(&self.rules.borrow().policy)
    }

    /// The templates in force.
    pub fn letters(&self) -> Arc<Letters> {
        Arc::clone(&self.rules.borrow().letters)
    }

    /// What came of the reloads so far.
    pub fn reloads(&self) -> Reloads {
        self.reloads.borrow().clone()
    }

    /// Puts others in force.
    pub fn replace(&self, rules: Rules) {
        self.rules.send_replace(rules);
        self.reloads.send_modify(|reloads| {
            reloads.loaded += 1;
            reloads.findings.clear();
        });
    }

    /// Keeps those in force, because of what is wrong with the others.
    pub fn keep(&self, findings: Vec<String>) {
        self.reloads.send_modify(|reloads| {
            reloads.refused += 1;
            reloads.findings = findings;
        });
    }
}
