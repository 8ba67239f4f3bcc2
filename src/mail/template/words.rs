//! Codes as sentences, for whoever tells the same story in another place than a letter.

use std::sync::Arc;

use fluent_bundle::FluentArgs;

use super::Letters;
use crate::event::EventType;
use crate::mail::catalogue::{Catalogue, Direction, cause_key};
use crate::policy::{Ground, Reason};

/// The sentences of one language.
#[derive(Clone)]
pub struct Words(Arc<Catalogue>);

impl Letters {
    /// The sentences in the language a letter to a reader of this `locale` (BCP 47) is written in.
    pub fn words(&self, locale: Option<&str>) -> Words {
        Words(self.languages.choose(locale))
    }
}

impl Words {
    /// Tag (BCP 47) of the language.
    pub fn language(&self) -> &str {
        self.0.tag()
    }

    /// In which direction it is written.
    pub fn direction(&self) -> Direction {
        self.0.direction()
    }

    /// Why it happened, as a sentence; the code itself where the catalogue has none.
    pub fn reason(&self, reason: Reason) -> String {
        self.sentence(&format!("reason-{}", reason.as_str()), reason.as_str())
    }

    /// Why nothing came back, as half a sentence; the code itself where the catalogue has none.
    pub fn ground(&self, ground: Ground) -> String {
        self.sentence(&format!("ground-{}", ground.as_str()), ground.as_str())
    }

    /// The cause of an event, as a sentence; `None` where the catalogue knows no such cause.
    pub fn cause(&self, event_type: EventType, cause: &str) -> Option<String> {
        self.0.phrase(&cause_key(event_type, cause), &FluentArgs::new()).ok()
    }

    fn sentence(&self, key: &str, code: &str) -> String {
        self.0.phrase(key, &FluentArgs::new()).unwrap_or_else(|_| code.to_owned())
    }
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Words").field(&self.language()).finish()
    }
}
