//! What was decided as rows, and in pieces that a statement takes.

use serde::Serialize;

use super::at::At;

/// A row of `decisions`.
#[derive(Debug, Clone, Serialize)]
pub(super) struct DecisionRow {
    pub(super) event_no: i64,
    pub(super) proposal_id: String,
    pub(super) job_id: String,
    pub(super) account_id: String,
    pub(super) person_id: String,
    pub(super) rule: String,
    pub(super) policy_version: String,
    pub(super) verdict: &'static str,
    pub(super) reason: &'static str,
    pub(super) ground: Option<&'static str>,
    pub(super) amount: i64,
    pub(super) told: bool,
    pub(super) decided_at: At,
    /// JSON.
    pub(super) facts: String,
}

/// A return.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ReturnRow {
    pub(super) entry_id: String,
    pub(super) account_id: String,
    pub(super) proposal_id: String,
    pub(super) amount: i64,
    pub(super) reverses: String,
    pub(super) reason: &'static str,
    pub(super) event_no: i64,
    pub(super) created_at: At,
    pub(super) expires_at: At,
}

/// By how much a balance moves.
#[derive(Debug, Clone, Serialize)]
pub(super) struct BalanceRow {
    pub(super) account_id: String,
    pub(super) delta: i64,
}

/// A notice on its way into the outbox.
#[derive(Debug, Clone, Serialize)]
pub(super) struct NoticeRow {
    /// In hex.
    pub(super) notice_id: String,
    pub(super) event_no: i64,
    pub(super) person_id: String,
    /// JSON.
    pub(super) about: String,
    /// JSON.
    pub(super) lines: String,
    pub(super) due_at: Option<At>,
    pub(super) created_at: At,
    /// Why it is kept back, if it is.
    pub(super) code: Option<String>,
}

/// What was decided, by table.
#[derive(Debug, Default)]
pub(super) struct EffectRows {
    pub(super) returns: Vec<ReturnRow>,
    /// One row an account.
    pub(super) balances: Vec<BalanceRow>,
    pub(super) decisions: Vec<DecisionRow>,
    pub(super) notices: Vec<NoticeRow>,
}

impl EffectRows {
    pub(super) fn is_empty(&self) -> bool {
        self.returns.is_empty() && self.balances.is_empty() && self.decisions.is_empty() && self.notices.is_empty()
    }

    /// The same rows in pieces of at most so many of each kind, in order.
    pub(super) fn pieces(mut self, rows_max: usize) -> impl Iterator<Item = EffectRows> {
        fn first<T>(rows: &mut Vec<T>, count: usize) -> Vec<T> {
            let rest = rows.split_off(count.min(rows.len()));
            std::mem::replace(rows, rest)
        }
        let piece = move || EffectRows {
            returns: first(&mut self.returns, rows_max),
            balances: first(&mut self.balances, rows_max),
            decisions: first(&mut self.decisions, rows_max),
            notices: first(&mut self.notices, rows_max),
        };
        std::iter::repeat_with(piece).take_while(|piece| !piece.is_empty())
    }
}

/// How much of it was written.
#[derive(Debug, Default)]
pub(super) struct EffectsWritten {
    pub(super) returns: u64,
    pub(super) balances: u64,
    /// `(event_no, proposal_id)` of each.
    pub(super) decisions: Vec<(i64, String)>,
    pub(super) notices: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_all_of_it_in_order_and_none_is_longer() {
        let balance = |n: i64| BalanceRow { account_id: format!("account-{n}"), delta: n };
        let notice = |n: i64| NoticeRow {
            notice_id: String::new(),
            event_no: n,
            person_id: String::new(),
            about: String::new(),
            lines: String::new(),
            due_at: None,
            created_at: At(time::OffsetDateTime::UNIX_EPOCH),
            code: None,
        };
        let rows = EffectRows {
            balances: (0..2).map(balance).collect(),
            notices: (0..7).map(notice).collect(),
            ..EffectRows::default()
        };
        let pieces: Vec<_> = rows.pieces(3).collect();
        let balances: Vec<Vec<_>> =
            pieces.iter().map(|piece| piece.balances.iter().map(|row| row.delta).collect()).collect();
        let notices: Vec<Vec<_>> =
            pieces.iter().map(|piece| piece.notices.iter().map(|row| row.event_no).collect()).collect();
        assert_eq!(balances, [vec![0, 1], vec![], vec![]]);
        assert_eq!(notices, [vec![0, 1, 2], vec![3, 4, 5], vec![6]]);
        assert_eq!(EffectRows::default().pieces(3).count(), 0);
    }
}
