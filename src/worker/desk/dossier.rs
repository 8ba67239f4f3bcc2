//! One notice with everything that is known about it, and the letter it becomes.

use std::sync::Arc;

use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;

use super::next::notice_next;
use super::notices::notice_json;
use crate::mail::{Letter, Letters, Senders};
use crate::policy::NoticeLine;
use crate::store::{Address, LeasedNotice, NoticeDossier};
use crate::worker::letter;
use crate::worker::words::{cut, plain};

/// Characters of a title in a line.
const TEXT_CHARS: usize = 60;
/// Stands for whoever reads the mail at an address.
const MASK: &str = "***";

/// What letters are made with.
#[derive(Debug, Clone)]
pub struct Desk {
    /// The templates.
    pub letters: Arc<Letters>,
    /// Who writes.
    pub senders: Arc<Senders>,
}

/// An address as it may be shown: whole, or without who reads there.
pub fn shown_address(address: &Address, whole: bool) -> String {
    let Address(address) = address;
    match address.rsplit_once('@') {
        _ if whole => plain(address),
        Some((_, domain)) => plain(&format!("{MASK}@{domain}")),
        None => MASK.to_owned(),
    }
}

/// The Message-ID that a letter made now would have, whoever it goes to.
pub fn message_id(desk: &Desk, notice: &LeasedNotice) -> Option<String> {
    let mail = letter::mail_to(&desk.letters, &desk.senders, notice, "nobody@makegood.invalid").ok()?;
    let bytes = String::from_utf8_lossy(mail.bytes()).into_owned();
    let head = bytes.split("\r\n\r\n").next()?;
    let id = head.lines().find_map(|line| line.strip_prefix("Message-ID:"))?;
    Some(id.trim().to_owned())
}

/// A line of a notice in words.
pub fn line_words(line: &NoticeLine) -> String {
    let came_back = format!("{} of {} Connects came back", line.returned(), line.fee_spent + line.boost_spent);
    let ground = line.ground.map_or_else(String::new, |ground| format!(" ({})", ground.as_str()));
    format!(
        "proposal {}, “{}”: {came_back}{ground}; balance of {} {}",
        plain(line.proposal.as_str()),
        cut(&line.job_title, TEXT_CHARS),
        plain(line.account.as_str()),
        line.balance_after
    )
}

/// A notice with its facts, lines, history, and what to type next; `whole`: with the address as it is.
pub fn dossier_json(desk: &Desk, dossier: &NoticeDossier, whole: bool) -> Value {
    let mut value = notice_json(&dossier.summary);
    let history: Vec<Value> = dossier
        .history
        .iter()
        .map(|event| {
            json!({
                "at": event.at.format(&Rfc3339).ok(),
                "what": event.kind.as_str(),
                "state": event.state,
                "code": event.code,
                "reply": event.reply,
            })
        })
        .collect();
    let Value::Object(map) = &mut value else { return value };
    if let Some(notice) = dossier.letter.as_ref().ok().filter(|_| dossier.summary.erased_at.is_none()) {
        map.insert("letter".to_owned(), Letter::choose(&notice.about, &notice.lines).name().into());
        map.insert("address".to_owned(), json!(notice.address.as_ref().map(|address| shown_address(address, whole))));
        map.insert("suppressed".to_owned(), notice.suppressed.into());
        map.insert("locale".to_owned(), json!(notice.locale));
        map.insert("message_id".to_owned(), json!(message_id(desk, notice)));
        map.insert("about".to_owned(), json!(notice.about));
        map.insert("lines".to_owned(), json!(notice.lines));
    }
    map.insert("history".to_owned(), history.into());
    map.insert("next".to_owned(), json!(notice_next(&dossier.summary).lines()));
    value
}
