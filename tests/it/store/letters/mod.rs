//! The dead-letter store on both databases: lists, archive, exchange, arrivals, and the way up from 0001.

mod archive;
mod arrivals;
mod exchange;
mod lists;
mod upgrade;

use std::collections::BTreeMap;

use makegood::event::{EventKey, Message};
use makegood::store::{Act, DeadClass, DeadLetter, LetterFilter, LetterPage, LetterState, LetterSummary, Store};

/// Runs each function once on PostgreSQL and once on SQLite.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => { $(
        mod $name {
            use crate::store::bench::Bench;

            #[tokio::test]
            async fn postgres() {
                super::$name(Bench::postgres().await).await;
            }

            #[tokio::test]
            async fn sqlite() {
                super::$name(Bench::sqlite().await).await;
            }
        }
    )+ };
}
use on_both;

/// A letter of a body of its own.
fn letter(body: &str, class: DeadClass, code: &str, text: &str) -> DeadLetter {
    let message = Message {
        body: body.as_bytes().to_vec(),
        headers: BTreeMap::from([("x-shop".to_owned(), "no\0rth".to_owned())]),
        exchange: "marketplace".to_owned(),
        routing_key: "job-canceled".to_owned(),
        content_type: Some("application/json".to_owned()),
        ..Message::default()
    };
    DeadLetter::new(&message, class, code, text.to_owned())
}

/// An undecodable one.
fn broken(body: &str) -> DeadLetter {
    letter(body, DeadClass::Undecodable, "syntax", "no JSON")
}

fn key(id: &str) -> EventKey {
    EventKey { source: "/shop".to_owned(), id: id.to_owned() }
}

/// Who acts in a test, and why.
fn act(reason: &str) -> Act {
    Act { operator: "ann".to_owned(), reason: reason.to_owned() }
}

fn all() -> LetterFilter {
    LetterFilter::default()
}

fn in_state(state: LetterState) -> LetterFilter {
    LetterFilter { states: vec![state], ..all() }
}

/// The newest letters that match.
async fn newest(store: &dyn Store, filter: &LetterFilter) -> Vec<LetterSummary> {
    store.letters(filter, LetterPage { before: None, limit: 100 }).await.expect("listed")
}

/// Their ids, newest first.
async fn ids(store: &dyn Store, filter: &LetterFilter) -> Vec<i64> {
    newest(store, filter).await.into_iter().map(|letter| letter.id).collect()
}
