//! `GET /letters/groups` and `GET /letters`: the troubles there are, and the letters of one.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::HOME;
use super::filter::Conditions;
use crate::admin::console::show::{Query, When, sentence};
use crate::admin::console::{Console, Failure, Format, Role, Shell, Visitor, respond};
use crate::store::{DeadClass, LetterFilter, LetterGroup, LetterPage, LetterState, LetterSummary, Store};
use crate::worker::{desk, words};

/// Letters on a page.
const SHOWN: u32 = 50;
/// Characters of an id, and of a message, in a list.
const ID_CHARS: usize = 60;
const MESSAGE_CHARS: usize = 160;
/// Groups on the page; the most numerous come first.
const GROUPS_SHOWN: usize = 100;

/// A letter in the list.
#[derive(Serialize)]
struct Row {
    #[serde(flatten)]
    json: Value,
    #[serde(skip)]
    id: i64,
    #[serde(skip)]
    state: &'static str,
    #[serde(skip)]
    event_type: String,
    #[serde(skip)]
    code: String,
    #[serde(skip)]
    event_id: String,
    #[serde(skip)]
    message: String,
    #[serde(skip)]
    times: u64,
    #[serde(skip)]
    last_seen: When,
}

/// A group.
#[derive(Serialize)]
struct Group {
    #[serde(flatten)]
    json: Value,
    /// What there is to decide.
    advice: String,
    #[serde(skip)]
    name: String,
    #[serde(skip)]
    message: String,
    #[serde(skip)]
    letters: u64,
    #[serde(skip)]
    class: &'static str,
    #[serde(skip)]
    newest: i64,
    #[serde(skip)]
    first_seen: When,
    #[serde(skip)]
    last_seen: When,
    #[serde(skip)]
    query: String,
}

#[derive(Template, Serialize)]
#[template(path = "letters_groups.html")]
struct Groups {
    #[serde(skip)]
    shell: Shell,
    groups: Vec<Group>,
    /// Letters in the groups shown.
    letters: u64,
    #[serde(skip)]
    left_out: usize,
    #[serde(skip)]
    can_act: bool,
}

#[derive(Template, Serialize)]
#[template(path = "letters_list.html")]
struct List {
    #[serde(skip)]
    shell: Shell,
    letters: Vec<Row>,
    /// How many match.
    matching: u64,
    /// Where the next page begins.
    next: Option<i64>,
    /// Where the page of newer ones begins.
    newer: Option<i64>,
    #[serde(skip)]
    conditions: Conditions,
    #[serde(skip)]
    states: Vec<&'static str>,
    #[serde(skip)]
    classes: Vec<&'static str>,
    #[serde(skip)]
    can_act: bool,
    #[serde(skip)]
    can_restore: bool,
}

/// The groups.
pub(super) async fn groups(
    State(console): State<Console>, format: Format, visitor: Visitor, Query(conditions): Query<Conditions>,
) -> Result<Response, Failure> {
    let now = console.clock.now();
    let filter = conditions.filter(conditions.states()?, now)?;
    let found = console.store.letter_groups(&filter).await?;
    let left_out = found.len().saturating_sub(GROUPS_SHOWN);
    let group = |group: &LetterGroup| Group {
        json: desk::group_json(group),
        advice: sentence(desk::class_advice(group.class)),
        name: words::plain(&group.fingerprint),
        message: words::cut(&group.message, MESSAGE_CHARS),
        letters: group.letters,
        class: group.class.as_str(),
        newest: group.newest,
        first_seen: When::new(group.first_seen, now),
        last_seen: When::new(group.last_seen, now),
        query: Conditions { group: Some(group.fingerprint.clone()), ..conditions.clone() }.query(&[]),
    };
    let groups: Vec<Group> = found.iter().take(GROUPS_SHOWN).map(group).collect();
    let page = Groups {
        shell: Shell::new(&visitor, HOME, "Dead letters"),
        letters: groups.iter().map(|group| group.letters).sum(),
        groups,
        left_out,
        can_act: visitor.may(Role::Operator),
    };
    respond(format, &page)
}

/// A page of the list.
pub(super) async fn list(
    State(console): State<Console>, format: Format, visitor: Visitor, Query(conditions): Query<Conditions>,
    Query(page): Query<Page>,
) -> Result<Response, Failure> {
    let now = console.clock.now();
    let states = conditions.states()?;
    let filter = conditions.filter(states.clone(), now)?;
    let store = &*console.store;
    let letters = page.read(store, &filter).await?;
    let full = letters.len() >= SHOWN as usize;
    let newer = match letters.first() {
        Some(first) => store.letter_ids(&filter, first.id, 1).await?.first().map(|_| first.id),
        None => None,
    };
    let page = List {
        shell: Shell::new(&visitor, HOME, "Dead letters, one by one"),
        matching: store.letters_count(&filter).await?,
        next: letters.last().filter(|_| full).map(|letter| letter.id),
        newer,
        letters: letters.iter().map(|letter| row(letter, now)).collect(),
        conditions,
        states: LetterState::ALL.map(LetterState::as_str).into_iter().chain(["any"]).collect(),
        classes: DeadClass::ALL.map(DeadClass::as_str).to_vec(),
        can_act: visitor.may(Role::Operator) && states.contains(&LetterState::Open),
        can_restore: visitor.may(Role::Operator) && states == [LetterState::Discarded],
    };
    respond(format, &page)
}

/// Which page of the list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Page {
    /// Only letters below this number.
    before: Option<i64>,
    /// The page just above this number.
    after: Option<i64>,
}

impl Page {
    async fn read(&self, store: &dyn Store, filter: &LetterFilter) -> Result<Vec<LetterSummary>, Failure> {
        let before = match self.after {
            None => self.before,
            Some(after) => {
                let ids = store.letter_ids(filter, after, SHOWN).await?;
                // Fewer than a page: the newest page, without a gap.
                ids.last().filter(|_| ids.len() >= SHOWN as usize).map(|last| last.saturating_add(1))
            }
        };
        Ok(store.letters(filter, LetterPage { before, limit: SHOWN }).await?)
    }
}

fn row(letter: &LetterSummary, now: time::OffsetDateTime) -> Row {
    Row {
        json: desk::summary_json(letter),
        id: letter.id,
        state: letter.state.as_str(),
        event_type: words::known(letter.event_type.as_deref()),
        code: words::plain(&letter.code),
        event_id: letter.event_id.as_deref().map_or_else(|| "-".to_owned(), |id| words::cut(id, ID_CHARS)),
        message: words::cut(&letter.message, MESSAGE_CHARS),
        times: letter.times,
        last_seen: When::new(letter.last_seen, now),
    }
}
