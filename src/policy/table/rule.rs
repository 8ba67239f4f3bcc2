//! One line of the table: what it matches, and what it does.

use super::read::Reader;
use super::settings::Settings;
use crate::event::EventType;
use crate::policy::case::{Case, Charges, Contract, Credit, Standing, Suspension};
use crate::policy::outcome::{Ground, Reason};

/// One line of the table. A condition that is `None` or empty matches everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its name, unique in its version; kept with every decision it makes.
    pub id: String,
    /// The event.
    pub event: Option<EventType>,
    /// Its causes.
    pub causes: Vec<&'static str>,
    /// A contract on the job.
    pub contract: Option<Contract>,
    /// Standings of the proposal.
    pub standings: Vec<Standing>,
    /// How far the suspension has come.
    pub suspensions: Vec<Suspension>,
    /// What the proposal cost.
    pub charges: Vec<Charges>,
    /// Its `when` holds with the settings of its version; else it never matches.
    pub switched_on: bool,
    /// What it does.
    pub credit: Credit,
    /// The person is told.
    pub notice: bool,
    /// Reason code, where it is not that of the event's cause.
    pub reason: Option<Reason>,
    /// Why nothing comes back.
    pub ground: Option<Ground>,
}

impl Rule {
    /// Whether it decides this case, should no rule before it do so.
    ///
    /// A rule that returns or holds Connects does not match where none are left to come back.
    pub fn matches(&self, case: &Case) -> bool {
        let left = matches!(case.charges, Charges::Fee | Charges::Boost);
        self.switched_on
            && (left || self.credit == Credit::None)
            && self.event.is_none_or(|event| event == case.trigger.event)
            && among(&self.causes, &case.trigger.cause)
            && self.contract.is_none_or(|contract| contract == case.contract)
            && among(&self.standings, &case.standing)
            && case.trigger.suspension.as_ref().map_or(self.suspensions.is_empty(), |s| among(&self.suspensions, s))
            && among(&self.charges, &case.charges)
    }

    /// Reads one `[[version.rule]]`; `None` after a finding that leaves nothing to check.
    pub(super) fn read(mut reader: Reader<'_>, settings: &Settings) -> Option<Rule> {
        let event = reader.word("event", &EventType::ALL, EventType::as_str);
        let known = event.map(EventType::causes).unwrap_or_default();
        if event.is_none() && reader.has("cause") {
            reader.find("`cause` needs a valid `event` beside it: each event has causes of its own");
            reader.skip("cause");
        }
        let credit = reader.required("credit", |r, key| r.word(key, Credit::ALL, Credit::as_str));
        let rule = Rule {
            id: reader.required("id", Reader::name).unwrap_or_default(),
            event,
            causes: reader.words("cause", &known, |cause| cause),
            contract: reader.word("contract", Contract::ALL, Contract::as_str),
            standings: reader.words("standing", Standing::ALL, Standing::as_str),
            suspensions: reader.words("suspension", Suspension::ALL, Suspension::as_str),
            charges: reader.words("charges", Charges::ALL, Charges::as_str),
            switched_on: reader.when(settings),
            credit: credit.unwrap_or(Credit::None),
            notice: reader.required("notice", Reader::flag).unwrap_or_default(),
            reason: reader.word("reason", Reason::ALL, Reason::as_str),
            ground: reader.word("ground", Ground::ALL, Ground::as_str),
        };
        let sound = reader.finish() && credit.is_some();
        sound.then_some(rule)
    }

    /// What contradicts itself in one rule.
    pub(super) fn contradictions(&self) -> Vec<&'static str> {
        let suspension = self.event == Some(EventType::ClientSuspended);
        let temporary = self.suspensions == [Suspension::Temporary];
        let held = self.ground == Some(Ground::SuspensionNotFinal);
        let mut found = Vec::new();
        if !suspension && !self.suspensions.is_empty() {
            found.push("`suspension` needs `event = \"client-suspended\"`");
        }
        match self.credit {
            Credit::Net if self.ground.is_some() => {
                found.push("`ground` says why nothing comes back, but something does");
            }
            Credit::None if self.ground.is_none() => found.push("`ground` is missing: why does nothing come back?"),
            Credit::None if held => {
                found.push("`ground = \"suspension_not_final\"` goes with `credit = \"hold\"` alone");
            }
            Credit::Hold if !held => found.push("`credit = \"hold\"` needs `ground = \"suspension_not_final\"`"),
            _ => {}
        }
        if self.credit == Credit::Hold && !(suspension && temporary) {
            found.push("only a suspension that may be lifted can be held: `suspension = [\"temporary\"]`");
        }
        found
    }
}

fn among<T: PartialEq>(set: &[T], value: &T) -> bool {
    set.is_empty() || set.contains(value)
}
