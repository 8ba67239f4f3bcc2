//! "Where are my Connects?": one timeline of a proposal, account, event …, with the answer above it.
//!
//! [`find`] says what an id may be; [`explain`] reads all of it as of one moment and puts it into words. The words are
//! pure over the rows, so that each answer is tested without a database.

mod answer;
mod chronicle;
mod facts;
mod mail;
mod subject;
mod timeline;
pub(in crate::worker) mod words;

pub use answer::Answer;
pub use timeline::{Entry, Fact, ProposalLine, Timeline};

use time::OffsetDateTime;

use crate::store::{Listed, Store, StoreError, Thing, ThingKind};

/// Proposals on a page unless more are asked for.
pub const PROPOSALS_SHOWN: u32 = 25;

/// What this text may be the id of, by kind; of an event `SOURCE ID` is understood, of a notice the Message-ID of its
/// mail, too. `kind`: only that.
pub async fn find(store: &dyn Store, text: &str, kind: Option<ThingKind>) -> Result<Vec<Thing>, StoreError> {
    let mut found = store.find(text).await?;
    found.retain(|thing| kind.is_none_or(|kind| thing.kind == kind));
    Ok(found)
}

/// The timeline of a thing; of one that has many proposals, a page of them.
pub async fn explain(
    store: &dyn Store, thing: &Thing, page: Listed<'_>, now: OffsetDateTime,
) -> Result<Timeline, StoreError> {
    let dossier = store.inquire(thing, page, now).await?;
    Ok(timeline::of(thing, &dossier, now))
}
