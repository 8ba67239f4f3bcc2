//! `Makegood-Notice`: what a letter says, for programs that sort, count or answer mail. A structured field (RFC 8941),
//! a dictionary of codes and numbers; no name, no address and no title is ever in it.

use std::collections::BTreeSet;

use sfv::{DictSerializer, Integer, KeyRef, StringRef, TokenRef};

use super::compose::Notice;
use crate::event::ATTRIBUTE_BYTES_MAX;
use crate::policy::{Ground, NoticeLine, Reason};

/// Name of the header. Without `X-` (RFC 6648).
pub(super) const NAME: &str = "Makegood-Notice";

/// The value: printable ASCII, bounded by the number of codes there are and by the longest id of an event.
pub(super) fn value(notice: &Notice<'_>, language: &str) -> String {
    let Notice { about, lines, .. } = notice;
    let mut dict = DictSerializer::new();
    text(&mut dict, KeyRef::constant("notice"), &notice.id.to_string());
    if is_plain_id(&about.event_id) {
        text(&mut dict, KeyRef::constant("event"), &about.event_id);
    }
    token(&mut dict, KeyRef::constant("type"), about.event_type.as_str());
    codes(&mut dict, KeyRef::constant("verdict"), lines.iter().map(|line| line.verdict.as_str()));
    let reasons = about.reason.into_iter().chain(lines.iter().map(|line| line.reason));
    codes(&mut dict, KeyRef::constant("reason"), reasons.map(Reason::as_str));
    codes(&mut dict, KeyRef::constant("ground"), lines.iter().filter_map(|line| line.ground).map(Ground::as_str));
    let returned = lines.iter().map(NoticeLine::returned).fold(0, i64::saturating_add);
    let returned = Integer::try_from(returned).unwrap_or(Integer::MAX);
    dict.bare_item(KeyRef::constant("returned"), returned);
    token(&mut dict, KeyRef::constant("language"), language);
    dict.finish().unwrap_or_default()
}

/// As every event's id is when it comes in. Any other is left out, and one that a mail program would take for an
/// encoded word: the notice's own id is enough to find everything.
fn is_plain_id(id: &str) -> bool {
    (1..=ATTRIBUTE_BYTES_MAX).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_graphic())
        && !id.contains("=?")
}

/// Adds a text; what is not printable ASCII is left out.
fn text(dict: &mut DictSerializer<String>, key: &KeyRef, text: &str) {
    if let Ok(text) = StringRef::from_str(text) {
        dict.bare_item(key, text);
    }
}

/// Adds a code; what is none is left out.
fn token(dict: &mut DictSerializer<String>, key: &KeyRef, code: &str) {
    if let Ok(code) = TokenRef::from_str(code) {
        dict.bare_item(key, code);
    }
}

/// Adds a list of codes, each once, in the order of their names; nothing where there is none.
fn codes(dict: &mut DictSerializer<String>, key: &KeyRef, codes: impl Iterator<Item = &'static str>) {
    let codes: BTreeSet<&str> = codes.collect();
    if codes.is_empty() {
        return;
    }
    let mut list = dict.inner_list(key);
    for code in codes.into_iter().filter_map(|code| TokenRef::from_str(code).ok()) {
        list.bare_item(code);
    }
}
