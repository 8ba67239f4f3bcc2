//! Dead letters as rows: what both databases write.

use std::collections::BTreeMap;

use serde::Serialize;

use super::DeadLetter;

/// One row of `dead_letters` to write or to count up. Bytes stand in hex, so that the row can be a JSON parameter.
#[derive(Debug, Serialize)]
pub(super) struct DeadRow {
    pub(super) digest: String,
    pub(super) body: String,
    pub(super) body_len: i64,
    pub(super) body_hash: String,
    pub(super) headers: String,
    pub(super) exchange: String,
    pub(super) routing_key: String,
    pub(super) class: &'static str,
    pub(super) code: String,
    pub(super) message: String,
    pub(super) pointer: Option<String>,
    pub(super) source: Option<String>,
    pub(super) event_id: Option<String>,
    pub(super) event_type: Option<String>,
    pub(super) version: &'static str,
    pub(super) times: i64,
}

/// One row a digest, in the order of digests: two processes that bury the same letters meet in the same order.
pub(super) fn rows(letters: &[DeadLetter]) -> Vec<DeadRow> {
    let mut rows: BTreeMap<[u8; 32], DeadRow> = BTreeMap::new();
    for letter in letters {
        rows.entry(letter.digest).and_modify(|row| row.times += 1).or_insert_with(|| row(letter));
    }
    rows.into_values().collect()
}

fn row(letter: &DeadLetter) -> DeadRow {
    let headers: BTreeMap<_, _> = letter.headers.iter().map(|(name, value)| (plain(name), plain(value))).collect();
    DeadRow {
        digest: hex::encode(letter.digest),
        body: hex::encode(&letter.body),
        body_len: i64::try_from(letter.body_len).unwrap_or(i64::MAX),
        body_hash: hex::encode(letter.body_hash),
        headers: serde_json::to_string(&headers).unwrap_or_else(|_| "{}".to_owned()),
        exchange: plain(&letter.exchange),
        routing_key: plain(&letter.routing_key),
        class: letter.class.as_str(),
        code: plain(&letter.code),
        message: plain(&letter.message),
        pointer: letter.pointer.as_deref().map(plain),
        source: letter.event.as_ref().map(|key| plain(&key.source)),
        event_id: letter.event.as_ref().map(|key| plain(&key.id)),
        event_type: letter.event_type.as_deref().map(plain),
        version: env!("CARGO_PKG_VERSION"),
        times: 1,
    }
}

/// PostgreSQL's text and jsonb hold no NUL; a dead letter must never be refused for one.
pub(super) fn plain(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}
