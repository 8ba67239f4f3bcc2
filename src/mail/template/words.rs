//! Codes as sentences, for whoever tells the same story in another place than a letter.

use fluent_bundle::FluentArgs;

use super::Letters;
use crate::policy::{Ground, Reason};

impl Letters {
    /// Why it happened, as a sentence; the code itself where the catalogue has none.
    pub fn reason(&self, reason: Reason) -> String {
        self.sentence(&format!("reason-{}", reason.as_str()), reason.as_str())
    }

    /// Why nothing came back, as half a sentence; the code itself where the catalogue has none.
    pub fn ground(&self, ground: Ground) -> String {
        self.sentence(&format!("ground-{}", ground.as_str()), ground.as_str())
    }

    fn sentence(&self, key: &str, code: &str) -> String {
        self.catalogue.phrase(key, &FluentArgs::new()).unwrap_or_else(|_| code.to_owned())
    }
}
