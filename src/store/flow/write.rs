//! What a transaction is going to write: collected while events are decided, written set-based, and counted.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use time::{Duration, OffsetDateTime};

use super::inbox::{Item, Kept, stage_name};
use super::{Call, Tx};
use crate::event::EventKey;
use crate::fault::failpoint::kill_point;
use crate::policy::{Decision, Effects, Ground, NewEntry, NewNotice, Ruling, Stage, Verdict};
use crate::store::announcement_rows::AnnouncementRow;
use crate::store::at::At;
use crate::store::effect_rows::{BalanceRow, DecisionRow, EffectRows, NoticeRow, ReturnRow};
use crate::store::replay_rows::{Cause, Entry};
use crate::store::rows::EventRow;
use crate::store::{AttemptKind, DeadClass, DeadLetter, LeasedNotice, Outcome, StoreError};

/// Code of an event whose decision is held.
pub(super) const HELD: &str = "suspension_not_final";

/// Rows of a kind in one statement at most. All that is sent with a statement is in memory two or three times over; at
/// a kilobyte or two for each credit this keeps it to a megabyte.
const ROWS_AT_ONCE: usize = 128;

/// Rows to write, by table.
#[derive(Debug, Default)]
pub(super) struct Writes {
    rows: EffectRows,
    balances: BTreeMap<String, i64>,
    /// Notices and returns the marketplace itself is told of.
    announcements: Vec<AnnouncementRow>,
    /// Events whose notices are held back no longer.
    pub(super) release: Vec<i64>,
    /// Rows of events as this transaction put them into the inbox.
    pub(super) inbox: Vec<EventRow>,
    pub(super) events: Vec<EventRow>,
    pub(super) letters: Vec<DeadLetter>,
    /// Letters whose events were replayed and died once more.
    pub(super) again: Vec<(i64, DeadLetter)>,
}

impl Writes {
    /// Takes in what was decided about an event that is applied at once.
    pub(super) fn take(&mut self, item: &Item<'_>, ruling: Ruling, call: Call<'_>) -> Result<Outcome, StoreError> {
        let effects = match ruling {
            Ruling::Apply(effects) => effects,
            Ruling::Wait(missing) => return Ok(self.wait(item, missing.code(), None, call)),
            Ruling::Refuse { code, message } => return Ok(self.refuse(item, DeadClass::Refused, code, message)),
        };
        let key = &item.arrival.event.key;
        let held = effects.held_until;
        let policy_version = Some(effects.policy.clone());
        // Lines that come when the hold is over go into the same letter, so it waits with them: one a person and event.
        let outcome = self.effects(item, effects, call, |_| held.is_some())?;
        if let Some(due) = held {
            self.events.push(EventRow { policy_version, ..held_row(item, due) });
            return Ok(Outcome::Waiting { key: key.clone(), code: HELD, due });
        }
        // After a hold, or where it is replayed after it had died, some of its notices may be there already.
        if item.stage == Stage::AfterHold || item.from.letter.is_some() {
            self.release.push(item.no);
        }
        self.events.push(EventRow { policy_version, applied_at: Some(At(call.now)), ..event_row(item, "applied") });
        Ok(outcome)
    }

    /// The event waits for what it speaks of, or has waited too often.
    pub(super) fn wait(
        &mut self, item: &Item<'_>, code: &'static str, cursor: Option<String>, call: Call<'_>,
    ) -> Outcome {
        let (key, attempts) = (&item.arrival.event.key, item.attempts);
        let text = format!(
            "event {key} speaks of something the marketplace's tables do not hold ({code}), also at attempt {attempts}: load it, \
             then replay the letter"
        );
        self.put_off(item, (code, text), cursor, call)
    }

