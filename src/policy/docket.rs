//! Gathers what one event does: decisions, returns with running balances, and a letter a person.

use std::collections::BTreeMap;

use time::OffsetDateTime;

use super::bill::Bill;
use super::case::Credit;
use super::decide::Choice;
use super::facts::{AccountFacts, AccountKind, EntryFacts, EntryKind, Facts, JobFacts, ProposalFacts, Seen};
use super::notice::{NewNotice, NoticeLine, Occasion, Role};
use super::outcome::{Decision, Effects, Missing, NewEntry, Ruling, Verdict};
use super::table::{PolicyVersion, Settings};
use crate::event::{AccountId, EntryId, PersonId};

/// Why an event cannot be decided now, or ever. Facts are untouched then.
#[derive(Debug)]
pub(super) enum Stop {
    Wait(Missing),
    Refuse { code: &'static str, message: String },
}

impl From<Stop> for Ruling {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Wait(missing) => Ruling::Wait(missing),
            Stop::Refuse { code, message } => Ruling::Refuse { code, message },
        }
    }
}

/// One proposal of the event, with what was decided about it.
pub(super) struct Item<'a> {
    pub(super) job: &'a JobFacts,
    pub(super) proposal: &'a ProposalFacts,
    pub(super) bill: Bill<'a>,
    pub(super) choice: Choice<'a>,
}

/// Everything decided so far about one event.
pub(super) struct Docket<'a> {
    facts: &'a Facts,
    settings: &'a Settings,
    now: OffsetDateTime,
    /// Balances as the entries so far leave them.
    balances: BTreeMap<AccountId, i64>,
    lines: BTreeMap<PersonId, Vec<NoticeLine>>,
    effects: Effects,
}

impl<'a> Docket<'a> {
    pub(super) fn new(facts: &'a Facts, version: &'a PolicyVersion, now: OffsetDateTime) -> Self {
        let effects = Effects { policy: version.id().to_owned(), ..Effects::default() };
        let settings = version.settings();
        Docket { facts, settings, now, balances: BTreeMap::new(), lines: BTreeMap::new(), effects }
    }

    /// Takes in one proposal. `hold_until` is when a held decision is made again.
    pub(super) fn add(&mut self, item: &Item<'a>, hold_until: OffsetDateTime) -> Result<(), Stop> {
        let entries = match item.choice.credit {
            Credit::Net => self.returns(item)?,
            Credit::None | Credit::Hold => Vec::new(),
        };
        let verdict = match item.choice.credit {
            Credit::Net => Verdict::Credited,
            Credit::None => Verdict::None,
            Credit::Hold => Verdict::Held,
        };
        if verdict == Verdict::Held {
            self.effects.held_until = Some(hold_until);
        }
        // A proposal is told of once; again only if the second time brings Connects (domain notes, rows 3, 5, 25, 31).
        let told = self.facts.prior.get(&item.proposal.id).is_some_and(|prior| prior.iter().any(|p| p.told));
        let decision = Decision {
            proposal: item.proposal.id.clone(),
            job: item.job.id.clone(),
            account: entries.first().map_or(&item.proposal.account, |entry| &entry.account).clone(),
            person: item.proposal.person.clone(),
            rule: item.choice.rule.id.clone(),
            policy: self.effects.policy.clone(),
            verdict,
            reason: item.choice.reason,
            ground: item.choice.ground,
            amount: sum(entries.iter().map(|entry| i128::from(entry.amount)), &item.proposal.account)?,
            tell: item.choice.notice && (verdict == Verdict::Credited || !told),
            seen: self.seen(item),
        };
        if decision.tell {
            self.tell(item, &decision, &entries)?;
        }
        self.effects.decisions.push(decision);
        self.effects.entries.extend(entries);
        Ok(())
    }

    /// What the decision was made on. Sums too large for the ledger are cut: they are only shown.
    fn seen(&self, item: &Item<'_>) -> Seen {
        let cut = |sum: i128| i64::try_from(sum).unwrap_or(i64::MAX);
        Seen {
            proposal: item.proposal.state,
            proposal_since: item.proposal.state_since,
            declined_by: item.proposal.declined_by,
            submitted_at: item.proposal.submitted_at,
            job: item.job.state,
            job_since: item.job.state_since,
            hired_at: item.job.hired_at,
            client_suspended: self.facts.clients.get(&item.job.client).map(|client| client.suspended),
            fee: cut(item.bill.spent(EntryKind::Fee)),
            fee_left: cut(item.bill.left(EntryKind::Fee)),
            boost: cut(item.bill.spent(EntryKind::Boost)),
            boost_left: cut(item.bill.left(EntryKind::Boost)),
        }
    }

