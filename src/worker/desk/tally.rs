//! What became, or would become, of letters: counted, and told in words.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;

use crate::store::LetterOutcome;
use crate::worker::words::{count, plain};

/// Outcomes, counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tally {
    /// Letters looked at.
    pub letters: u64,
    /// Letters decided and written at once.
    pub applied: u64,
    /// Proposals credited by them.
    pub credits: u64,
    /// Connects returned by them.
    pub connects: i64,
    /// Proposals among theirs that had been credited before.
    pub already_credited: u64,
    /// Letters whose event had been applied in another way.
    pub already_applied: u64,
    /// Letters too large for one transaction: recorded, applied in chunks.
    pub fanning_out: u64,
    /// Letters whose event waits, by what for.
    pub waiting: BTreeMap<String, u64>,
    /// Letters of which only notices that had been kept back were let go.
    pub mailed: u64,
    /// Notices to be sent.
    pub notices: u64,
    /// Notices kept back.
    pub withheld: u64,
    /// Letters that failed again, by code.
    pub failed: BTreeMap<String, u64>,
    /// Letters left as they were, by why.
    pub skipped: BTreeMap<String, u64>,
}

impl Tally {
    /// Counts one outcome.
    pub fn count(&mut self, outcome: &LetterOutcome) {
        self.letters += 1;
        match outcome {
            LetterOutcome::Applied { credits, connects, already, notices, withheld, .. } => {
                self.applied += 1;
                self.credits += credits;
                self.connects += connects;
                self.already_credited += already;
                self.notices += notices.saturating_sub(*withheld);
                self.withheld += withheld;
            }
            LetterOutcome::AlreadyApplied => self.already_applied += 1,
            LetterOutcome::FanningOut => self.fanning_out += 1,
            LetterOutcome::Waiting { code, .. } => *self.waiting.entry(code.clone()).or_default() += 1,
            LetterOutcome::Mailed { notices } => {
                self.mailed += 1;
                self.notices += notices;
            }
            LetterOutcome::Failed { code, .. } => *self.failed.entry(code.clone()).or_default() += 1,
            LetterOutcome::Skipped { code } => *self.skipped.entry((*code).to_owned()).or_default() += 1,
        }
    }

    /// Letters that failed, or would.
    pub fn failures(&self) -> u64 {
        self.failed.values().sum()
    }

    /// As lines of what would happen; those that are 0 are left out.
    pub fn forecast(&self) -> Vec<String> {
        let mut lines = vec![format!("{}:", count(self.letters, "letter"))];
        let mut line = |number: u64, text: String| {
            if number > 0 {
                lines.push(format!("{number:>8} {text}"));
            }
        };
        let (proposals, connects) = (count(self.credits, "proposal"), self.connects);
        line(self.applied, format!("would be applied: would credit {proposals} = {connects} Connects"));
        line(self.already_applied, "already applied: nothing would change".to_owned());
        line(self.fanning_out, "would fan out: applied in chunks by the daemon".to_owned());
        for (code, number) in &self.waiting {
            line(*number, format!("would wait: {}", plain(code)));
        }
        line(self.mailed, "would only let notices go that were kept back".to_owned());
        for (code, number) in &self.failed {
            line(*number, format!("would fail again: {}", plain(code)));
        }
        for (code, number) in &self.skipped {
            line(*number, format!("would be skipped: {}", skipped_because(code)));
        }
        if self.already_credited > 0 {
            lines.push(format!("already credited: {}", count(self.already_credited, "proposal")));
        }
        if self.withheld > 0 {
            lines.push(format!("would keep back {}", count(self.withheld, "notice")));
        }
        lines.push(format!("would mail {}", count(self.notices, "notice")));
        lines
    }
}

/// Why a letter was left as it was.
pub fn skipped_because(code: &str) -> &'static str {
    match code {
        "resolved" => "applied already",
        "discarded" => "it is in the archive",
        "trial" => "the daemon is trying it",
        "gone" => "there is no such letter any more",
        "nothing_to_mail" => "no notice of its event is kept back",
        _ => "nothing is to be done",
    }
}

/// One outcome for machines: its name, and what belongs to it.
pub fn outcome_json(outcome: &LetterOutcome) -> Value {
    let mut value = match outcome {
        LetterOutcome::Applied { credits, connects, returned: _, already, decisions, notices, withheld } => json!({
            "credits": credits,
            "connects": connects,
            "already_credited": already,
            "decisions": decisions,
            "notices": notices,
            "withheld": withheld,
        }),
        LetterOutcome::AlreadyApplied | LetterOutcome::FanningOut => json!({}),
        LetterOutcome::Waiting { code, due } => json!({ "code": code, "due": due.format(&Rfc3339).ok() }),
        LetterOutcome::Mailed { notices } => json!({ "notices": notices }),
        LetterOutcome::Failed { class, code, message, pointer } => {
            json!({ "class": class.as_str(), "code": code, "message": message, "pointer": pointer })
        }
        LetterOutcome::Skipped { code } => json!({ "code": code }),
    };
    if let Value::Object(map) = &mut value {
        map.insert("outcome".to_owned(), outcome.as_str().into());
    }
    value
}