    /// The event waits, with this code; after its last attempt it is a dead letter with this text.
    pub(super) fn put_off(
        &mut self, item: &Item<'_>, (code, text): (&'static str, String), cursor: Option<String>, call: Call<'_>,
    ) -> Outcome {
        let key = &item.arrival.event.key;
        let Some(pause) = call.wait.pause(item.attempts, item.no) else {
            let class = if code == super::aside::REFUSED { DeadClass::Refused } else { DeadClass::Unresolved };
            return self.refuse(item, class, code, text);
        };
        let due = call.now.saturating_add(Duration::try_from(pause).unwrap_or(Duration::MAX));
        let row = event_row(item, "waiting");
        self.events.push(EventRow { due_at: Some(At(due)), code: Some(code.to_owned()), cursor, ..row });
        Outcome::Waiting { key: key.clone(), code, due }
    }

    /// The event becomes a dead letter. What it held back is told: the ledger has it.
    pub(super) fn refuse(&mut self, item: &Item<'_>, class: DeadClass, code: &str, text: String) -> Outcome {
        self.die(item.from.letter, DeadLetter::of_event(item.arrival, class, code, text));
        self.events.push(EventRow { code: Some(code.to_owned()), ..event_row(item, "dead") });
        self.release.push(item.no);
        Outcome::Dead { key: item.arrival.event.key.clone(), code: code.to_owned() }
    }

    /// An event of the inbox that cannot be read back becomes a dead letter.
    pub(super) fn unreadable(&mut self, kept: &Kept, letter: &DeadLetter) -> Outcome {
        let row = bare_row(kept.no, kept.stage, kept.attempts, "dead");
        self.events.push(EventRow { code: Some(letter.code.clone()), ..row });
        self.die(kept.letter, letter.clone());
        self.release.push(kept.no);
        Outcome::Dead { key: kept.key.clone(), code: letter.code.clone() }
    }

    /// The event's dead letter: the one it was replayed from, or a new one.
    fn die(&mut self, from: Option<i64>, letter: DeadLetter) {
        match from {
            Some(no) => self.again.push((no, letter)),
            None => self.letters.push(letter),
        }
    }

    /// Takes in the effects of an event, or of a chunk of it. `held_back` says whose letter may get more lines.
    pub(super) fn effects(
        &mut self, item: &Item<'_>, effects: Effects, call: Call<'_>, held_back: impl Fn(&str) -> bool,
    ) -> Result<Outcome, StoreError> {
        let (no, event, now) = (item.no, &item.arrival.event, call.now);
        let announces = call.options.announces;
        // An operator's word, or else the policy's.
        let kept_back = item.from.withhold.or(effects.withhold);
        let returned = effects.returned();
        let outcome = Outcome::Applied {
            key: event.key.clone(),
            credits: returned.iter().map(|one| one.credits).sum(),
            connects: returned.iter().map(|one| one.connects).fold(0, i64::saturating_add),
            returned,
            decisions: effects.decisions.len() as u64,
            notices: effects.notices.len() as u64,
        };
        for entry in effects.entries {
            self.add_return(no, entry, announces)?;
        }
        for decision in effects.decisions {
            self.rows.decisions.push(decision_row(no, decision, now)?);
        }
        for notice in effects.notices {
            let due_at = if kept_back.is_some() || held_back(notice.person.as_str()) { None } else { Some(At(now)) };
            let row = notice_row(no, &event.key, &notice, due_at, now)?;
            if announces {
                self.announcements.push(AnnouncementRow::of_notice(&row, notice.about.event_type));
            }
            self.rows.notices.push(NoticeRow { code: kept_back.map(str::to_owned), ..row });
        }
        Ok(outcome)
    }

    fn add_return(&mut self, no: i64, entry: NewEntry, announces: bool) -> Result<(), StoreError> {
        let sum = self.balances.entry(entry.account.to_string()).or_default();
        *sum = sum.checked_add(entry.amount).ok_or_else(|| StoreError::Inconsistent {
            table: "connects_entries",
            column: "amount",
            found: "returns whose sum does not fit".to_owned(),
            expected: "at most 9223372036854775807 Connects in all",
        })?;
        let balance_after = entry.balance_after;
        let row = ReturnRow {
            entry_id: entry.id.into(),
            account_id: entry.account.into(),
            proposal_id: entry.proposal.into(),
            amount: entry.amount,
            reverses: entry.reverses.into(),
            reason: entry.reason.as_str(),
            event_no: no,
            created_at: At(entry.at),
            expires_at: At(entry.expires_at),
        };
        if announces {
            self.announcements.push(AnnouncementRow::of_return(&row, balance_after));
        }
        self.rows.returns.push(row);
        Ok(())
    }

    /// Decisions about proposals whose charges had all come back before.
    pub(super) fn already_returned(&self) -> u64 {
        let ground = Some(Ground::AlreadyReturned.as_str());
        self.rows.decisions.iter().filter(|decision| decision.ground == ground).count() as u64
    }

    /// Notices that are kept back.
    pub(super) fn withheld(&self) -> u64 {
        self.rows.notices.iter().filter(|notice| notice.code.is_some()).count() as u64
    }

    /// Writes it all. Rows are counted: one that is missing rolls everything back.
    pub(super) async fn write<T: Tx>(mut self, tx: &mut T, now: OffsetDateTime) -> Result<(), StoreError> {
        self.write_effects(tx).await?;
        self.write_rest(tx, now).await
    }

    /// Writes what was decided, and nothing about the events themselves: those must exist, and need not be locked.
    pub(super) async fn write_effects<T: Tx>(&mut self, tx: &mut T) -> Result<(), StoreError> {
        let balances = std::mem::take(&mut self.balances).into_iter();
        self.rows.balances = balances.map(|(account_id, delta)| BalanceRow { account_id, delta }).collect();
        let rows = std::mem::take(&mut self.rows);
        let some = !rows.is_empty();
        for piece in rows.pieces(ROWS_AT_ONCE) {
            let written = tx.effects_write(&piece).await?;
            counted("connects_entries", "entry_id", written.returns, piece.returns.len())?;
            counted("accounts", "balance", written.balances, piece.balances.len())?;
            counted("notices", "notice_id", written.notices, piece.notices.len())?;
            every_credit_has_its_decision(&piece.decisions, &BTreeSet::from_iter(written.decisions))?;
        }
        if some {
            kill_point("k4");
        }
        if !self.announcements.is_empty() {
            let written = tx.announcements_write(&self.announcements).await?;
            counted("announcements", "announcement_no", written, self.announcements.len())?;
        }
        Ok(())
    }

    /// What is left then: the events, what they release, and dead letters.
    pub(super) async fn write_rest<T: Tx>(mut self, tx: &mut T, now: OffsetDateTime) -> Result<(), StoreError> {
        if !self.release.is_empty() {
            tx.notices_release(&self.release, now).await?;
            tx.announcements_follow(&self.release).await?;
        }
        let as_they_are: HashMap<i64, EventRow> = self.inbox.into_iter().map(|row| (row.event_no, row)).collect();
        self.events.retain(|row| as_they_are.get(&row.event_no) != Some(row));
        if !self.events.is_empty() {
            let settled = tx.events_settle(&self.events).await?;
            counted("events", "event_no", settled, self.events.len())?;
        }
        for (no, letter) in self.again {
            if !dead_again(tx, no, &letter, now).await? {
                self.letters.push(letter);
            }
        }
        tx.bury(&self.letters, now).await
    }
}

