//! What happened: rows of the database and mails, in the words of a scenario.

use std::collections::BTreeMap;

use makegood::mail::Letter as Kind;
use makegood::policy::{Ground, NoticeLine, Occasion};
use serde_json::Value;

use super::file::{Decided, Returned, Told};
use super::stage::Stage;
use crate::support::db::Db;
use crate::support::letter::Letter;

/// Everything there is at one moment.
#[derive(Default)]
pub struct Seen {
    decided: BTreeMap<String, Decided>,
    returned: BTreeMap<String, Returned>,
    balances: BTreeMap<String, i64>,
    notices: BTreeMap<String, Notice>,
    dead_letters: BTreeMap<String, String>,
    mails: Vec<Letter>,
}

#[derive(Clone, PartialEq)]
struct Notice {
    id: String,
    person: String,
    state: String,
    about: Occasion,
    lines: Vec<NoticeLine>,
}

/// What one step brought.
pub struct New {
    pub decided: Vec<Decided>,
    pub returned: Vec<Returned>,
    pub balances: BTreeMap<String, i64>,
    /// With the mail, where one went out.
    pub told: Vec<(Told, Option<String>)>,
    pub dead_letters: Vec<String>,
    /// What makegood says in two places and not alike.
    pub contradictions: Vec<String>,
}

impl Seen {
    pub async fn look(stage: &Stage) -> Self {
        let objects = Objects(&stage.db);
        let mut seen = Seen { mails: stage.mails(), ..Seen::default() };
        let columns = "'key', event_no || ' ' || proposal_id, 'proposal', proposal_id, 'verdict', verdict,
            'connects', amount, 'reason', reason, 'ground', ground, 'rule', rule";
        seen.decided = keyed(objects.of(columns, "decisions").await);
        let columns =
            "'key', entry_id, 'to', account_id, 'proposal', proposal_id, 'charge', reverses, 'connects', amount,
            'reason', reason";
        seen.returned = keyed(objects.of(columns, "connects_entries where kind = 'return'").await);
        for row in objects.of("'account', account_id, 'balance', balance", "accounts").await {
            seen.balances.insert(text(&row, "account"), row["balance"].as_i64().expect("a balance"));
        }
        let id = match &stage.db {
            Db::Sqlite(_) => "lower(hex(notice_id))",
            Db::Postgres(..) => "replace(cast(notice_id as text), '-', '')",
        };
        let columns = format!(
            "'id', {id}, 'person', person_id, 'state', state, 'about', cast(about as text),
                'lines', cast(lines as text)"
        );
        for row in objects.of(&columns, "notices").await {
            let notice = Notice {
                id: text(&row, "id"),
                person: text(&row, "person"),
                state: text(&row, "state"),
                about: serde_json::from_str(&text(&row, "about")).expect("an occasion"),
                lines: serde_json::from_str(&text(&row, "lines")).expect("lines"),
            };
            seen.notices.insert(notice.id.clone(), notice);
        }
        let columns = "'no', dead_letter_no || ' ' || times, 'what', class || '/' || code";
        for row in objects.of(columns, "dead_letters").await {
            seen.dead_letters.insert(text(&row, "no"), text(&row, "what"));
        }
        seen
    }

    /// Every decision there is.
    pub fn decided(&self) -> impl Iterator<Item = &Decided> {
        self.decided.values()
    }

    /// Every account with its balance.
    pub fn balances(&self) -> &BTreeMap<String, i64> {
        &self.balances
    }

    /// What is new against `before`.
    pub fn since(&self, before: &Seen) -> New {
        let old = |mail: &&Letter| before.mails.iter().any(|known| known.message_id == mail.message_id);
        let mut mails: Vec<&Letter> = self.mails.iter().filter(|mail| !old(mail)).collect();
        let mut contradictions = Vec::new();
        let mut told = Vec::new();
        for notice in news(&self.notices, &before.notices) {
            let mine = mails.iter().position(|mail| mail.message_id.replace('-', "").starts_with(&notice.id));
            let mail = mine.map(|at| mails.remove(at));
            contradictions.extend(self.disagreements(&notice));
            told.push((in_words(&notice, mail), mail.map(|mail| mail.text.clone())));
        }
        contradictions.extend(mails.iter().map(|mail| format!("a mail without a notice: {}", mail.subject)));
        told.sort_by_key(|(told, _)| told.to_string());
        New {
            decided: news(&self.decided, &before.decided),
            returned: news(&self.returned, &before.returned),
            balances: moved(&self.balances, &before.balances),
            told,
            dead_letters: news(&self.dead_letters, &before.dead_letters),
            contradictions,
        }
    }

