//! What happened, as entries of a timeline: facts, events, decisions, the ledger, mails, dead letters.

use serde_json::json;

use super::answer::Case;
use super::timeline::Entry;
use super::words::{self, connects, moment, quoted, sentence};
use crate::store::{
    Dossier, Gap, SeenAnnouncement, SeenAttempt, SeenDecision, SeenEntry, SeenEvent, SeenFinding, SeenLetter,
    SeenNotice, SeenNoticeEvent, SeenProposal, Thing, ThingKind,
};
use crate::worker::words::cut;

/// Characters of an error, or of an operator's reason, in an entry.
const TEXT_CHARS: usize = 300;

/// Everything that happened, in no order.
pub(super) fn of(thing: &Thing, dossier: &Dossier) -> Vec<Entry> {
    let mut entries = Vec::new();
    let one = matches!(thing.kind, ThingKind::Proposal | ThingKind::Entry);
    let case = dossier.proposals.first().filter(|_| one).map(|proposal| Case::of(dossier, &proposal.proposal_id));
    if let Some(proposal) = case.as_ref().and_then(|case| case.proposal) {
        of_proposal(proposal, &mut entries);
    }
    for event in dossier.events.iter().filter(|event| is_of(event, thing, case.as_ref())) {
        of_event(event, &mut entries);
    }
    if one || matches!(thing.kind, ThingKind::Notice) {
        entries.extend(dossier.decisions.iter().map(decision));
        entries.extend(dossier.entries.iter().map(ledger));
    }
    if one || matches!(thing.kind, ThingKind::Notice | ThingKind::Person) {
        for notice in &dossier.notices {
            of_notice(notice, &mut entries);
        }
        entries.extend(dossier.notice_history.iter().map(notice_event));
        entries.extend(dossier.announcements.iter().map(announcement));
    }
    entries.extend(dossier.letters.iter().map(letter));
    entries.extend(dossier.attempts.iter().filter(|attempt| attempt.kind != "arrival").map(attempt));
    entries.extend(dossier.findings.iter().map(finding));
    for person in &dossier.people {
        if let (Some(cause), Some(at)) = (&person.cause, person.created_at) {
            let words = format!("Mail to {} is suppressed ({cause}).", person.person_id);
            let details = json!({ "cause": cause, "until": person.expires_at.map(moment) });
            entries.push(Entry::new(at, "suppressed", words).id("person", &person.person_id).details(details));
        }
    }
    entries
}

/// What comes before what in one moment, as one transaction has one: cause before effect.
pub(super) fn rank(what: &str) -> u8 {
    match what {
        "proposal.submitted" | "job.state" | "job.hired" | "proposal.state" => 0,
        "ledger.fee" | "ledger.boost" | "ledger.grant" | "ledger.refund" => 1,
        "event.occurred" => 2,
        "event.published" => 3,
        "event.received" => 4,
        "decision" => 5,
        "ledger.return" => 6,
        "event.applied" => 7,
        "notice.created" => 8,
        _ => 9,
    }
}

/// Whether an event belongs into the timeline: those of a client, for one, are about many other proposals.
fn is_of(event: &SeenEvent, thing: &Thing, case: Option<&Case<'_>>) -> bool {
    match (thing.kind, case) {
        (ThingKind::Job, _) => event.job_id.as_deref() == Some(&thing.id) || event.client_id.is_some(),
        (ThingKind::Client, _) => event.client_id.as_deref() == Some(&thing.id),
        (ThingKind::Person, _) => event.person_id.as_deref() == Some(&thing.id),
        (ThingKind::Account, _) => false,
        (_, Some(case)) => {
            case.has_decided(event.event_no) || case.events().any(|about| about.event_no == event.event_no)
        }
        _ => true,
    }
}