/// Opens the letter an event was replayed from, which died once more; `false`: it was purged meanwhile.
async fn dead_again<T: Tx>(tx: &mut T, no: i64, letter: &DeadLetter, now: OffsetDateTime) -> Result<bool, StoreError> {
    let cause = Cause::of(letter);
    if tx.letter_fail(no, &cause, letter.event_type.as_deref(), now).await? == 0 {
        return Ok(false);
    }
    let entry = Entry { cause: Some(&cause), ..Entry::new(no, AttemptKind::Arrival, "dead") };
    tx.letter_attempt(entry.row(now)).await?;
    Ok(true)
}

/// An event's row as it is unless something happens to it.
pub(super) fn event_row(item: &Item<'_>, state: &'static str) -> EventRow {
    bare_row(item.no, item.stage, item.attempts, state)
}

/// The event waits for the end of its hold; its attempts begin anew then.
pub(super) fn held_row(item: &Item<'_>, until: OffsetDateTime) -> EventRow {
    EventRow {
        due_at: Some(At(until)),
        code: Some(HELD.to_owned()),
        ..bare_row(item.no, Stage::AfterHold, 0, "waiting")
    }
}

/// An event's row as the inbox takes it in: applied at its first attempt.
pub(super) fn inbox_row(event_no: i64, policy_version: Option<String>, now: OffsetDateTime) -> EventRow {
    EventRow { policy_version, applied_at: Some(At(now)), ..bare_row(event_no, Stage::First, 1, "applied") }
}

