//! `makegood dlq show`: one letter with everything that is known about it, and what to type next.

use std::io::{ErrorKind, Write};

use anyhow::{Context, bail};
use serde_json::{Map, Value, json};

use super::{open, words};
use crate::cli::{Exit, output};
use crate::config::Config;
use crate::store::{DeadClass, Letter, LetterState, ndjson};

/// Bytes of a payload that is no text, shown in hex.
const HEX_BYTES: usize = 512;
/// Bytes in a line of hex.
const HEX_LINE: usize = 16;
/// Characters of a payload that is text but no JSON.
const TEXT_CHARS: usize = 16 * 1024;
/// Characters of the value at the place of the trouble.
const VALUE_CHARS: usize = 400;

/// Options of `makegood dlq show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "The payload may hold what people wrote: treat it as personal data.")]
pub(super) struct Options {
    /// Id of the letter.
    #[arg(value_name = "ID")]
    id: i64,
    /// Writes the payload to stdout, byte by byte as it came, and nothing else.
    #[arg(long, conflicts_with = "json")]
    raw: bool,
    /// Prints JSON: the letter as an export has it, with its payload read and what to type next.
    #[arg(long)]
    json: bool,
}

/// Shows it.
pub(super) async fn run(options: &Options, config: &Config) -> anyhow::Result<Exit> {
    let store = open(config).await?;
    let letter = store.letter(options.id).await?;
    store.close().await;
    let Some(letter) = letter else {
        bail!("there is no dead letter {}; `makegood dlq list --state any` shows those there are", options.id)
    };
    if options.raw {
        raw(&letter)?;
    } else if options.json {
        words::json(&whole_json(&letter)?)?;
    } else {
        output::say(head(&letter))?;
        output::say(payload(&letter))?;
        output::say(history(&letter))?;
        output::talk(next(&letter).join("\n"));
    }
    Ok(Exit::Done)
}

fn raw(letter: &Letter) -> anyhow::Result<()> {
    if !letter.is_whole() {
        let (kept, all) = (letter.body.len(), letter.summary.body_len);
        output::talk(format!("only the first {kept} bytes of {all} were kept"));
    }
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(&letter.body).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result.context("cannot write to stdout"),
    }
}

fn whole_json(letter: &Letter) -> anyhow::Result<Value> {
    let mut value: Map<String, Value> = serde_json::from_str(&ndjson::line(letter))?;
    value.remove("version");
    value.insert("group".to_owned(), letter.summary.fingerprint.clone().into());
    value.insert("whole".to_owned(), letter.is_whole().into());
    value.insert("payload".to_owned(), read(letter).unwrap_or_default());
    value.insert("next".to_owned(), json!(next(letter)));
    Ok(Value::Object(value))
}

fn read(letter: &Letter) -> Option<Value> {
    serde_json::from_slice(&letter.body).ok()
}

fn head(letter: &Letter) -> String {
    let summary = &letter.summary;
    let mut lines = vec![format!("dead letter {}, {}", summary.id, summary.state.as_str())];
    let mut line = |name: &str, text: String| lines.push(format!("  {name:<12} {text}"));
    line("cause", format!("{} ({})", words::plain(&summary.code), summary.class.as_str()));
    line("", words::plain(&summary.message));
    if let Some(pointer) = &summary.pointer {
        line("place", if pointer.is_empty() { "the whole body".to_owned() } else { words::plain(pointer) });
        if let Some(value) = read(letter).as_ref().and_then(|body| body.pointer(pointer)) {
            line("there stands", words::cut(&value.to_string(), VALUE_CHARS));
        }
    }
    let event = [&summary.source, &summary.event_id].map(|part| words::known(part.as_deref()));
    line("event", event.join(" "));
    line("type", words::known(summary.event_type.as_deref()));
    for (name, text) in [("job", &summary.job), ("client", &summary.client)] {
        if let Some(text) = text {
            line(name, words::plain(text));
        }
    }
    line("group", words::plain(&summary.fingerprint));
    let (first, last) = (words::moment(summary.first_seen), words::moment(summary.last_seen));
    line("seen", format!("{}, first {first}, last {last}", words::count(summary.times, "time")));
    if let Some(at) = summary.settled_at {
        line("settled", words::moment(at));
    }
    line("published to", format!("exchange {:?}, routing key {:?}", letter.exchange, letter.routing_key));
    line("failed on", format!("makegood {}", words::plain(&summary.version)));
    for (name, value) in &letter.headers {
        line("header", format!("{}: {}", words::plain(name), words::plain(value)));
    }
    lines.join("\n")
}