    /// One entry for each charge of which something is left, to the balance that paid it.
    fn returns(&mut self, item: &Item<'_>) -> Result<Vec<NewEntry>, Stop> {
        let mut entries = Vec::new();
        for charge in item.bill.open() {
            let charged = charge.entry;
            let id = EntryId::of_return(&charged.id).ok_or_else(|| Stop::Refuse {
                code: "charge_id_too_long",
                message: format!(
                    "charge {}: its id is too long to name its return; shorten ids of charges",
                    charged.id
                ),
            })?;
            let amount = sum([charge.left].into_iter(), &charged.account)?;
            let balance_after = self.raise(&charged.account, amount)?;
            entries.push(NewEntry {
                id,
                account: charged.account.clone(),
                proposal: item.proposal.id.clone(),
                amount,
                reverses: charged.id.clone(),
                reason: item.choice.reason,
                at: self.now,
                expires_at: self.expiry(charged),
                balance_after,
            });
        }
        Ok(entries)
    }

    fn raise(&mut self, account: &AccountId, amount: i64) -> Result<i64, Stop> {
        let before = match self.balances.get(account) {
            Some(balance) => *balance,
            None => self.account(account)?.balance,
        };
        let after = before.checked_add(amount).ok_or_else(|| overflow(account))?;
        self.balances.insert(account.clone(), after);
        Ok(after)
    }

    fn account(&self, account: &AccountId) -> Result<&'a AccountFacts, Stop> {
        self.facts.accounts.get(account).ok_or(Stop::Wait(Missing::Account))
    }

    /// The life of the Connects that were spent, with a grace period; a year of their own where the ledger does not say
    /// (domain notes, section 1.5).
    fn expiry(&self, charged: &EntryFacts) -> OffsetDateTime {
        let least = self.now.saturating_add(self.settings.returned_valid_min);
        let default = self.now.saturating_add(self.settings.returned_valid_default);
        charged.expires_at.map_or(default, |own| own.max(least))
    }

    /// Writes a line for the submitter, and where the agency wants it for its manager, or for its owner if it has none
    /// (domain notes, row 30 and section 1.6).
    fn tell(&mut self, item: &Item<'_>, decision: &Decision, entries: &[NewEntry]) -> Result<(), Stop> {
        let account = self.account(&decision.account)?;
        let line = self.line(item, decision, account, entries)?;
        if let Some((person, role)) = for_the_agency(account).filter(|(person, _)| **person != decision.person) {
            self.lines.entry(person.clone()).or_default().push(NoticeLine { role, ..line.clone() });
        }
        self.lines.entry(decision.person.clone()).or_default().push(line);
        Ok(())
    }

    fn line(
        &self, item: &Item<'_>, decision: &Decision, account: &AccountFacts, entries: &[NewEntry],
    ) -> Result<NoticeLine, Stop> {
        let returned = |kind| {
            let charges = item.bill.open().filter(|charge| charge.entry.kind == kind && !entries.is_empty());
            sum(charges.map(|charge| charge.left), &account.id)
        };
        let spent = |kind| sum([item.bill.spent(kind)].into_iter(), &account.id);
        Ok(NoticeLine {
            proposal: item.proposal.id.clone(),
            job: item.job.id.clone(),
            job_title: item.job.title.clone(),
            submitted_at: item.proposal.submitted_at,
            invited: item.proposal.invited,
            role: Role::Submitter,
            account: account.id.clone(),
            agency: account.kind == AccountKind::Agency,
            verdict: decision.verdict,
            reason: decision.reason,
            ground: decision.ground,
            fee_spent: spent(EntryKind::Fee)?,
            boost_spent: spent(EntryKind::Boost)?,
            fee_returned: returned(EntryKind::Fee)?,
            boost_returned: returned(EntryKind::Boost)?,
            entries: entries.iter().map(|entry| entry.id.clone()).collect(),
            // Set by `close`, when the last return of the event is in.
            balance_after: account.balance,
            decided_at: self.now,
            expires_at: entries.iter().map(|entry| entry.expires_at).min(),
        })
    }

    /// The whole: decisions and entries as they were added, one notice a person.
    pub(super) fn close(self, about: &Occasion) -> Effects {
        let Docket { mut effects, balances, lines, .. } = self;
        effects.notices = lines
            .into_iter()
            .map(|(person, mut lines)| {
                for line in &mut lines {
                    line.balance_after = balances.get(&line.account).copied().unwrap_or(line.balance_after);
                }
                lines.sort_by(|a, b| (&a.job_title, &a.proposal).cmp(&(&b.job_title, &b.proposal)));
                NewNotice { person, about: about.clone(), lines }
            })
            .collect();
        effects
    }
}

/// Who is told on behalf of the agency whose balance paid, if it wants anybody told.
fn for_the_agency(account: &AccountFacts) -> Option<(&PersonId, Role)> {
    let told = account.kind == AccountKind::Agency && account.tell_manager;
    let somebody = account.manager.as_ref().map_or((&account.owner, Role::Owner), |manager| (manager, Role::Manager));
    told.then_some(somebody)
}

fn sum(amounts: impl Iterator<Item = i128>, account: &AccountId) -> Result<i64, Stop> {
    i64::try_from(amounts.sum::<i128>()).map_err(|_| overflow(account))
}

fn overflow(account: &AccountId) -> Stop {
    let message =
        format!("account {account}: its Connects would pass what 64 bits hold; the ledger's amounts must be wrong");
    Stop::Refuse { code: "balance_overflow", message }
}