    /// A letter's lines say what was decided and booked: verdict, reason, amount, balance.
    fn disagreements(&self, notice: &Notice) -> Vec<String> {
        let mut found = Vec::new();
        for line in &notice.lines {
            let (proposal, balance) = (line.proposal.as_str(), self.balances.get(line.account.as_str()));
            let agrees = |decided: &&Decided| {
                decided.proposal == proposal
                    && decided.verdict == line.verdict.as_str()
                    && decided.reason == line.reason.as_str()
                    && decided.ground.as_deref() == line.ground.map(Ground::as_str)
                    && decided.connects == line.returned()
            };
            if !self.decided.values().any(|decided| agrees(&decided)) {
                found.push(format!("the notice for {} says of {proposal} what was not decided", notice.person));
            }
            if balance != Some(&line.balance_after) {
                found.push(format!("the notice for {} tells a balance that is not there: {balance:?}", notice.person));
            }
        }
        found
    }
}

fn in_words(notice: &Notice, mail: Option<&Letter>) -> Told {
    let Notice { person, state, about, lines, .. } = notice;
    let mut roles: Vec<String> = lines.iter().map(|line| word(&line.role)).collect();
    roles.dedup();
    Told {
        person: person.clone(),
        letter: Kind::choose(about, lines).name().into(),
        proposals: lines.iter().map(|line| line.proposal.to_string()).collect(),
        role: if roles.is_empty() { "submitter".into() } else { roles.join(", ") },
        spent: lines.iter().map(|line| line.fee_spent + line.boost_spent).sum(),
        returned: lines.iter().map(NoticeLine::returned).sum(),
        state: state.clone(),
        late: about.late,
        subject: mail.map(|mail| mail.subject.clone()),
        says: Vec::new(),
        never_says: Vec::new(),
    }
}

/// What is there now and was not, or was otherwise.
fn news<T: Clone + PartialEq>(now: &BTreeMap<String, T>, before: &BTreeMap<String, T>) -> Vec<T> {
    now.iter().filter(|(key, value)| before.get(*key) != Some(*value)).map(|(_, value)| value.clone()).collect()
}

fn moved(now: &BTreeMap<String, i64>, before: &BTreeMap<String, i64>) -> BTreeMap<String, i64> {
    now.iter()
        .filter(|(key, value)| before.get(*key) != Some(*value))
        .map(|(key, value)| (key.clone(), *value))
        .collect()
}

fn keyed<T: serde::de::DeserializeOwned>(rows: Vec<Value>) -> BTreeMap<String, T> {
    let row = |mut row: Value| {
        let key = row["key"].take();
        row.as_object_mut().expect("an object").remove("key");
        (key.as_str().expect("text").to_owned(), serde_json::from_value(row).expect("a row in words"))
    };
    rows.into_iter().map(row).collect()
}

fn text(row: &Value, column: &str) -> String {
    row[column].as_str().unwrap_or_else(|| panic!("{column} of {row} is text")).to_owned()
}

fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).expect("a word").as_str().expect("text").to_owned()
}

/// Rows as JSON objects, on either database.
struct Objects<'a>(&'a Db);

impl Objects<'_> {
    async fn of(&self, columns: &str, from: &str) -> Vec<Value> {
        let object = match self.0 {
            Db::Sqlite(_) => "json_object",
            Db::Postgres(..) => "json_build_object",
        };
        let rows = self.0.rows(&format!("select cast({object}({columns}) as text) from {from}")).await;
        rows.iter().map(|row| serde_json::from_str(row).expect("JSON")).collect()
    }
}