fn payload(letter: &Letter) -> String {
    let all = words::count(letter.summary.body_len, "byte");
    let kept = letter.body.len();
    let size = if letter.is_whole() { all } else { format!("{all}, of which the first {kept} were kept") };
    let text = match (read(letter), std::str::from_utf8(&letter.body)) {
        (Some(value), _) => words::plain_lines(&serde_json::to_string_pretty(&value).unwrap_or_default()),
        (None, Ok(text)) => {
            let more = if text.chars().nth(TEXT_CHARS).is_some() { "\n… (--raw writes all of it)" } else { "" };
            format!("{}{more}", words::plain_lines(&text.chars().take(TEXT_CHARS).collect::<String>()))
        }
        (None, Err(_)) => hex_lines(&letter.body),
    };
    let lines = text.lines().map(|line| format!("    {line}"));
    let payload: Vec<String> = std::iter::once(format!("  payload      {size}")).chain(lines).collect();
    payload.join("\n")
}

fn hex_lines(body: &[u8]) -> String {
    let head = body.get(..HEX_BYTES).unwrap_or(body);
    let visible = |byte: &u8| if byte.is_ascii_graphic() || *byte == b' ' { char::from(*byte) } else { '.' };
    let mut lines: Vec<String> = head
        .chunks(HEX_LINE)
        .map(|chunk| format!("{:<32}  {}", hex::encode(chunk), chunk.iter().map(visible).collect::<String>()))
        .collect();
    if head.len() < body.len() {
        lines.push("… (--raw writes all of it)".to_owned());
    }
    lines.join("\n")
}

fn history(letter: &Letter) -> String {
    let mut table = output::table(&["when", "what", "replay", "outcome", "code", "message", "makegood"]);
    for attempt in &letter.history {
        table.add_row([
            words::moment(attempt.at),
            attempt.kind.as_str().to_owned(),
            attempt.replay.map_or_else(|| "-".to_owned(), |replay| replay.to_string()),
            words::plain(&attempt.outcome),
            words::known(attempt.code.as_deref()),
            attempt.message.as_deref().map_or_else(|| "-".to_owned(), |text| words::cut(text, VALUE_CHARS)),
            words::plain(&attempt.version),
        ]);
    }
    table.to_string()
}

/// What to do, and what to type for it. Ids of others are not put into a command: a shell would read them.
fn next(letter: &Letter) -> Vec<String> {
    let id = letter.summary.id;
    let replay = format!("  makegood dlq plan {id}, then makegood dlq replay {id} --reason '…'");
    let discard = format!("  makegood dlq discard {id} --reason '…'");
    let patch = format!(
        "  makegood dlq show {id} --raw > event.json, edit it, makegood dlq replay {id} --patch event.json --reason '…'"
    );
    match letter.summary.state {
        LetterState::Resolved => return vec!["nothing is left to do: it was applied".to_owned()],
        LetterState::Discarded => {
            return vec![
                "it is in the archive; to open it again:".to_owned(),
                format!("  makegood dlq restore {id} --reason '…'"),
            ];
        }
        LetterState::Trial => return vec!["a running daemon tries it alone; then it is resolved, or open".to_owned()],
        LetterState::Open => {}
    }
    if !letter.is_whole() {
        let why = "only the head of its body was kept: only an edited payload can be replayed, or the publisher sends it again";
        return vec![why.to_owned(), format!("  makegood dlq replay {id} --patch FILE --reason '…'"), discard];
    }
    let (why, commands) = match letter.summary.class {
        DeadClass::Undecodable => ("correct the publisher, or the payload:", vec![patch, discard]),
        DeadClass::UnknownType => {
            ("a makegood that knows the type can apply it; otherwise unbind its routing key:", vec![replay, discard])
        }
        DeadClass::Conflict => (
            "the same event id came with other content: find out which is right, correct it under an id of its own:",
            vec![patch, discard],
        ),
        DeadClass::Unresolved => (
            "what it speaks of never became known: load it, then apply the letter:",
            vec!["  makegood import FILE".to_owned(), replay, discard],
        ),
        DeadClass::Refused => ("the message says what was refused; when that is mended:", vec![replay, discard]),
        DeadClass::GivenUp => {
            ("the broker gave it up, or it ended the process; see first what would come of it:", vec![replay, discard])
        }
    };
    std::iter::once(why.to_owned()).chain(commands).collect()
}
