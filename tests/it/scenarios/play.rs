//! Plays a scenario: facts by import, events through the intake, what is due, then the dispatcher; and compares.

use std::collections::BTreeMap;
use std::fmt::Display;

use makegood::clock::Clock;
use makegood::event::{DecodeLimits, Message, decode};
use makegood::store::{FanOutStep, Outcome};
use makegood::worker::dispatch::Until;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio_util::sync::CancellationToken;

use super::file::{Moment, Scenario, Step, Told};
use super::seen::{New, Seen};
use super::stage::{Setting, Stage};
use super::{bell, explained, facts};

/// Waiting events decided in one transaction.
const DUE_MAX: u32 = 32;

/// Plays one file; the error says what was expected and what happened.
pub async fn play(name: &str, setting: Setting) -> Result<(), String> {
    let scenario = Scenario::read(name).map_err(|why| format!("{name} cannot be read:\n{why}"))?;
    play_out(name, &scenario, setting).await
}

/// Plays what was read.
pub async fn play_out(name: &str, scenario: &Scenario, setting: Setting) -> Result<(), String> {
    let begin = scenario.step.first().expect("a step").at.0;
    let stage = Stage::set(setting, &scenario.settings, begin).await.map_err(|why| format!("{name}: {why}"))?;
    let mut play = Play { stage, facts: scenario.facts.clone(), begin, said: BTreeMap::new() };
    for (n, step) in scenario.step.iter().enumerate() {
        let findings = play.step(n, step).await;
        if !findings.is_empty() {
            let (at, told) = (step.at.0, step.story.as_deref().unwrap_or_default());
            let answer = scenario.answer.trim();
            return Err(format!("{name}, step {} ({at}) {told}\nThe answer is: {answer}\n{findings}", n + 1));
        }
    }
    play.stage.parts.store.close().await;
    Ok(())
}

struct Play {
    stage: Stage,
    facts: toml::Table,
    begin: OffsetDateTime,
    /// Events by their ids, as they were sent first.
    said: BTreeMap<String, Value>,
}

impl Play {
    /// Findings; none if all is as it should be.
    async fn step(&mut self, n: usize, step: &Step) -> String {
        self.stage.clock.advance(step.at.0 - self.stage.clock.now());
        facts::merge(&mut self.facts, &step.facts);
        if n == 0 || !step.facts.is_empty() {
            let rows = match facts::rows(&self.facts, self.begin) {
                Ok(rows) => rows,
                Err(why) => return why,
            };
            if let Err(error) = self.stage.parts.store.import(&rows).await {
                return format!("the facts cannot be imported: {error:?}");
            }
        }
        let before = Seen::look(&self.stage).await;
        let mut findings = match self.feed(n, step).await {
            Ok(findings) => findings,
            Err(why) => return why,
        };
        self.follow_up().await;
        let stop = CancellationToken::new();
        self.stage.parts.dispatcher(&self.stage.config).run(Until::Drained, &stop).await;
        let seen = Seen::look(&self.stage).await;
        let new = seen.since(&before);
        compare(step, &new, &mut findings);
        findings.push_str(&explained::disagreements(&self.stage, &seen).await);
        findings.push_str(&bell::disagreements(&self.stage, &new).await);
        let agreement = self.stage.parts.store.agreement().await.expect("the database answers");
        if !agreement.holds() {
            findings.push_str(&format!("the ledger does not agree with the balances: {agreement:?}\n"));
        }
        findings
    }

    /// Hands the events in, all of them together.
    async fn feed(&mut self, n: usize, step: &Step) -> Result<String, String> {
        let (mut messages, mut expected) = (Vec::new(), Vec::new());
        for (m, event) in step.events.iter().enumerate() {
            let default_id = format!("event-{}{}", n + 1, if m == 0 { String::new() } else { format!("-{}", m + 1) });
            let (event, becomes) = self.event(event, &default_id, step.at.0)?;
            messages.push(Message::structured(event.to_string().into_bytes()));
            expected.push((event["id"].as_str().unwrap_or_default().to_owned(), becomes));
        }
        if messages.is_empty() {
            return Ok(String::new());
        }
        let limits = DecodeLimits { body_bytes_max: self.stage.config.intake.body_bytes_max };
        let readable: Vec<bool> = messages.iter().map(|message| decode(message, limits).is_ok()).collect();
        let stop = CancellationToken::new();
        let outcomes = self.stage.parts.intake.take("play", messages, &stop).await.expect("nobody stops it");
        let mut outcomes = outcomes.iter();
        let mut findings = String::new();
        for ((id, becomes), readable) in expected.iter().zip(readable) {
            let happened = if readable { word(outcomes.next().expect("an answer"), becomes) } else { "dead letter" };
            if becomes != happened {
                findings.push_str(&format!("event {id}:\n  expected: {becomes}\n  happened: {happened}\n"));
            }
        }
        Ok(findings)
    }

