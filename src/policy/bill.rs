//! What one proposal cost by the ledger, and what of it is still to come back.

use std::collections::HashSet;

use super::case::Charges;
use super::facts::{EntryFacts, EntryKind};
use crate::event::EntryId;

/// One charge: a fee or a boost.
#[derive(Debug)]
pub(super) struct Charge<'a> {
    pub(super) entry: &'a EntryFacts,
    /// Connects it took, positive.
    pub(super) spent: i128,
    /// Of them, what is still to come back.
    pub(super) left: i128,
}

/// Every charge of one proposal, oldest first.
///
/// Sums are 128 bits wide: no number of 64-bit amounts that fits into memory overflows them.
#[derive(Debug)]
pub(super) struct Bill<'a> {
    charges: Vec<Charge<'a>>,
}

impl<'a> Bill<'a> {
    /// Draws up the bill of one proposal from all its entries, in any order.
    ///
    /// A charge that an entry `reverses` is settled, whatever that entry's amount: the ledger allows no second one.
    /// What came back beyond the settled charges (refunds that name no charge) counts against boosts first, oldest
    /// first, then against fees. So the sum left is never more than charges less everything that came back, and never
    /// negative.
    pub(super) fn of(entries: &'a [EntryFacts]) -> Self {
        let settled: HashSet<&EntryId> = entries.iter().filter_map(|entry| entry.reverses.as_ref()).collect();
        let mut unlinked: i128 = 0;
        let mut charges = Vec::new();
        for entry in entries {
            let amount = i128::from(entry.amount);
            match entry.kind {
                EntryKind::Fee | EntryKind::Boost if amount < 0 => {
                    let open = !settled.contains(&entry.id);
                    if !open {
                        unlinked += amount;
                    }
                    charges.push(Charge { entry, spent: -amount, left: if open { -amount } else { 0 } });
                }
                EntryKind::Refund | EntryKind::Return if amount > 0 => unlinked += amount,
                // A charge that gives or a refund that takes is refused by the database; grants and expiries are not
                // about a proposal.
                EntryKind::Fee
                | EntryKind::Boost
                | EntryKind::Refund
                | EntryKind::Return
                | EntryKind::Grant
                | EntryKind::Expiry => {}
            }
        }
        charges.sort_by(|a, b| (a.entry.at, &a.entry.id).cmp(&(b.entry.at, &b.entry.id)));
        let mut bill = Bill { charges };
        for kind in [EntryKind::Boost, EntryKind::Fee] {
            for charge in bill.charges.iter_mut().filter(|charge| charge.entry.kind == kind) {
                let covered = unlinked.clamp(0, charge.left);
                charge.left -= covered;
                unlinked -= covered;
            }
        }
        bill
    }

    /// Connects of this kind that were ever charged, before anything came back.
    pub(super) fn spent(&self, kind: EntryKind) -> i128 {
        self.charges.iter().filter(|charge| charge.entry.kind == kind).map(|charge| charge.spent).sum()
    }

    /// Connects of this kind that are still to come back.
    pub(super) fn left(&self, kind: EntryKind) -> i128 {
        self.charges.iter().filter(|charge| charge.entry.kind == kind).map(|charge| charge.left).sum()
    }

    /// Charges of which something is left to come back, oldest first.
    pub(super) fn open(&self) -> impl Iterator<Item = &Charge<'a>> {
        self.charges.iter().filter(|charge| charge.left > 0)
    }

    /// The bill in one word.
    pub(super) fn charges(&self) -> Charges {
        if self.charges.is_empty() {
            Charges::Nothing
        } else if self.open().any(|charge| charge.entry.kind == EntryKind::Boost) {
            Charges::Boost
        } else if self.open().next().is_some() {
            Charges::Fee
        } else {
            Charges::Returned
        }
    }
}
