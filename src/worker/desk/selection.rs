//! Which letters an act is about: frozen, looked up, and as words.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::DeskError;
use crate::store::{LetterFilter, LetterPage, LetterSummary, PAGE_MAX, REPLAY_ITEMS_MAX, Selection, Store};
use crate::worker::words;

/// A selection for the operators' log and for plans: conditions that are set, by their names on the command line.
pub fn told(selection: &Selection) -> Value {
    let filter = match selection {
        Selection::Ids(ids) => return json!({ "ids": ids.len() }),
        Selection::Filter(filter) => filter,
    };
    let text = |text: &Option<String>| text.as_deref().map(words::without_address).map(Value::from);
    let moment = |at: Option<OffsetDateTime>| at.and_then(|at| at.format(&Rfc3339).ok()).map(Value::from);
    let states: Vec<&str> = filter.states.iter().map(|state| state.as_str()).collect();
    let set = [
        ("states", (!states.is_empty()).then(|| json!(states))),
        ("class", filter.class.map(|class| class.as_str().into())),
        ("code", text(&filter.code)),
        ("type", text(&filter.event_type)),
        ("source", text(&filter.source)),
        ("event_id", text(&filter.event_id)),
        ("job", text(&filter.job)),
        ("client", text(&filter.client)),
        ("text", text(&filter.text)),
        ("group", text(&filter.fingerprint)),
        ("seen_from", moment(filter.seen_from)),
        ("seen_before", moment(filter.seen_before)),
    ];
    Value::Object(set.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect::<Map<_, _>>())
}

/// An id with the identity of its letter.
pub type Frozen = (i64, [u8; 32]);

/// The letters of a selection in ascending order, at most `limit`: those an id names and that are there, in any state,
/// or those that match now.
pub async fn freeze(store: &dyn Store, selection: &Selection, limit: Option<u64>) -> Result<Vec<Frozen>, DeskError> {
    let mut frozen: Vec<Frozen> = match selection {
        Selection::Ids(ids) => {
            let found = look_up(store, ids).await?;
            if let Some(gone) = ids.iter().find(|id| !found.contains_key(*id)) {
                return Err(DeskError::NoLetter(*gone));
            }
            found.values().map(|letter| (letter.id, letter.digest)).collect()
        }
        Selection::Filter(filter) => matching(store, filter).await?,
    };
    frozen.sort_unstable();
    if let Some(limit) = limit {
        frozen.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    }
    Ok(frozen)
}

async fn matching(store: &dyn Store, filter: &LetterFilter) -> Result<Vec<Frozen>, DeskError> {
    let mut frozen = Vec::new();
    let mut before = None;
    loop {
        let page = store.letters(filter, LetterPage { before, limit: PAGE_MAX }).await?;
        let Some(last) = page.last() else { return Ok(frozen) };
        before = Some(last.id);
        frozen.extend(page.iter().map(|letter| (letter.id, letter.digest)));
        if frozen.len() as u64 > REPLAY_ITEMS_MAX {
            return Err(DeskError::TooMany);
        }
    }
}

/// The letters of these ids, those that are there. Reads in pages, from the highest id down, and leaps over gaps.
pub async fn look_up(store: &dyn Store, ids: &[i64]) -> Result<BTreeMap<i64, LetterSummary>, DeskError> {
    let any = LetterFilter::default();
    let mut wanted: BTreeSet<i64> = ids.iter().copied().collect();
    let mut found = BTreeMap::new();
    while let Some(highest) = wanted.last().copied() {
        let limit = u32::try_from(wanted.len()).unwrap_or(PAGE_MAX).min(PAGE_MAX);
        let before = Some(highest.saturating_add(1));
        let page = store.letters(&any, LetterPage { before, limit }).await?;
        // What lies between the ends of the page and is not in it is gone.
        let lowest = if page.len() < limit as usize { i64::MIN } else { page.last().map_or(i64::MIN, |last| last.id) };
        for letter in page {
            if wanted.contains(&letter.id) {
                found.insert(letter.id, letter);
            }
        }
        wanted.split_off(&lowest);
    }
    Ok(found)
}