fn of_proposal(proposal: &SeenProposal, entries: &mut Vec<Entry>) {
    let title = proposal.title.as_deref().map_or_else(|| proposal.job_id.clone(), quoted);
    let invited = if proposal.invited { ", in answer to an invitation" } else { "" };
    let words = format!("The proposal on {title} was submitted{invited}.");
    let entry = Entry::new(proposal.submitted_at, "proposal.submitted", words).id("proposal", &proposal.proposal_id);
    entries.push(entry.id("job", &proposal.job_id).id("account", &proposal.account_id));
    if proposal.state != "submitted" {
        let by = proposal.declined_by.as_ref().map_or_else(String::new, |by| format!(" by the {by}"));
        let words = format!("The proposal became {}{by}.", proposal.state);
        entries.push(Entry::new(proposal.state_since, "proposal.state", words).id("proposal", &proposal.proposal_id));
    }
    if let (Some(state), Some(since)) = (&proposal.job_state, proposal.job_since)
        && state != "open"
    {
        let words = sentence(words::job_end(state));
        entries
            .push(Entry::new(since, "job.state", words).id("job", &proposal.job_id).details(json!({ "state": state })));
    }
    if let Some(at) = proposal.hired_at {
        let words = "The first contract on the job was made.";
        entries.push(Entry::new(at, "job.hired", words).id("job", &proposal.job_id));
    }
}

fn of_event(event: &SeenEvent, entries: &mut Vec<Entry>) {
    let id = &event.event_id;
    let ids = |entry: Entry| {
        let entry = entry.id("event", id).id("source", &event.source);
        entry.maybe("trace", event.traceparent.as_deref().and_then(|trace| trace.split('-').nth(1)))
    };
    let cause = event.cause.as_ref().map_or_else(String::new, |cause| format!(" ({cause})"));
    let details = json!({
        "type": event.event_type, "cause": event.cause, "state": event.state, "code": event.code,
        "deliveries": event.deliveries, "attempts": event.attempts, "policy": event.policy_version,
        "traceparent": event.traceparent, "notices_withheld": event.notices_withheld,
    });
    let happened = Entry::new(event.occurred_at, "event.occurred", format!("{}{cause} happened.", event.event_type));
    entries.push(ids(happened).details(details));
    if let Some(at) = event.published_at {
        entries.push(ids(Entry::new(at, "event.published", format!("Event {id} was published."))));
    }
    entries.push(ids(Entry::new(event.received_at, "event.received", format!("Event {id} was received."))));
    if let Some(at) = event.last_delivered_at {
        let words = format!("Event {id} came again, the last time; {} deliveries in all.", event.deliveries);
        entries.push(ids(Entry::new(at, "event.redelivered", words)));
    }
    match (event.state.as_str(), event.applied_at, event.due_at) {
        ("applied", Some(at), _) => {
            let by = event.policy_version.as_ref().map_or_else(String::new, |version| format!(" by policy {version}"));
            entries.push(ids(Entry::new(at, "event.applied", format!("Event {id} was applied{by}."))));
            if let Some(at) = event.purged_at {
                let words = format!("What event {id} decided and the letters about it were purged; the ledger stays.");
                entries.push(ids(Entry::new(at, "event.purged", words)));
            }
        }
        ("waiting", _, Some(at)) => {
            let words = format!("Event {id} waits until then {}.", words::waits_for(event.code.as_deref()));
            entries.push(ids(Entry::new(at, "event.due", words)));
        }
        ("fanning_out", ..) => {
            let words = format!("Event {id} is being applied, in chunks.");
            entries.push(ids(Entry::new(event.received_at, "event.fanning_out", words)));
        }
        ("dead", ..) => {
            let code = event.code.as_deref().unwrap_or("no code");
            let words = format!("Event {id} was given up ({code}): a dead letter holds it.");
            entries.push(ids(Entry::new(event.received_at, "event.dead", words)));
        }
        _ => {}
    }
}

