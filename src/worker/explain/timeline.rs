//! What an explanation is made of, and how it is put together.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use time::OffsetDateTime;

use super::answer::{Answer, Case};
use super::{chronicle, subject};
use crate::store::{Dossier, Thing, ThingKind};

/// A timeline with the answer above it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Timeline {
    /// What was asked about.
    pub subject: Thing,
    /// The answer.
    pub answer: Answer,
    /// The facts now, in the order in which people read them.
    pub facts: Vec<Fact>,
    /// What happened, oldest first.
    pub entries: Vec<Entry>,
    /// Of what has many proposals: a page of them, newest first, each with its answer.
    pub proposals: Vec<ProposalLine>,
    /// Where the next page of proposals goes on.
    pub next: Option<String>,
    /// What was cut off, in words; each list keeps its newest or first rows.
    pub more: Vec<String>,
}

/// One fact as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// Stable name.
    pub name: &'static str,
    /// Its value, as text.
    pub value: String,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry {
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Stable code of what it was.
    pub what: &'static str,
    /// In a sentence. Others' words in it are cut, and hold nothing that a terminal might obey.
    pub words: String,
    /// Ids that it names: `event`, `proposal`, `entry`, `notice`, `dead_letter`, `replay`, `trace` …
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub ids: BTreeMap<&'static str, String>,
    /// More about it, in the codes of the database.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub details: Value,
}

impl Entry {
    pub(super) fn new(at: OffsetDateTime, what: &'static str, words: impl Into<String>) -> Entry {
        Entry { at, what, words: words.into(), ids: BTreeMap::new(), details: Value::Null }
    }

    pub(super) fn id(mut self, name: &'static str, id: &(impl ToString + ?Sized)) -> Entry {
        self.ids.insert(name, id.to_string());
        self
    }

    pub(super) fn maybe(self, name: &'static str, id: Option<impl ToString>) -> Entry {
        match id {
            Some(id) => self.id(name, &id),
            None => self,
        }
    }

    pub(super) fn details(mut self, details: Value) -> Entry {
        self.details = details;
        self
    }
}

/// A proposal in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProposalLine {
    /// The proposal.
    pub proposal: String,
    /// Its job.
    pub job: String,
    /// The job's title, as its client wrote it: hostile until escaped.
    pub job_title: Option<String>,
    /// Which account paid.
    pub account: String,
    /// Who submitted it.
    pub person: String,
    /// Its state, as in the facts.
    pub state: String,
    /// When it was submitted.
    #[serde(with = "time::serde::rfc3339")]
    pub submitted_at: OffsetDateTime,
    /// Connects it cost.
    pub spent: i64,
    /// What is to say about it.
    pub answer: Answer,
}

/// Puts it together.
pub(super) fn of(thing: &Thing, dossier: &Dossier, now: OffsetDateTime) -> Timeline {
    let listed = !matches!(thing.kind, ThingKind::Proposal | ThingKind::Entry | ThingKind::Notice);
    let proposals = if listed { lines(dossier, now) } else { Vec::new() };
    let mut entries = chronicle::of(thing, dossier);
    // One transaction writes several moments of the same second: there cause goes before effect.
    entries.sort_by_key(|entry| (entry.at.unix_timestamp(), chronicle::rank(entry.what), entry.at));
    Timeline {
        subject: thing.clone(),
        answer: subject::answer(thing, dossier, &proposals, now),
        facts: subject::facts(thing, dossier),
        entries,
        proposals,
        next: dossier.next.clone(),
        more: dossier.more.iter().map(|list| format!("more {} than are shown", list.replace('_', " "))).collect(),
    }
}

fn lines(dossier: &Dossier, now: OffsetDateTime) -> Vec<ProposalLine> {
    let line = |proposal: &crate::store::SeenProposal| {
        let case = Case::of(dossier, &proposal.proposal_id);
        ProposalLine {
            proposal: proposal.proposal_id.clone(),
            job: proposal.job_id.clone(),
            job_title: proposal.title.clone(),
            account: proposal.account_id.clone(),
            person: proposal.person_id.clone(),
            state: proposal.state.clone(),
            submitted_at: proposal.submitted_at,
            spent: case.spent().0,
            answer: case.answer(now),
        }
    };
    dossier.proposals.iter().map(line).collect()
}