    /// The event as the marketplace sends it, and what should become of it.
    fn event(&mut self, told: &toml::Table, default_id: &str, at: OffsetDateTime) -> Result<(Value, String), String> {
        let mut told = told.clone();
        let mut take = |key: &str| told.remove(key);
        let word = |value: Option<toml::Value>| value.and_then(|value| value.as_str().map(str::to_owned));
        let becomes = word(take("becomes")).unwrap_or_else(|| "applied".to_owned());
        if let Some(again) = word(take("again")) {
            let first = self.said.get(&again).ok_or_else(|| format!("no event {again} came before"))?;
            return if told.is_empty() {
                Ok((first.clone(), becomes))
            } else {
                Err(format!("{again} again, and {told}"))
            };
        }
        let id = word(take("id")).unwrap_or_else(|| default_id.to_owned());
        let kind = word(take("type")).ok_or("an event has a type")?;
        let time = match take("time") {
            Some(toml::Value::Datetime(time)) => Moment::try_from(time)?.0,
            Some(other) => return Err(format!("time = {other}: a time without quotes is expected")),
            None => at,
        };
        if let Some(unknown) = told.keys().find(|key| !super::fields(&kind).contains(*key)) {
            return Err(format!("{kind} has no field {unknown}"));
        }
        let event = json!({
            "specversion": "1.0", "id": id, "source": "/marketplace", "type": kind,
            "time": time.format(&Rfc3339).expect("a time"), "data": serde_json::to_value(told).expect("JSON"),
        });
        self.said.entry(id).or_insert_with(|| event.clone());
        Ok((event, becomes))
    }

    /// Fan-outs and what is due, until there is no more.
    async fn follow_up(&self) {
        let intake = &self.stage.parts.intake;
        loop {
            let step = intake.store.fan_out(&intake.judge(), &intake.wait, intake.clock.now()).await;
            let due = intake.store.apply_due(DUE_MAX, &intake.judge(), &intake.wait, intake.clock.now()).await;
            let (step, due) = (step.expect("the database answers"), due.expect("the database answers"));
            if step == FanOutStep::Idle && due.is_empty() {
                return;
            }
        }
    }
}

/// An outcome in the words of a scenario. Of what is applied in chunks nothing is known yet but that it is taken in.
fn word<'a>(outcome: &Outcome, becomes: &'a str) -> &'a str {
    match outcome {
        Outcome::FanningOut { .. } if matches!(becomes, "applied" | "waiting") => becomes,
        Outcome::Applied { .. } | Outcome::FanningOut { .. } => "applied",
        Outcome::Waiting { .. } => "waiting",
        Outcome::Duplicate { .. } => "known before",
        Outcome::Dead { .. } => "dead letter",
    }
}

fn compare(step: &Step, new: &New, findings: &mut String) {
    differ("decisions", &step.decided, &new.decided, findings);
    differ("Connects returned", &step.returned, &new.returned, findings);
    let balances =
        |of: &BTreeMap<String, i64>| of.iter().map(|(id, n)| format!("account {id}: {n}")).collect::<Vec<_>>();
    differ("balances that moved", &balances(&step.balances), &balances(&new.balances), findings);
    let told: Vec<&Told> = new.told.iter().map(|(told, _)| told).collect();
    differ("people told", &step.told.iter().collect::<Vec<_>>(), &told, findings);
    differ("dead letters", &step.dead_letters, &new.dead_letters, findings);
    for contradiction in &new.contradictions {
        findings.push_str(&format!("{contradiction}\n"));
    }
    for told in &step.told {
        let mine = new.told.iter().find(|(happened, _)| happened.to_string() == told.to_string());
        let mail = mine.and_then(|(_, text)| text.as_deref()).unwrap_or_default();
        let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        for sentence in told.says.iter().filter(|sentence| !flat(mail).contains(&flat(sentence))) {
            findings.push_str(&format!("the mail to {} does not say: {sentence}\nit says:\n{mail}\n", told.person));
        }
        for sentence in told.never_says.iter().filter(|sentence| flat(mail).contains(&flat(sentence))) {
            findings.push_str(&format!("the mail to {} says: {sentence}\n", told.person));
        }
    }
}

/// Notes down what is expected and did not happen, and what happened and was not expected.
fn differ<T: Display>(what: &str, expected: &[T], happened: &[T], findings: &mut String) {
    let sorted = |lines: &[T]| {
        let mut lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
        lines.sort();
        lines
    };
    let (expected, happened) = (sorted(expected), sorted(happened));
    if expected != happened {
        findings.push_str(&format!("{what}:\n"));
        for (label, lines) in [("expected", expected), ("happened", happened)] {
            let lines = if lines.is_empty() { "nothing".to_owned() } else { lines.join("\n            ") };
            findings.push_str(&format!("  {label}: {lines}\n"));
        }
    }
}
