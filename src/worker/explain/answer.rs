//! The answer about one proposal: one or two sentences that a support agent can paste. Pure over what was read.

use serde::Serialize;
use time::OffsetDateTime;

use super::mail;
use super::words::{self, connects, moment, quoted, sentence};
use crate::event::EventType;
use crate::store::{Dossier, SeenDecision, SeenEntry, SeenEvent, SeenLetter, SeenProposal};

/// What to type where an event is missing.
pub(super) const AUDIT: &str = "`makegood audit` would repair this";

/// The answer: a stable code, the sentences, and what was decided, in the codes that mail, bell and ledger have.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// Stable code: a verdict or ground where something was decided; else what is in the way (docs/support.md).
    pub code: String,
    /// One or two sentences, then what helps.
    pub sentences: Vec<String>,
    /// Connects that came back.
    pub connects: i64,
    /// Why it happened: the code of the decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Why nothing came back: the code of the decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ground: Option<String>,
    /// The rule that decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The version of the policy it stands in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
}

impl Answer {
    pub(super) fn new(code: &str, first: impl AsRef<str>) -> Answer {
        Answer { code: code.to_owned(), sentences: vec![sentence(first.as_ref())], ..Answer::default() }
    }

    pub(super) fn and(mut self, next: impl AsRef<str>) -> Answer {
        if !next.as_ref().is_empty() {
            self.sentences.push(sentence(next.as_ref()));
        }
        self
    }

    /// Why, in a few words: for a list.
    pub fn brief(&self) -> String {
        let code = |code: &Option<String>, words: fn(&str) -> String| code.as_deref().map(words);
        let brief = match self.code.as_str() {
            "credited" => code(&self.reason, words::reason_of),
            _ => code(&self.ground, words::ground_of),
        };
        brief.or_else(|| self.sentences.first().cloned()).unwrap_or_default()
    }

    fn decided(mut self, decision: &SeenDecision, amount: i64) -> Answer {
        self.connects = amount;
        self.reason = Some(decision.reason.clone());
        self.ground.clone_from(&decision.ground);
        self.rule = Some(decision.rule.clone());
        self.policy = Some(decision.policy_version.clone());
        self
    }
}

/// One proposal's part of a dossier.
pub(super) struct Case<'a> {
    pub(super) id: &'a str,
    pub(super) dossier: &'a Dossier,
    pub(super) proposal: Option<&'a SeenProposal>,
    pub(super) decisions: Vec<&'a SeenDecision>,
    pub(super) entries: Vec<&'a SeenEntry>,
}