fn decision(decision: &SeenDecision) -> Entry {
    let reason = words::reason_of(&decision.reason);
    let rule = format!("rule {} of policy {}", decision.rule, decision.policy_version);
    let words = match (decision.verdict.as_str(), &decision.ground) {
        ("credited", _) => format!("{rule} decided: {} come back, because {reason}.", connects(decision.amount)),
        ("held", _) => format!("{rule} decided: nothing yet. {}, and the suspension may be lifted.", sentence(&reason)),
        (_, Some(ground)) => format!("{rule} decided: nothing comes back, because {}.", words::ground_of(ground)),
        (verdict, None) => format!("{rule} decided: {verdict}."),
    };
    let details = json!({
        "verdict": decision.verdict, "reason": decision.reason, "ground": decision.ground, "amount": decision.amount,
        "rule": decision.rule, "policy": decision.policy_version, "told": decision.told, "seen": decision.seen(),
    });
    let entry = Entry::new(decision.decided_at, "decision", sentence(&words)).id("proposal", &decision.proposal_id);
    entry.id("event_no", &decision.event_no).id("account", &decision.account_id).details(details)
}

fn ledger(entry: &SeenEntry) -> Entry {
    let amount = connects(entry.amount.saturating_abs());
    let (what, words) = match entry.kind.as_str() {
        "fee" => ("ledger.fee", format!("{amount} were charged for the proposal.")),
        "boost" => ("ledger.boost", format!("{amount} were charged for its boost.")),
        "refund" => ("ledger.refund", format!("{amount} were refunded by the marketplace.")),
        "return" => ("ledger.return", format!("{amount} were returned.")),
        "grant" => ("ledger.grant", format!("{amount} were added.")),
        _ => ("ledger.expiry", format!("{amount} expired.")),
    };
    let made = Entry::new(entry.created_at, what, words).id("entry", &entry.entry_id).id("account", &entry.account_id);
    made.maybe("proposal", entry.proposal_id.as_ref()).maybe("reverses", entry.reverses.as_ref()).details(json!({
        "amount": entry.amount, "reason": entry.reason, "expires": entry.expires_at.map(moment),
    }))
}

fn of_notice(notice: &SeenNotice, entries: &mut Vec<Entry>) {
    let ids = |entry: Entry| entry.id("notice", &notice.notice_id).id("person", &notice.person_id);
    let words = format!("A mail to {} was put into the outbox.", notice.person_id);
    entries.push(ids(Entry::new(notice.created_at, "notice.created", words)).details(json!({
        "state": notice.state, "attempts": notice.attempts, "resends": notice.resends,
    })));
    let at = notice.settled_at.or(notice.due_at.filter(|_| notice.state == "deferred"));
    if let Some(at) = at {
        let reply = notice.reply.as_deref().map_or_else(String::new, |reply| format!(": {}", cut(reply, TEXT_CHARS)));
        let code = notice.code.as_deref().unwrap_or("no code");
        let (what, words) = match notice.state.as_str() {
            "deferred" => ("notice.due", format!("The mail is tried again ({code}{reply}).")),
            state => ("notice.settled", format!("The mail is {state} ({code}{reply}).")),
        };
        entries.push(ids(Entry::new(at, what, words)).details(json!({
            "state": notice.state, "code": notice.code, "reply": notice.reply,
        })));
    }
}

fn notice_event(event: &SeenNoticeEvent) -> Entry {
    let code = event.code.as_deref().unwrap_or("no code");
    let reply = event.reply.as_deref().map_or_else(String::new, |reply| format!(": {}", cut(reply, TEXT_CHARS)));
    let who = event.operator.as_deref().map_or_else(|| "an operator".to_owned(), |name| cut(name, TEXT_CHARS));
    let why = event.reason.as_deref().map_or_else(String::new, |reason| format!(": {}", cut(reason, TEXT_CHARS)));
    let (what, words) = match event.what.as_str() {
        "attempt" => ("notice.attempt", format!("An attempt to send the mail: {} ({code}{reply}).", event.state)),
        "bounce" => ("notice.bounce", format!("The mail came back ({code}{reply}).")),
        "complaint" => ("notice.complaint", "Its reader complained about the mail.".to_owned()),
        "hold" => ("notice.hold", format!("{who} kept the mail back{why}.")),
        "release" => ("notice.release", format!("{who} let the mail go{why}.")),
        _ => ("notice.resend", format!("{who} had the mail sent again{why}.")),
    };
    Entry::new(event.at, what, sentence(&words)).id("notice", &event.notice_id).details(json!({
        "state": event.state, "code": event.code, "reply": event.reply, "operator": event.operator,
        "reason": event.reason,
    }))
}

