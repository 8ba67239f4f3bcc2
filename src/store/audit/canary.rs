//! Proves that the audit still sees: gaps are planted in a transaction that is rolled back, and the very statements
//! that look for gaps must find them.

use time::Duration;

use super::{AuditCheck, AuditKey, AuditRule, AuditTx, Canary};
use crate::store::StoreError;
use crate::store::flow::{Begin, Tx};
use crate::store::seals;

/// Id of what is planted: no fact of a marketplace is called that.
const ID: &str = "makegood-canary";
/// The planted entries: id, kind, amount, what it gives back.
const ENTRIES: [(&str, &str, i64, Option<&str>); 3] = [
    ("makegood-canary-open", "fee", -2, None),
    ("makegood-canary-fee", "boost", -3, None),
    ("makegood-canary-slip", "return", 3, Some("makegood-canary-fee")),
];

/// [`super::AuditStore::audit_canary`]
pub(in crate::store) async fn canary<B: Begin>(store: &B, rule: &AuditRule) -> Result<Canary, StoreError>
where
    B::Tx: AuditTx,
{
    let mut tx = store.begin("audit_canary").await?;
    let seen = plant_and_look(&mut tx, rule).await;
    B::roll_back(tx).await;
    seen
}

async fn plant_and_look<T: Tx + AuditTx>(tx: &mut T, rule: &AuditRule) -> Result<Canary, StoreError> {
    let unseen = seals::blind(tx).await?;
    let since = rule.before().saturating_sub(Duration::MINUTE);
    if let Err(error) = tx.canary_plant(ID, &ENTRIES, since).await {
        // Facts that are views cannot always be written.
        return if error.is_about_data() || matches!(error, StoreError::Defect { .. }) {
            Ok(if unseen { Canary::Blind(vec!["ledger_changed"]) } else { Canary::NotPlanted })
        } else {
            Err(error)
        };
    }
    let start = AuditKey::start();
    let mut blind = Vec::new();
    if unseen {
        blind.push("ledger_changed");
    }
    let before_it = AuditKey { at: since.saturating_sub(Duration::MICROSECOND), id: ID.to_owned(), ..start.clone() };
    let keys = tx.audit_keys(AuditCheck::Jobs, &before_it, rule).await?;
    let none = (String::new(), String::new());
    let found = tx.audit_candidates(AuditCheck::Jobs, &[ID.to_owned()], &none, rule, 1).await?;
    let a_page = keys.len() >= rule.page as usize;
    if !(a_page || keys.iter().any(|key| key.id == ID)) || found.is_empty() {
        blind.push("event_missing");
    }
    let checks = [
        (AuditCheck::Entries, "makegood-canary-slip", "return_without_cause"),
        (AuditCheck::Accounts, ID, "balance_wrong"),
    ];
    for (check, id, code) in checks {
        let key = AuditKey { id: id.to_owned(), ..start.clone() };
        let gaps = tx.audit_examine(check, &[key], rule).await?;
        if !gaps.iter().any(|(found, ..)| found == code) {
            blind.push(code);
        }
    }
    Ok(if blind.is_empty() { Canary::Found } else { Canary::Blind(blind) })
}
