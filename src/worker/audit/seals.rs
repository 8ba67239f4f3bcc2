//! Seals over the ledger: set as the audit goes, told in words, and held against what was kept elsewhere.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::Audit;
use super::watch::PAUSE_MIN;
use crate::store::{Gap, Seal, SealStep, Store, StoreError};
use crate::telemetry::facts;

impl Audit {
    /// Seals what is final, at most so many entries a second. What open transactions keep back is sealed by the next
    /// round.
    pub async fn seal(&self, rows_per_second: Option<u32>, stop: &CancellationToken) -> Result<(), StoreError> {
        while !stop.is_cancelled() {
            let SealStep::Sealed(seal) = self.store.seal_next(self.clock.now()).await? else { break };
            facts::sealed(seal.no, seal.entries, &seal.digest);
            if let Some(rate) = rows_per_second {
                let pause = Duration::from_secs(seal.entries.unsigned_abs()) / rate.max(1);
                tokio::select! {
                    () = tokio::time::sleep(pause.max(PAUSE_MIN)) => {}
                    () = stop.cancelled() => {}
                }
            }
        }
        Ok(())
    }
}

/// A seal as it was kept elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Kept {
    /// Its number.
    pub no: i64,
    /// Its digest, in lower case.
    pub digest: String,
}

impl std::str::FromStr for Kept {
    type Err = String;

    /// Reads `NO:DIGEST`.
    fn from_str(text: &str) -> Result<Self, String> {
        let (no, digest) = text.split_once(':').ok_or("NO:DIGEST expected, as `makegood audit seals` prints it")?;
        let no = no.parse().ok().filter(|no: &i64| *no > 0).ok_or("the number of a seal expected before the colon")?;
        if digest.len() != 64 || !digest.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err("64 hexadecimal digits expected behind the colon".to_owned());
        }
        Ok(Kept { no, digest: digest.to_ascii_lowercase() })
    }
}

/// What the database has of a seal that was kept elsewhere.
#[derive(Debug, Clone, Serialize)]
pub struct Compared {
    /// As it was kept.
    pub kept: Kept,
    /// As it is.
    pub found: Option<Seal>,
    /// They are the same.
    pub agrees: bool,
}

/// Holds a seal against what was kept elsewhere: whoever can rewrite the whole chain cannot rewrite that.
pub async fn compare(store: &dyn Store, kept: &Kept) -> Result<Compared, StoreError> {
    let found = store.seal(kept.no).await?;
    let agrees = found.as_ref().is_some_and(|seal| seal.digest == kept.digest);
    Ok(Compared { kept: kept.clone(), found, agrees })
}

/// What differs behind a seal, in a sentence.
pub(super) fn changed(gap: &Gap) -> String {
    let text = |name: &str| gap.details.get(name).map(Value::to_string).unwrap_or_default();
    let differs = gap.details.get("differs").and_then(Value::as_array).cloned().unwrap_or_default();
    let differs: Vec<&str> = differs.iter().filter_map(Value::as_str).collect();
    let no = &gap.subject;
    if differs.contains(&"missing") {
        return format!("seal {no} over the ledger was taken out");
    }
    let range = format!("entries {} to {} of the ledger", text("from"), text("to"));
    if differs.contains(&"seal") {
        return format!("seal {no} over {range} is not the one that was set");
    }
    format!(
        "{range} are not what seal {no} says ({} differ): sealed were {} entries with a sum of {}, and there are {} with a sum of {}",
        differs.join(", "),
        text("entries"),
        text("sum"),
        text("found_entries"),
        text("found_sum"),
    )
}
