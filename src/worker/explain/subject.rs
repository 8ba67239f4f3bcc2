//! The answer and the facts of each kind of thing.

use time::OffsetDateTime;

use super::answer::{Answer, Case};
use super::mail;
use super::timeline::{Fact, ProposalLine};
use super::words::{self, connects, moment, quoted};
use crate::store::{Dossier, SeenEvent, TALLY_MAX, Thing, ThingKind};
use crate::worker::words::{count, cut};

/// Characters of an error in an answer.
const MESSAGE_CHARS: usize = 200;

/// The answer.
pub(super) fn answer(thing: &Thing, dossier: &Dossier, lines: &[ProposalLine], now: OffsetDateTime) -> Answer {
    match thing.kind {
        ThingKind::Proposal => Case::of(dossier, &thing.id).answer(now),
        ThingKind::Entry => of_entry(thing, dossier, now),
        ThingKind::Event => of_event(dossier),
        ThingKind::Notice => of_notice(dossier),
        ThingKind::Account | ThingKind::Person | ThingKind::Client => of_many(thing, dossier, lines),
        ThingKind::Job => of_job(thing, dossier, lines),
    }
}

fn of_entry(thing: &Thing, dossier: &Dossier, now: OffsetDateTime) -> Answer {
    let Some(entry) = dossier.entries.iter().find(|entry| entry.entry_id == thing.id) else {
        return Answer::new("unknown", format!("the ledger has no entry {}", thing.id));
    };
    let (amount, at) = (connects(entry.amount.saturating_abs()), moment(entry.created_at));
    let account = &entry.account_id;
    let what = match entry.kind.as_str() {
        "return" => {
            let why = entry.reason.as_deref().map(words::reason_of).unwrap_or_default();
            format!("{amount} came back to account {account} on {at}, because {why}")
        }
        "fee" => format!("{amount} were charged to account {account} on {at} for a proposal"),
        "boost" => format!("{amount} were charged to account {account} on {at} for the boost of a proposal"),
        "refund" => format!("{amount} were refunded to account {account} by the marketplace on {at}"),
        "expiry" => format!("{amount} of account {account} expired on {at}"),
        _ => format!("{amount} were added to account {account} on {at}"),
    };
    let Some(proposal) = entry.about.as_deref() else { return Answer::new(&entry.kind, what) };
    let about = Case::of(dossier, proposal).answer(now);
    let mut answer = Answer { sentences: Vec::new(), ..about.clone() };
    answer = answer.and(what);
    answer.sentences.extend(about.sentences);
    answer
}

fn of_event(dossier: &Dossier) -> Answer {
    let Some(event) = dossier.events.first() else {
        return Answer::new("unknown", "no event of this id was ever received");
    };
    let name = format!("event {} ({})", event.event_id, event.event_type);
    let came = moment(event.received_at);
    let answer = match event.state.as_str() {
        "waiting" => {
            let due = event.due_at.map_or_else(String::new, |at| format!("; next at {}", moment(at)));
            let waits = words::waits_for(event.code.as_deref());
            Answer::new("waiting", format!("{name} was received on {came} and waits {waits}{due}"))
        }
        "fanning_out" => Answer::new("in_progress", format!("{name} was received on {came} and is being applied")),
        "dead" => Answer::new("dead_letter", format!("{name} was received on {came} and given up")).and(lies(dossier)),
        _ => {
            let applied = event.applied_at.map_or_else(String::new, |at| format!(" and applied on {}", moment(at)));
            Answer::new("applied", format!("{name} was received on {came}{applied}"))
        }
    };
    let mut answer = answer.and(did(dossier)).and(again(event));
    answer.connects = dossier.tally.verdicts.get("credited").map_or(0, |(_, connects)| *connects);
    answer
}

fn lies(dossier: &Dossier) -> String {
    dossier.letters.last().map_or_else(String::new, |letter| {
        let message = cut(letter.message.trim_end_matches('.'), MESSAGE_CHARS);
        format!("it lies in dead letter {}: {message}", letter.dead_letter_no)
    })
}

/// What an event decided, counted.
fn did(dossier: &Dossier) -> String {
    let of = |verdict: &str| dossier.tally.verdicts.get(verdict).copied().unwrap_or_default();
    let ((credited, sum), (none, _), (held, _)) = (of("credited"), of("none"), of("held"));
    let all = credited + none + held;
    if all == 0 {
        return String::new();
    }
    let many = if all >= TALLY_MAX {
        format!("of the first {TALLY_MAX} proposals")
    } else {
        format!("of {}", count(all, "proposal"))
    };
    let waits = if held == 0 { String::new() } else { format!(", {held} are held") };
    format!("{many}, {credited} got {} back and {none} got none{waits}", connects(sum))
}

fn again(event: &SeenEvent) -> String {
    if event.deliveries > 1 {
        format!("it was delivered {} times, and had its effect once", event.deliveries)
    } else {
        String::new()
    }
}

fn of_notice(dossier: &Dossier) -> Answer {
    let Some(notice) = dossier.notices.first() else {
        return Answer::new("unknown", "the outbox has no notice of this id");
    };
    let told = notice.told();
    let back: i64 = told.iter().map(crate::policy::NoticeLine::returned).fold(0, i64::saturating_add);
    let what = match told.len() {
        0 => format!("it tells {} about event {} ({})", notice.person_id, notice.event_id, notice.event_type),
        lines => format!(
            "it tells {} about {}, {} of which came back",
            notice.person_id,
            count(lines as u64, "proposal"),
            connects(back)
        ),
    };
    let mut answer = Answer::new(&notice.state, mail::of_notice(notice))
        .and(what.replace(", 0 Connects of which", ", of which nothing"));
    answer.connects = back;
    answer
}