fn announcement(announced: &SeenAnnouncement) -> Entry {
    let at = announced.settled_at.unwrap_or(announced.created_at);
    let code = announced.code.as_ref().map_or_else(String::new, |code| format!(" ({code})"));
    let words = match announced.state.as_str() {
        "published" => format!("The marketplace was told, as {}.", announced.routing_key),
        "failed" => format!("Telling the marketplace, as {}, was given up{code}.", announced.routing_key),
        _ => format!("The marketplace is to be told, as {}{code}.", announced.routing_key),
    };
    let entry = Entry::new(at, "announcement", words).id("announcement", &announced.announcement_no);
    let entry = entry.maybe("notice", announced.notice_id).maybe("entry", announced.entry_id.as_ref());
    entry.details(json!({ "state": announced.state, "code": announced.code, "attempts": announced.attempts }))
}

fn letter(letter: &SeenLetter) -> Entry {
    let times = if letter.times > 1 { format!(", {} times", letter.times) } else { String::new() };
    let words = format!(
        "Dead letter {} ({}) came{times}: {}",
        letter.dead_letter_no,
        letter.state,
        cut(&letter.message, TEXT_CHARS)
    );
    let entry = Entry::new(letter.first_seen, "dead_letter", words).id("dead_letter", &letter.dead_letter_no);
    let entry = entry.maybe("event", letter.event_id.as_ref()).maybe("source", letter.source.as_ref());
    entry.details(json!({
        "state": letter.state, "class": letter.class, "code": letter.code, "times": letter.times,
        "type": letter.event_type, "last_seen": moment(letter.last_seen),
        "settled": letter.settled_at.map(moment),
    }))
}

fn finding(finding: &SeenFinding) -> Entry {
    let gap = Gap {
        code: finding.code.clone(),
        kind: finding.kind.clone(),
        subject: finding.subject.clone(),
        details: serde_json::from_str(&finding.details).unwrap_or_default(),
    };
    let said = crate::worker::audit::words(&gap);
    let words = format!("The audit found ({}, {}): {}", finding.code, finding.state, cut(&said, TEXT_CHARS));
    let entry = Entry::new(finding.first_seen, "finding", sentence(&words)).id("finding", &finding.finding_no);
    entry.id("subject", &finding.subject).details(json!({
        "code": finding.code, "kind": finding.kind, "state": finding.state, "last_seen": moment(finding.last_seen),
        "settled": finding.settled_at.map(moment), "operator": finding.operator, "reason": finding.reason,
    }))
}

fn attempt(attempt: &SeenAttempt) -> Entry {
    let code = attempt.code.as_ref().map_or_else(String::new, |code| format!(" ({code})"));
    let no = attempt.dead_letter_no;
    let (what, words) = match (attempt.replay_no, &attempt.operator) {
        (Some(replay), Some(operator)) => {
            let why = attempt.reason.as_deref().map_or_else(String::new, |why| format!(": {}", cut(why, TEXT_CHARS)));
            let who = cut(operator, TEXT_CHARS);
            let words =
                format!("Replay {replay}, ordered by {who}{why}, tried dead letter {no}: {}{code}.", attempt.outcome);
            ("replay", words)
        }
        _ => ("trial", format!("Dead letter {no} was tried: {}{code}.", attempt.outcome)),
    };
    let entry = Entry::new(attempt.at, what, words).id("dead_letter", &no).maybe("replay", attempt.replay_no);
    entry.details(json!({
        "outcome": attempt.outcome, "code": attempt.code, "operator": attempt.operator, "reason": attempt.reason,
    }))
}
