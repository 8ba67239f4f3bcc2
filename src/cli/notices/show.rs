//! `makegood notices show`: one notice with everything that is known about it, or the letter it becomes.

use std::io::{ErrorKind, Write};

use anyhow::{Context, anyhow, bail};

use super::select::{only, the_one};
use crate::app;
use crate::cli::{Exit, dlq, output};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::mail::{Letter, Rendered};
use crate::store::{Address, LeasedNotice, NoticeDossier, NoticeFilter};
use crate::worker::desk::{Desk, dossier_json, line_words, message_id, notice_next, shown_address};
use crate::worker::letter;

/// Characters of a reply in a line.
const TEXT_CHARS: usize = 60;

/// Options of `makegood notices show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The letter is made as the daemon would make it now: today's templates, name, language and address.
It may hold what people wrote: treat it as personal data.")]
pub(super) struct Options {
    /// Id of the notice, or how it begins.
    #[arg(value_name = "ID", required_unless_present = "proposal")]
    id: Option<String>,
    /// The notice with a line about this proposal, instead of an id.
    #[arg(long, value_name = "PROPOSAL", conflicts_with = "id")]
    proposal: Option<String>,
    /// Prints its letter and nothing else: text (with the subject above it), html, subject, or eml, the whole message.
    #[arg(long, value_enum, value_name = "PART", hide_possible_values = true)]
    part: Option<Part>,
    /// Shows the address whole.
    #[arg(long)]
    show_address: bool,
    /// Prints JSON: facts, lines, history, and what to type next.
    #[arg(long, conflicts_with = "part")]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    Text,
    Html,
    Subject,
    Eml,
}

/// Shows it.
pub(super) async fn run(options: &Options, config: &Config) -> anyhow::Result<Exit> {
    let desk = Desk { letters: app::letters(config)?.into(), senders: app::senders(config)?.into() };
    let store = dlq::open(config).await?;
    let found = match (&options.id, &options.proposal) {
        (Some(id), _) => the_one(&*store, id).await,
        (None, proposal) => {
            let filter = NoticeFilter { proposal: proposal.clone(), ..NoticeFilter::default() };
            only(&*store, &filter, "tells of this proposal").await
        }
    };
    let dossier = match found {
        Ok(summary) => store.notice(summary.id, SystemClock.now()).await.map_err(anyhow::Error::from),
        Err(error) => Err(error),
    };
    store.close().await;
    let dossier = dossier?.context("the notice is gone")?;
    if let Some(part) = options.part {
        print_part(&desk, &dossier, part, options.show_address)?;
    } else if options.json {
        dlq::json(&dossier_json(&desk, &dossier, options.show_address))?;
    } else {
        output::say(head(&desk, &dossier, options.show_address))?;
        if !dossier.history.is_empty() {
            output::say(history(&dossier))?;
        }
        output::talk(notice_next(&dossier.summary).lines().join("\n"));
    }
    Ok(Exit::Done)
}

fn readable(dossier: &NoticeDossier) -> anyhow::Result<&LeasedNotice> {
    if let Some(at) = dossier.summary.erased_at {
        bail!("the notice was erased {} at its person's request: it has no letter any more", dlq::moment(at));
    }
    dossier.letter.as_ref().map_err(|column| anyhow!("the notice's {column} cannot be read: it has no letter"))
}

fn print_part(desk: &Desk, dossier: &NoticeDossier, part: Part, whole: bool) -> anyhow::Result<()> {
    let notice = readable(dossier)?;
    if part == Part::Eml {
        return print_message(desk, notice, whole);
    }
    let Rendered { subject, text, html, .. } = letter::words(&desk.letters, &desk.senders, notice)?;
    match part {
        Part::Subject => output::say(subject),
        Part::Html => output::say(html.trim_end()),
        _ => output::say(format!("Subject: {subject}\n\n{}", text.trim_end())),
    }
}

fn print_message(desk: &Desk, notice: &LeasedNotice, whole: bool) -> anyhow::Result<()> {
    let address = notice.address.as_ref().context("its person has no address: there is no message, only its words")?;
    // With the real address: what a sender would find wrong is found here.
    let Address(real) = address;
    let mut mail = letter::mail_to(&desk.letters, &desk.senders, notice, real)?;
    if !whole {
        mail = letter::mail_to(&desk.letters, &desk.senders, notice, &shown_address(address, false))?;
        output::talk("the address is masked; --show-address shows it");
    }
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(mail.bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result.context("cannot write to stdout"),
    }
}

fn head(desk: &Desk, dossier: &NoticeDossier, whole: bool) -> String {
    let summary = &dossier.summary;
    let mut lines = vec![format!("notice {}, {}", summary.id, summary.state.as_str())];
    let mut line = |name: &str, text: String| lines.push(format!("  {name:<12} {text}"));
    line("event", format!("{} {}", dlq::plain(&summary.event.source), dlq::plain(&summary.event.id)));
    line("", format!("{}, {}", dlq::plain(&summary.event_type), dlq::plain(&summary.event_state)));
    line("person", dlq::plain(&summary.person));
    if let Some(at) = summary.erased_at {
        line("erased", format!("{}: its words and its address are gone at its person's request", dlq::moment(at)));
    }
    match &dossier.letter {
        Ok(notice) if summary.erased_at.is_some() => {
            notice.lines.iter().for_each(|told| line("line", line_words(told)));
        }
        Ok(notice) => {
            line("address", address(notice, whole));
            line("letter", Letter::choose(&notice.about, &notice.lines).name().to_owned());
            line("Message-ID", message_id(desk, notice).unwrap_or_else(|| "-".to_owned()));
            notice.lines.iter().for_each(|told| line("line", line_words(told)));
        }
        Err(column) => line("letter", format!("cannot be made: its {column} cannot be read")),
    }
    line("code", dlq::known(summary.code.as_deref()));
    if let Some(reply) = &summary.reply {
        line("reply", dlq::plain(reply));
    }
    line("made", dlq::moment(summary.created_at));
    match (summary.settled_at, summary.lease_until, summary.due_at) {
        (Some(at), ..) => line("settled", dlq::moment(at)),
        (None, Some(until), _) => line("leased until", dlq::moment(until)),
        (None, None, Some(due)) => line("due", dlq::moment(due)),
        (None, None, None) => line("due", "when its event has told all it has".to_owned()),
    }
    line("attempts", format!("{}; sent again by operators: {}", summary.attempts, summary.resends));
    lines.join("\n")
}

fn address(notice: &LeasedNotice, whole: bool) -> String {
    match &notice.address {
        None => "none".to_owned(),
        Some(address) if notice.suppressed => format!("{}, suppressed", shown_address(address, whole)),
        Some(address) => shown_address(address, whole),
    }
}

fn history(dossier: &NoticeDossier) -> String {
    let mut table = output::table(&["when", "what", "state", "code", "reply"]);
    for event in &dossier.history {
        table.add_row([
            dlq::moment(event.at),
            event.kind.as_str().to_owned(),
            dlq::plain(&event.state),
            dlq::known(event.code.as_deref()),
            event.reply.as_deref().map_or_else(|| "-".to_owned(), |reply| dlq::cut(reply, TEXT_CHARS)),
        ]);
    }
    table.to_string()
}
