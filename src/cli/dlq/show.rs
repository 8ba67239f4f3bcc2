//! `makegood dlq show`: one letter with everything that is known about it, and what to type next.

use std::io::{ErrorKind, Write};

use anyhow::{Context, bail};

use super::{open, words};
use crate::cli::{Exit, output};
use crate::config::Config;
use crate::store::Letter;
use crate::worker::desk::{hex_lines, letter_json, letter_next, payload_json};

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
        words::json(&letter_json(&letter)?)?;
    } else {
        output::say(head(&letter))?;
        output::say(payload(&letter))?;
        output::say(history(&letter))?;
        output::talk(letter_next(&letter).lines().join("\n"));
    }
    Ok(Exit::Done)
}

fn raw(letter: &Letter) -> anyhow::Result<()> {
    if !letter.is_whole() {
        let (kept, all) = (letter.body.len(), letter.summary.body_len);
        output::talk(if letter.summary.erased_at.is_some() {
            format!("of {all} bytes {kept} are left: what it said of a person was erased")
        } else {
            format!("only the first {kept} bytes of {all} were kept")
        });
    }
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(&letter.body).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result.context("cannot write to stdout"),
    }
}

fn head(letter: &Letter) -> String {
    let summary = &letter.summary;
    let mut lines = vec![format!("dead letter {}, {}", summary.id, summary.state.as_str())];
    let mut line = |name: &str, text: String| lines.push(format!("  {name:<12} {text}"));
    line("cause", format!("{} ({})", words::plain(&summary.code), summary.class.as_str()));
    line("", words::plain(&summary.message));
    if let Some(pointer) = &summary.pointer {
        line("place", if pointer.is_empty() { "the whole body".to_owned() } else { words::plain(pointer) });
        if let Some(value) = payload_json(letter).as_ref().and_then(|body| body.pointer(pointer)) {
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
    if let Some(at) = summary.erased_at {
        line("erased", format!("{}: what it said of a person is gone at their request", words::moment(at)));
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
    let size = if letter.summary.erased_at.is_some() {
        format!("of {all} this is left:")
    } else if letter.is_whole() {
        all
    } else {
        format!("{all}, of which the first {kept} were kept")
    };
    let text = match (payload_json(letter), std::str::from_utf8(&letter.body)) {
        (Some(value), _) => words::plain_lines(&serde_json::to_string_pretty(&value).unwrap_or_default()),
        (None, Ok(text)) => {
            let more = if text.chars().nth(TEXT_CHARS).is_some() { "\n… (--raw writes all of it)" } else { "" };
            format!("{}{more}", words::plain_lines(&text.chars().take(TEXT_CHARS).collect::<String>()))
        }
        (None, Err(_)) => {
            let (mut lines, whole) = hex_lines(&letter.body);
            if !whole {
                lines.push("… (--raw writes all of it)".to_owned());
            }
            lines.join("\n")
        }
    };
    let lines = text.lines().map(|line| format!("    {line}"));
    let payload: Vec<String> = std::iter::once(format!("  payload      {size}")).chain(lines).collect();
    payload.join("\n")
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