/// A sentence about a list: how many of the proposals shown got something back.
fn listed(lines: &[ProposalLine], more: bool) -> (String, i64) {
    let back = lines.iter().map(|line| line.answer.connects).fold(0, i64::saturating_add);
    let credited = lines.iter().filter(|line| line.answer.connects > 0).count();
    let open = lines
        .iter()
        .filter(|line| matches!(line.answer.code.as_str(), "no_event" | "late" | "dead_letter" | "waiting"));
    let newest = if more { "the newest " } else { "" };
    let mut words = match lines.len() {
        0 => "there are no proposals".to_owned(),
        all => format!("of {newest}{}, {credited} got {} back", count(all as u64, "proposal"), connects(back)),
    };
    let open = open.count();
    if open > 0 {
        words = format!("{words}, and {open} need to be looked at");
    }
    (words, back)
}

fn of_many(thing: &Thing, dossier: &Dossier, lines: &[ProposalLine]) -> Answer {
    let (words, back) = listed(lines, dossier.next.is_some());
    let first = match thing.kind {
        ThingKind::Account => dossier.accounts.first().map_or_else(
            || format!("the marketplace's tables hold no account {}", thing.id),
            |account| format!("account {} ({}) has {}", account.account_id, account.kind, connects(account.balance)),
        ),
        ThingKind::Client => dossier.clients.first().map_or_else(
            || format!("the marketplace's tables hold no client {}", thing.id),
            |(id, suspended)| format!("client {id} is {}", if *suspended { "suspended" } else { "not suspended" }),
        ),
        _ => {
            let person = dossier.people.iter().find(|person| person.person_id == thing.id);
            match person {
                None => format!("the marketplace's tables hold no person {}", thing.id),
                Some(person) if person.cause.is_some() => {
                    format!("no mail goes to {}: the address is suppressed", thing.id)
                }
                Some(person) if !person.has_address => format!("no mail goes to {}: there is no address", thing.id),
                Some(_) => format!("mail goes to {}", thing.id),
            }
        }
    };
    Answer { connects: back, ..Answer::new("listed", first).and(words) }
}

fn of_job(thing: &Thing, dossier: &Dossier, lines: &[ProposalLine]) -> Answer {
    let (words, back) = listed(lines, dossier.next.is_some());
    let job = dossier.jobs.iter().find(|job| job.job_id == thing.id);
    let spoken = dossier.events.iter().rfind(|event| event.job_id.as_deref() == Some(&thing.id));
    let first = match job {
        None => format!("the marketplace's tables hold no job {}", thing.id),
        Some(job) if job.state == "open" => format!("the post {} is open", quoted(&job.title)),
        Some(job) => {
            format!("{} on {} ({})", words::job_end(&job.state), moment(job.state_since), quoted(&job.title))
        }
    };
    let event = match (spoken, job) {
        (Some(event), _) => {
            format!("event {} ({}) speaks of it and is {}", event.event_id, event.event_type, event.state)
        }
        (None, Some(job)) if job.state != "open" && job.state != "filled" => {
            format!("no event about it was ever received: {}", super::answer::AUDIT)
        }
        (None, _) => String::new(),
    };
    Answer { connects: back, ..Answer::new("listed", first).and(event).and(words) }
}

/// The facts as they are now.
pub(super) fn facts(thing: &Thing, dossier: &Dossier) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut fact = |name: &'static str, value: String| facts.push(Fact { name, value });
    let since = |state: &str, at: OffsetDateTime| format!("{state} since {}", moment(at));
    if matches!(thing.kind, ThingKind::Proposal | ThingKind::Entry)
        && let Some(proposal) = dossier.proposals.first()
    {
        fact("proposal", since(&proposal.state, proposal.state_since));
        fact("submitted", format!("{} by {}", moment(proposal.submitted_at), proposal.person_id));
        fact("account", proposal.account_id.clone());
        let (spent, left) = Case::of(dossier, &proposal.proposal_id).spent();
        fact("charged", format!("{}, {} of them back", connects(spent), spent - left));
        fact("job", proposal.job_id.clone());
        if let (Some(title), Some(state), Some(at)) = (&proposal.title, &proposal.job_state, proposal.job_since) {
            fact("title", quoted(title));
            fact("job_state", since(state, at));
        }
        if let Some(client) = &proposal.client_id {
            let suspended = if proposal.client_suspended == Some(true) { ", suspended" } else { "" };
            fact("client", format!("{client}{suspended}"));
        }
    }
    for job in &dossier.jobs {
        fact("title", quoted(&job.title));
        fact("job_state", since(&job.state, job.state_since));
        fact("client", job.client_id.clone());
    }
    if thing.kind == ThingKind::Account {
        for account in &dossier.accounts {
            fact("kind", account.kind.clone());
            fact("owner", account.owner_id.clone());
            if let Some(manager) = &account.manager_id {
                fact("manager", manager.clone());
            }
            fact("balance", connects(account.balance));
        }
    }
    facts
}
