//! `GET /notices/{id}`: one notice with its history and its letter; `GET /notices/{id}/mail`: the letter for a frame.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use super::HOME;
use super::list::look;
use crate::admin::console::show::{MASKED, When, sentence};
use crate::admin::console::{Console, Failure, Format, Role, Shell, Visitor, respond};
use crate::mail::Letter;
use crate::store::{LeasedNotice, NoticeAct, NoticeDossier, NoticeEvent};
use crate::worker::desk::{self, Desk};
use crate::worker::{letter, words};

/// What the letter may do in its frame: show its own style, load nothing, run nothing.
const FRAME_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; form-action 'none'; \
                            base-uri 'none'; frame-ancestors 'self'";
/// Characters of a reply of a server.
const REPLY_CHARS: usize = 300;
/// Entries of the history shown; the newest.
const HISTORY_SHOWN: usize = 200;

/// One entry of the history.
struct Event {
    at: When,
    kind: &'static str,
    state: String,
    code: String,
    reply: String,
}

/// What can be done to it.
struct Deed {
    name: &'static str,
    title: &'static str,
    words: &'static str,
}

#[derive(Template, Serialize)]
#[template(path = "notice.html")]
struct Page {
    #[serde(skip)]
    shell: Shell,
    #[serde(flatten)]
    json: Value,
    #[serde(skip)]
    id: Uuid,
    #[serde(skip)]
    state: &'static str,
    #[serde(skip)]
    look: &'static str,
    #[serde(skip)]
    advice: String,
    #[serde(skip)]
    deeds: Vec<Deed>,
    #[serde(skip)]
    facts: Vec<(&'static str, String)>,
    #[serde(skip)]
    moments: Vec<(&'static str, When)>,
    #[serde(skip)]
    lines: Vec<String>,
    #[serde(skip)]
    history: Vec<Event>,
    /// Subject and text of the letter as it would be made now; or why there is none.
    #[serde(skip)]
    letter: Result<(String, String), String>,
    #[serde(skip)]
    can_act: bool,
}

/// The page.
pub(super) async fn show(
    State(console): State<Console>, format: Format, visitor: Visitor, Path(id): Path<Uuid>,
) -> Result<Response, Failure> {
    let now = console.clock.now();
    let dossier = console.store.notice(id, now).await?.ok_or(Failure::NotFound)?;
    let (desk, sees) = (writing(&console), visitor.sees_people());
    let summary = &dossier.summary;
    let page = Page {
        shell: Shell::new(&visitor, HOME, "Notice"),
        json: twin(&desk, &dossier, sees),
        id,
        state: summary.state.as_str(),
        look: look(summary.state),
        advice: sentence(desk::notice_next(summary).why),
        deeds: deeds(&dossier),
        facts: facts(&desk, &dossier, sees),
        moments: moments(&dossier, now),
        lines: dossier.letter.iter().flat_map(|notice| notice.lines.iter().map(desk::line_words)).collect(),
        history: dossier.history.iter().rev().take(HISTORY_SHOWN).map(|event| entry(event, now)).collect(),
        letter: if sees { words_of(&desk, &dossier) } else { Err(format!("The letter is {MASKED}.")) },
        can_act: visitor.may(Role::Support),
    };
    respond(format, &page)
}

/// The HTML part, as today's templates make it.
pub(super) async fn mail(State(console): State<Console>, Path(id): Path<Uuid>) -> Result<Response, Failure> {
    let dossier = console.store.notice(id, console.clock.now()).await?.ok_or(Failure::NotFound)?;
    let notice = dossier.letter.as_ref().map_err(|_| Failure::NotFound)?;
    let desk = writing(&console);
    let rendered = letter::words(&desk.letters, &desk.senders, notice).map_err(|error| Failure::internal(&error))?;
    let headers = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CONTENT_SECURITY_POLICY, FRAME_POLICY)];
    Ok((headers, rendered.html).into_response())
}

fn writing(console: &Console) -> Desk {
    Desk { letters: console.rulebook.letters(), senders: Arc::clone(&console.senders) }
}

