//! `GET /letters/{id}`: one letter with everything that is known about it; and its payload, byte by byte.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::HOME;
use crate::admin::console::show::{MASKED, Payload, When, read_payload, sentence};
use crate::admin::console::{Console, Failure, Format, Role, Shell, Visitor, respond};
use crate::store::{Attempt, Letter, LetterState};
use crate::worker::{desk, words};

/// Characters of what stands at the place of the trouble, and of a message in the history.
const VALUE_CHARS: usize = 400;
/// Attempts shown; the newest.
const ATTEMPTS_SHOWN: usize = 200;

/// One entry of the history.
struct Event {
    at: When,
    kind: &'static str,
    replay: Option<i64>,
    outcome: String,
    code: String,
    message: String,
    version: String,
}

#[derive(Template, Serialize)]
#[template(path = "letter.html")]
struct Page {
    #[serde(skip)]
    shell: Shell,
    #[serde(flatten)]
    json: Map<String, Value>,
    #[serde(skip)]
    id: i64,
    #[serde(skip)]
    state: &'static str,
    #[serde(skip)]
    facts: Vec<(&'static str, String)>,
    #[serde(skip)]
    message: String,
    #[serde(skip)]
    place: Option<String>,
    #[serde(skip)]
    stands: Option<String>,
    #[serde(skip)]
    advice: String,
    #[serde(skip)]
    commands: Vec<String>,
    #[serde(skip)]
    seen: [When; 2],
    #[serde(skip)]
    settled: Option<When>,
    #[serde(skip)]
    headers: Vec<(String, String)>,
    #[serde(skip)]
    payload: Option<Payload>,
    #[serde(skip)]
    size: String,
    #[serde(skip)]
    history: Vec<Event>,
    #[serde(skip)]
    left_out: usize,
    #[serde(skip)]
    can_act: bool,
}

impl Page {
    fn is_open(&self) -> bool {
        self.state == LetterState::Open.as_str()
    }

    fn is_discarded(&self) -> bool {
        self.state == LetterState::Discarded.as_str()
    }
}

/// The page.
pub(super) async fn show(
    State(console): State<Console>, format: Format, visitor: Visitor, Path(id): Path<i64>,
) -> Result<Response, Failure> {
    let letter = console.store.letter(id).await?.ok_or(Failure::NotFound)?;
    let sees = visitor.sees_people();
    let now = console.clock.now();
    let next = desk::letter_next(&letter);
    let summary = &letter.summary;
    let place = summary.pointer.as_deref().map(|pointer| match pointer {
        "" => "the whole payload".to_owned(),
        pointer => words::cut(pointer, VALUE_CHARS),
    });
    let page = Page {
        shell: Shell::new(&visitor, HOME, format!("Dead letter {id}")),
        json: twin(&letter, sees)?,
        id,
        state: summary.state.as_str(),
        facts: facts(&letter),
        message: words::cut(&summary.message, VALUE_CHARS),
        stands: sees.then(|| stands(&letter)).flatten(),
        place,
        advice: sentence(next.why),
        commands: next.commands.iter().map(|command| command.trim().to_owned()).collect(),
        seen: [When::new(summary.first_seen, now), When::new(summary.last_seen, now)],
        settled: summary.settled_at.map(|at| When::new(at, now)),
        headers: headers(&letter, sees),
        payload: sees.then(|| read_payload(&letter)),
        size: size(&letter),
        left_out: letter.history.len().saturating_sub(ATTEMPTS_SHOWN),
        history: letter.history.iter().rev().take(ATTEMPTS_SHOWN).map(|attempt| event(attempt, now)).collect(),
        can_act: visitor.may(Role::Operator),
    };
    respond(format, &page)
}

/// `GET /letters/{id}/payload`
pub(super) async fn payload(State(console): State<Console>, Path(id): Path<i64>) -> Result<Response, Failure> {
    let letter = console.store.letter(id).await?.ok_or(Failure::NotFound)?;
    let name = format!("attachment; filename=\"dead-letter-{id}.bin\"");
    let name = HeaderValue::try_from(name).map_err(|error| Failure::internal(&error))?;
    let kind = HeaderValue::from_static("application/octet-stream");
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], letter.body).into_response())
}

/// As `makegood dlq show --json`; a viewer gets neither payload nor headers.
fn twin(letter: &Letter, sees: bool) -> Result<Map<String, Value>, Failure> {
    let value = desk::letter_json(letter).map_err(|error| Failure::internal(&error))?;
    let Value::Object(mut map) = value else { return Ok(Map::new()) };
    if !sees {
        for name in ["body", "body_text", "payload"] {
            map.remove(name);
        }
        map.insert("headers".to_owned(), json!(headers(letter, false).into_iter().collect::<Vec<_>>()));
        map.insert("masked".to_owned(), true.into());
    }
    Ok(map)
}

fn headers(letter: &Letter, sees: bool) -> Vec<(String, String)> {
    let shown = |value: &str| if sees { words::cut(value, VALUE_CHARS) } else { MASKED.to_owned() };
    letter.headers.iter().map(|(name, value)| (words::cut(name, VALUE_CHARS), shown(value))).collect()
}

fn facts(letter: &Letter) -> Vec<(&'static str, String)> {
    let summary = &letter.summary;
    let all = [
        ("Cause", Some(format!("{} ({})", words::plain(&summary.code), summary.class.as_str()))),
        ("Event type", summary.event_type.as_deref().map(words::plain)),
        ("Event id", summary.event_id.as_deref().map(words::plain)),
        ("Source", summary.source.as_deref().map(words::plain)),
        ("Job", summary.job.as_deref().map(words::plain)),
        ("Client", summary.client.as_deref().map(words::plain)),
        (
            "Published to",
            Some(format!(
                "exchange {}, routing key {}",
                words::plain(&letter.exchange),
                words::plain(&letter.routing_key)
            )),
        ),
        ("Came", Some(words::count(summary.times, "time"))),
        ("Failed on", Some(format!("makegood {}", words::plain(&summary.version)))),
        ("Group", Some(words::plain(&summary.fingerprint))),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

/// What the payload has at the place of the trouble.
fn stands(letter: &Letter) -> Option<String> {
    let pointer = letter.summary.pointer.as_deref().filter(|pointer| !pointer.is_empty())?;
    let body = desk::payload_json(letter)?;
    Some(match body.pointer(pointer) {
        Some(value) => words::cut(&value.to_string(), VALUE_CHARS),
        None => "nothing".to_owned(),
    })
}

fn size(letter: &Letter) -> String {
    let all = words::count(letter.summary.body_len, "byte");
    if letter.is_whole() { all } else { format!("{all}, of which the first {} were kept", letter.body.len()) }
}

fn event(attempt: &Attempt, now: time::OffsetDateTime) -> Event {
    Event {
        at: When::new(attempt.at, now),
        kind: attempt.kind.as_str(),
        replay: attempt.replay,
        outcome: words::plain(&attempt.outcome),
        code: attempt.code.as_deref().map(words::plain).unwrap_or_default(),
        message: attempt.message.as_deref().map(|text| words::cut(text, VALUE_CHARS)).unwrap_or_default(),
        version: words::plain(&attempt.version),
    }
}