fn bare_row(event_no: i64, stage: Stage, attempts: u32, state: &'static str) -> EventRow {
    EventRow {
        event_no,
        state,
        stage: stage_name(stage),
        attempts: i32::try_from(attempts).unwrap_or(i32::MAX),
        due_at: None,
        code: None,
        cursor: None,
        held_until: None,
        advanced_at: None,
        policy_version: None,
        applied_at: None,
    }
}

fn decision_row(no: i64, decision: Decision, now: OffsetDateTime) -> Result<DecisionRow, StoreError> {
    let defect = |error| StoreError::Defect { doing: "decisions_write", source: sqlx::Error::Encode(Box::new(error)) };
    Ok(DecisionRow {
        event_no: no,
        proposal_id: decision.proposal.into(),
        job_id: decision.job.into(),
        account_id: decision.account.into(),
        person_id: decision.person.into(),
        rule: decision.rule,
        policy_version: decision.policy,
        verdict: decision.verdict.as_str(),
        reason: decision.reason.as_str(),
        ground: decision.ground.map(Ground::as_str),
        amount: decision.amount,
        told: decision.tell,
        decided_at: At(now),
        facts: serde_json::to_string(&decision.seen).map_err(defect)?,
    })
}

fn notice_row(
    no: i64, key: &EventKey, notice: &NewNotice, due_at: Option<At>, now: OffsetDateTime,
) -> Result<NoticeRow, StoreError> {
    let defect = |error| StoreError::Defect { doing: "notices_write", source: sqlx::Error::Encode(Box::new(error)) };
    Ok(NoticeRow {
        notice_id: LeasedNotice::id_of(key, &notice.person).simple().to_string(),
        event_no: no,
        person_id: notice.person.as_str().to_owned(),
        about: serde_json::to_string(&notice.about).map_err(defect)?,
        lines: serde_json::to_string(&notice.lines).map_err(defect)?,
        due_at,
        created_at: At(now),
        code: None,
    })
}

fn counted(table: &'static str, column: &'static str, written: u64, meant: usize) -> Result<(), StoreError> {
    if written == meant as u64 {
        return Ok(());
    }
    let found = format!("{written} rows written where {meant} were meant");
    Err(StoreError::Inconsistent { table, column, found, expected: "as many as were decided" })
}

/// A decision of the same event that is not held stays as it is; none of those may be about a return just written.
fn every_credit_has_its_decision(meant: &[DecisionRow], written: &BTreeSet<(i64, String)>) -> Result<(), StoreError> {
    let credited = meant.iter().filter(|row| row.verdict == Verdict::Credited.as_str());
    for row in credited {
        if !written.contains(&(row.event_no, row.proposal_id.clone())) {
            return Err(StoreError::Inconsistent {
                table: "decisions",
                column: "verdict",
                found: format!("a final decision of event {} about proposal {}", row.event_no, row.proposal_id),
                expected: "none, or one that is held",
            });
        }
    }
    Ok(())
}
