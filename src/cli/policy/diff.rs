//! `makegood policy diff`: what a changed policy would have decided about what has happened. Writes nothing.

use std::path::PathBuf;

use anyhow::Context;
use serde_json::json;
use time::format_description::well_known::Rfc3339;

use super::{dlq, place, policy};
use crate::app;
use crate::cli::when::{When, when};
use crate::cli::{Exit, output};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::policy::{Policy, PolicyVersion};
use crate::store::{PastWindow, Store};
use crate::worker::policies::{AccountDifference, OldNew, RuleDifference, Trial, TrialOrder, TrialSums, trial};

/// Events judged where nothing else is said: some minutes.
const EVENTS_DEFAULT: u32 = 100_000;
/// Events judged at most: some hours.
const EVENTS_MAX: u32 = 10_000_000;
/// Accounts named at most.
const TOP_MAX: u32 = 10_000;

/// Options of `makegood policy diff`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Each past event is judged twice over the same facts: by the policy in force, by its date, and by the
newest version of the changed one, as if it had always been in force. The facts are those of now,
without the returns that these events made. Decisions on record that the policy in force would not make
today are counted: where there are many, the facts have moved and the sums say less.
Nothing is written, locked or sent; the database is read by pages. Exit code 0 whether it differs or not.")]
pub(super) struct Options {
    /// The changed policy.
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,
    /// Its version of this id, instead of the newest.
    #[arg(long, value_name = "ID", conflicts_with = "dated")]
    version: Option<String>,
    /// Its versions by their dates, as they would have been in force.
    #[arg(long)]
    dated: bool,
    /// Events that happened since then: a moment, as in 2026-11-03T10:00:00Z, or an age, as in 90d.
    #[arg(long, value_name = "WHEN", value_parser = when)]
    since: Option<When>,
    /// Events that happened before then.
    #[arg(long, value_name = "WHEN", value_parser = when)]
    until: Option<When>,
    /// Events at most, the first of them.
    #[arg(long, value_name = "N", default_value_t = EVENTS_DEFAULT,
        value_parser = clap::value_parser!(u32).range(1..=i64::from(EVENTS_MAX)))]
    limit: u32,
    /// Accounts named, those with the largest differences.
    #[arg(long, value_name = "N", default_value_t = 20,
        value_parser = clap::value_parser!(u32).range(0..=i64::from(TOP_MAX)))]
    top: u32,
    /// Prints JSON: sums, rules, accounts.
    #[arg(long)]
    json: bool,
}

/// Compares them.
pub(super) async fn run(options: &Options, config: &Config) -> anyhow::Result<Exit> {
    let old = app::policy(config)?;
    let file = policy(Some(&options.policy), config)?;
    let new = if options.dated {
        file
    } else {
        let named = options.version.as_deref();
        file.pinned(named).with_context(|| format!("there is no version {}", named.unwrap_or_default()))?
    };
    let now = SystemClock.now();
    let moment = |when: Option<When>| when.map(|when| when.moment(now)).transpose();
    let window = PastWindow { since: moment(options.since)?, until: moment(options.until)?, limit: options.limit };
    let order = TrialOrder { old: &old, new: &new, window, top: options.top as usize };
    let store = dlq::open(config).await?;
    let tried = tried(&*store, &order).await;
    store.close().await;
    let tried = tried?;
    if options.json {
        dlq::json(&json!({
            "old": place(config),
            "new": options.policy.display().to_string(),
            "version": (!options.dated).then(|| newest(&new)),
            "since": window.since.and_then(|at| at.format(&Rfc3339).ok()),
            "until": window.until.and_then(|at| at.format(&Rfc3339).ok()),
            "limit": options.limit,
            "sums": tried.sums,
            "rules": tried.rules,
            "accounts": tried.accounts,
        }))?;
    } else {
        tell(&tried, options)?;
    }
    Ok(Exit::Done)
}

fn newest(policy: &Policy) -> &str {
    policy.versions().last().map_or("", PolicyVersion::id)
}

async fn tried(store: &dyn Store, order: &TrialOrder<'_>) -> anyhow::Result<Trial> {
    let bar = output::progress(0, "events")?;
    let show = |done, events| {
        bar.set_message(format!("of {events} events"));
        bar.set_position(done);
    };
    let done = trial(store, order, SystemClock.now(), &show).await;
    bar.finish_and_clear();
    Ok(done?)
}

fn tell(tried: &Trial, options: &Options) -> anyhow::Result<()> {
    output::say(sums(&tried.sums))?;
    if !tried.rules.is_empty() {
        output::say(rules(&tried.rules))?;
    }
    if !tried.accounts.is_empty() {
        output::say(accounts(&tried.accounts))?;
    }
    let named = tried.accounts.len() as u64;
    let all = tried.sums.accounts_more + tried.sums.accounts_less;
    if named < all {
        output::talk(format!("{named} of {all} accounts are named: --top names more"));
    }
    if tried.sums.events >= u64::from(options.limit) {
        output::talk(format!("the first {} events: --limit takes more", options.limit));
    }
    Ok(())
}

fn sums(sums: &TrialSums) -> String {
    let both = |pair: OldNew| format!("{} -> {}", pair.old, pair.new);
    let mut lines = Vec::new();
    let mut line = |name: &str, text: String| lines.push(format!("{name:<22} {text}"));
    line("Connects back", both(sums.connects));
    line("  more, less", format!("+{} -{}", sums.connects_more, sums.connects_less));
    line("accounts, more, less", format!("{}, {}", sums.accounts_more, sums.accounts_less));
    line("notices", both(sums.notices));
    line("proposals decided", sums.proposals.to_string());
    line("  otherwise", sums.proposals_differ.to_string());
    line("events", sums.events.to_string());
    if sums.undecided != OldNew::default() {
        line("  undecided", both(sums.undecided));
    }
    if sums.unreadable > 0 {
        line("  unreadable", sums.unreadable.to_string());
    }
    line("moved since", format!("{} decisions on record would be others today", sums.moved));
    lines.join("\n")
}

fn rules(rules: &[RuleDifference]) -> String {
    let mut table = output::table(&["rule in force", "changed", "proposals", "Connects", "told"]);
    for rule in rules {
        table.add_row([
            rule.old_rule.clone(),
            rule.new_rule.clone(),
            rule.proposals.to_string(),
            format!("{} -> {}", rule.connects.old, rule.connects.new),
            format!("{} -> {}", rule.told.old, rule.told.new),
        ]);
    }
    table.to_string()
}

fn accounts(accounts: &[AccountDifference]) -> String {
    let mut table = output::table(&["account", "proposals", "Connects", "difference"]);
    for account in accounts {
        table.add_row([
            dlq::plain(&account.account),
            account.proposals.to_string(),
            format!("{} -> {}", account.connects.old, account.connects.new),
            format!("{:+}", account.difference),
        ]);
    }
    table.to_string()
}