/// As `makegood notices show --json`; a viewer gets neither the address nor what people wrote.
fn twin(desk: &Desk, dossier: &NoticeDossier, sees: bool) -> Value {
    let mut value = desk::dossier_json(desk, dossier, sees);
    if let Value::Object(map) = &mut value
        && !sees
    {
        for name in ["address", "about"] {
            map.remove(name);
        }
        map.insert("masked".to_owned(), true.into());
    }
    value
}

fn words_of(desk: &Desk, dossier: &NoticeDossier) -> Result<(String, String), String> {
    let notice = dossier.letter.as_ref().map_err(|column| format!("Its {column} cannot be read: it has no letter."))?;
    let rendered = letter::words(&desk.letters, &desk.senders, notice);
    rendered.map(|rendered| (rendered.subject, rendered.text)).map_err(|error| format!("It cannot be made: {error}."))
}

fn deeds(dossier: &NoticeDossier) -> Vec<Deed> {
    let all = [
        (
            NoticeAct::Hold,
            Deed { name: "hold", title: "Keep it back", words: "It is not sent until somebody lets it go." },
        ),
        (
            NoticeAct::Release,
            Deed { name: "release", title: "Let it go", words: "It is sent as soon as a sender is free." },
        ),
        (
            NoticeAct::Resend,
            Deed {
                name: "resend",
                title: "Send it again",
                words: "As a letter of its own, made anew, to the address of today.",
            },
        ),
    ];
    let fits = all.into_iter().filter(|(act, _)| act.from().contains(&dossier.summary.state));
    fits.map(|(_, deed)| deed).collect()
}

fn facts(desk: &Desk, dossier: &NoticeDossier, sees: bool) -> Vec<(&'static str, String)> {
    let summary = &dossier.summary;
    let mut facts = vec![
        ("Person", words::plain(&summary.person)),
        ("Event", words::plain(&summary.event.id)),
        ("Source", words::plain(&summary.event.source)),
        ("Event type", format!("{}, {}", words::plain(&summary.event_type), words::plain(&summary.event_state))),
    ];
    if let Ok(notice) = &dossier.letter {
        facts.push(("Address", address(notice, sees)));
        facts.push(("Letter", Letter::choose(&notice.about, &notice.lines).name().to_owned()));
        facts.push(("Message-ID", desk::message_id(desk, notice).unwrap_or_else(|| "-".to_owned())));
    }
    facts.push(("Attempts", format!("{}; sent again by operators: {}", summary.attempts, summary.resends)));
    let code = summary.code.as_deref().map(words::plain);
    facts.extend(code.map(|code| ("Code", code)));
    let reply = summary.reply.as_deref().map(|reply| words::cut(reply, REPLY_CHARS));
    facts.extend(reply.map(|reply| ("Last reply", reply)));
    facts
}

fn address(notice: &LeasedNotice, sees: bool) -> String {
    match &notice.address {
        None => "none".to_owned(),
        Some(_) if !sees => MASKED.to_owned(),
        Some(address) if notice.suppressed => format!("{}, suppressed", desk::shown_address(address, true)),
        Some(address) => desk::shown_address(address, true),
    }
}

fn moments(dossier: &NoticeDossier, now: OffsetDateTime) -> Vec<(&'static str, When)> {
    let summary = &dossier.summary;
    let due = summary.due_at.filter(|_| summary.settled_at.is_none());
    let all = [
        ("Made", Some(summary.created_at)),
        ("Due", due),
        ("Leased until", summary.lease_until),
        ("Settled", summary.settled_at),
    ];
    all.into_iter().filter_map(|(name, at)| Some((name, When::new(at?, now)))).collect()
}

fn entry(event: &NoticeEvent, now: OffsetDateTime) -> Event {
    Event {
        at: When::new(event.at, now),
        kind: event.kind.as_str(),
        state: words::plain(&event.state),
        code: event.code.as_deref().map(words::plain).unwrap_or_default(),
        reply: event.reply.as_deref().map(|reply| words::cut(reply, REPLY_CHARS)).unwrap_or_default(),
    }
}