impl<'a> Case<'a> {
    pub(super) fn of(dossier: &'a Dossier, id: &'a str) -> Case<'a> {
        Case {
            id,
            dossier,
            proposal: dossier.proposals.iter().find(|proposal| proposal.proposal_id == id),
            decisions: dossier.decisions.iter().filter(|decision| decision.proposal_id == id).collect(),
            entries: dossier.entries.iter().filter(|entry| entry.about.as_deref() == Some(id)).collect(),
        }
    }

    /// The answer.
    pub(super) fn answer(&self, now: OffsetDateTime) -> Answer {
        let answer = self.credited().or_else(|| self.held());
        let answer = answer.or_else(|| self.nothing());
        let Some(answer) = answer else { return self.undecided(now) };
        match self.in_the_way().filter(|(_, event, _)| event.is_none_or(|event| !self.has_decided(event.event_no))) {
            Some((_, _, words)) => answer.and(words),
            None => answer,
        }
    }

    fn job_id(&self) -> Option<&str> {
        let proposal = self.proposal.map(|proposal| proposal.job_id.as_str());
        proposal.or_else(|| self.decisions.first().map(|decision| decision.job_id.as_str()))
    }

    fn title(&self) -> String {
        match (self.proposal.and_then(|proposal| proposal.title.as_deref()), self.job_id()) {
            (Some(title), _) => quoted(title),
            (None, Some(job)) => format!("of job {job}"),
            (None, None) => "of an unknown job".to_owned(),
        }
    }

    fn event(&self, no: i64) -> Option<&'a SeenEvent> {
        self.dossier.events.iter().find(|event| event.event_no == no)
    }

    pub(super) fn has_decided(&self, no: i64) -> bool {
        self.decisions.iter().any(|decision| decision.event_no == no)
    }

    /// `on 2026-03-02 12:00 UTC, the client canceled the job`.
    fn happened(&self, decision: &SeenDecision) -> String {
        let what = words::reason_of(&decision.reason);
        match self.event(decision.event_no) {
            Some(event) => format!("on {}, {what}", moment(event.occurred_at)),
            None => what,
        }
    }

    /// What became of the mail about a decision; where none was meant, why.
    fn mail(&self, decision: &SeenDecision) -> String {
        if decision.told {
            return mail::of_decision(self.dossier, decision);
        }
        let told = self.decisions.iter().any(|other| other.told && other.event_no != decision.event_no);
        let why = if told { "the proposal had been told of before" } else { "the policy tells nobody of this" };
        format!("no mail was sent about it: {why}")
    }

    fn credited(&self) -> Option<Answer> {
        let credited: Vec<_> = self.decisions.iter().filter(|decision| decision.verdict == "credited").collect();
        let first = credited.first()?;
        let amount = credited.iter().map(|decision| decision.amount).sum();
        let returns = self.entries.iter().filter(|entry| entry.kind == "return");
        let ids: Vec<&str> = returns.map(|entry| entry.entry_id.as_str()).collect();
        let words = format!(
            "{} came back for the proposal on {} on {}",
            connects(amount),
            self.title(),
            moment(first.decided_at)
        );
        let lines = match ids.len() {
            0 => String::new(),
            1 => format!("the line in the Connects history is {}", ids.join(", ")),
            _ => format!("the lines in the Connects history are {}", ids.join(", ")),
        };
        let answer = Answer::new("credited", words).and(self.happened(first)).and(self.mail(first)).and(lines);
        Some(answer.decided(first, amount))
    }

    fn held(&self) -> Option<Answer> {
        let held = self.decisions.iter().rev().find(|decision| decision.verdict == "held")?;
        let until = self.event(held.event_no).and_then(|event| event.due_at.or(event.held_until));
        let when = until.map_or_else(String::new, |at| format!(" on {}", moment(at)));
        let words = format!("nothing has come back yet for the proposal on {}", self.title());
        let held_by = format!("{}, and the suspension may still be lifted", self.happened(held));
        let answer = Answer::new("held", words).and(held_by).and(format!("it is decided when the hold ends{when}"));
        Some(answer.decided(held, 0))
    }

    /// What was decided first and told, or else first.
    fn nothing(&self) -> Option<Answer> {
        let told = self.decisions.iter().find(|decision| decision.told);
        let decision = told.or(self.decisions.first())?;
        let ground = decision.ground.as_deref().unwrap_or("none");
        let words = format!(
            "nothing came back for the proposal on {} when, {}: {}",
            self.title(),
            self.happened(decision),
            self.ground_with_dates(decision, ground)
        );
        let answer = Answer::new(ground, words).and(self.mail(decision));
        Some(answer.decided(decision, 0))
    }

    /// The ground, with the moments that make it one where the facts of the decision are known.
    fn ground_with_dates(&self, decision: &SeenDecision, ground: &str) -> String {
        let seen = decision.seen();
        let event = self.event(decision.event_no);
        match (ground, seen, event) {
            ("withdrawn", Some(seen), Some(event)) => format!(
                "the proposal had been withdrawn on {}, {} before this happened",
                moment(seen.proposal_since),
                words::span(event.occurred_at - seen.proposal_since)
            ),
            ("declined_by_client", Some(seen), Some(event)) if seen.proposal_since < event.occurred_at => format!(
                "the client had declined the proposal on {}, {} before this happened, and a declined proposal does not \
                 return Connects",
                moment(seen.proposal_since),
                words::span(event.occurred_at - seen.proposal_since)
            ),
            ("hired", Some(seen), _) => {
                format!("a contract was made on this proposal on {}", moment(seen.proposal_since))
            }
            ("already_returned", ..) => match self.refunds() {
                Some(words) => words,
                None => words::ground_of(ground),
            },
            _ => words::ground_of(ground),
        }
    }

    /// What had come back by other ways.
    fn refunds(&self) -> Option<String> {
        let back: Vec<_> =
            self.entries.iter().filter(|entry| matches!(entry.kind.as_str(), "refund" | "return")).collect();
        let last = back.last()?;
        let sum = back.iter().map(|entry| entry.amount).sum();
        let (amount, when) = (connects(sum), moment(last.created_at));
        Some(format!("everything spent on this proposal had come back before ({amount}, by {when})"))
    }

    /// Connects spent, and of them what has not come back.
    pub(super) fn spent(&self) -> (i64, i64) {
        let sum = |kinds: &[&str]| -> i64 {
            let of = self.entries.iter().filter(|entry| kinds.contains(&entry.kind.as_str()));
            of.map(|entry| entry.amount).fold(0, i64::saturating_add)
        };
        let spent = sum(&["fee", "boost"]).saturating_neg();
        (spent, spent.saturating_sub(sum(&["refund", "return"])).max(0))
    }

    /// Events about the proposal's job, its client or itself: what could decide about it.
    pub(super) fn events(&self) -> impl Iterator<Item = &'a SeenEvent> {
        let job = self.job_id().map(str::to_owned);
        let client = self.proposal.and_then(|proposal| proposal.client_id.clone());
        let submitted = self.proposal.map(|proposal| proposal.submitted_at);
        let id = self.id.to_owned();
        self.dossier.events.iter().filter(move |event| {
            let concerns = EventType::parse(&event.event_type).is_none_or(EventType::concerns_proposals);
            let of_client = event.client_id.is_some() && event.client_id == client;
            let late_enough = submitted.is_none_or(|submitted| event.occurred_at >= submitted);
            let about = event.proposal_id.as_ref() == Some(&id) || (event.job_id.is_some() && event.job_id == job);
            concerns && (about || (of_client && late_enough))
        })
    }

    fn letter_of(&self, event: &SeenEvent) -> Option<&'a SeenLetter> {
        self.dossier.letters.iter().find(|letter| {
            let same = letter.source.as_deref() == Some(&event.source);
            (same && letter.event_id.as_deref() == Some(&event.event_id))
                || event.dead_letter_no == Some(letter.dead_letter_no)
        })
    }

    /// An event that was received and is not applied, or a message about the job that could not be read.
    fn in_the_way(&self) -> Option<(&'static str, Option<&'a SeenEvent>, String)> {
        for event in self.events() {
            let what = format!("event {} ({})", event.event_id, event.event_type);
            let words = match event.state.as_str() {
                "waiting" => {
                    let due = event.due_at.map_or_else(String::new, |at| format!("; next at {}", moment(at)));
                    let waits = words::waits_for(event.code.as_deref());
                    ("waiting", format!("{what} was received on {} and waits {waits}{due}", moment(event.received_at)))
                }
                "fanning_out" => {
                    let came = moment(event.received_at);
                    ("in_progress", format!("{what} was received on {came} and is being applied, in chunks"))
                }
                "dead" => {
                    let letter = self.letter_of(event);
                    ("dead_letter", letter.map_or_else(|| format!("{what} was given up"), |letter| lies(&what, letter)))
                }
                _ => continue,
            };
            return Some((words.0, Some(event), words.1));
        }
        let open = |letter: &&SeenLetter| matches!(letter.state.as_str(), "open" | "trial" | "discarded");
        let job = self.job_id();
        let about = |letter: &&SeenLetter| letter.job_id.is_some() && letter.job_id.as_deref() == job;
        let letter = self.dossier.letters.iter().filter(about).rfind(open)?;
        Some(("dead_letter", None, lies("a message about the job", letter)))
    }

    fn undecided(&self, now: OffsetDateTime) -> Answer {
        if let Some((code, _, words)) = self.in_the_way() {
            return Answer::new(code, format!("nothing was decided yet about the proposal on {}", self.title()))
                .and(words);
        }
        let Some(proposal) = self.proposal else {
            let words =
                format!("the marketplace's tables hold no proposal {}, and nothing was decided about it", self.id);
            return Answer::new("unknown", words);
        };
        if let Some(answer) = self.purged() {
            return answer;
        }
        if let Some(event) = self.came_too_late(proposal) {
            let words = format!(
                "the proposal on {} reached the marketplace's tables after event {} ({}) had been applied on {}",
                self.title(),
                event.event_id,
                event.event_type,
                moment(event.applied_at.unwrap_or(event.received_at))
            );
            return Answer::new("late", words).and(AUDIT);
        }
        super::facts::without_event(self, proposal, now)
    }

    /// What the ledger alone still says, where the decisions were purged.
    fn purged(&self) -> Option<Answer> {
        let event = self.events().filter(|event| event.purged_at.is_some()).last()?;
        let returns: Vec<_> = self.entries.iter().filter(|entry| entry.kind == "return").collect();
        let amount = returns.iter().map(|entry| entry.amount).fold(0, i64::saturating_add);
        let came_back = match returns.last() {
            Some(last) => format!("{} came back for it on {}", connects(amount), moment(last.created_at)),
            None => "the ledger holds nothing that came back for it".to_owned(),
        };
        let words = format!(
            "what event {} ({}) decided about the proposal on {}, and the mail about it, were purged on {}",
            event.event_id,
            event.event_type,
            self.title(),
            moment(event.purged_at.unwrap_or(event.received_at))
        );
        let ids: Vec<&str> = returns.iter().map(|entry| entry.entry_id.as_str()).collect();
        let lines = if ids.is_empty() { String::new() } else { format!("in the Connects history: {}", ids.join(", ")) };
        Some(Answer { connects: amount, ..Answer::new("purged", words).and(came_back).and(lines) })
    }

    /// The event that ended the job and did not meet this proposal.
    fn came_too_late(&self, proposal: &SeenProposal) -> Option<&'a SeenEvent> {
        let ends =
            |event: &&SeenEvent| event.state == "applied" && event.job_id.as_deref() == Some(proposal.job_id.as_str());
        self.events().filter(ends).last()
    }
}

/// `event e1 lies in dead letter 17: …`.
fn lies(what: &str, letter: &SeenLetter) -> String {
    let discarded = if letter.state == "discarded" { ", which an operator discarded" } else { "" };
    let message = crate::worker::words::cut(letter.message.trim_end_matches('.'), MESSAGE_CHARS);
    format!("{what} lies in dead letter {}{discarded}: {message}", letter.dead_letter_no)
}

/// Characters of an error in a sentence.
const MESSAGE_CHARS: usize = 200;
