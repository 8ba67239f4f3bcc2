//! A plan in a file: which letters, how, and what was predicted for each.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{BufReader, BufWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::cli::output;
use crate::store::{ReplayEffects, Store};
use crate::worker::desk::{Tally, look_up};

/// The format that is written, and the only one that is read.
const VERSION: u64 = 1;
/// Longest plan: a million letters need about 150 bytes each.
const PLAN_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// Only its owner reads what may speak of people.
const OWNER_ONLY: u32 = 0o600;

/// A plan.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlanFile {
    version: u64,
    /// Which makegood predicted.
    pub(super) makegood: String,
    /// When, RFC 3339.
    pub(super) created_at: String,
    /// `credit`, `mail` or `both`.
    effects: String,
    /// The conditions, or the number of ids that were given.
    pub(super) filter: Value,
    /// SHA-256 of the edited payload.
    pub(super) patch_sha256: Option<String>,
    /// What is to be replayed, by ascending id.
    pub(super) letters: Vec<PlannedLetter>,
    /// The predictions, counted.
    pub(super) totals: Tally,
}

/// One letter of a plan.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlannedLetter {
    /// Its id in the database.
    pub(super) id: i64,
    /// Its identity, hex.
    pub(super) digest: String,
    /// What was predicted.
    pub(super) predicted: Value,
}

impl PlanFile {
    /// A plan of this version.
    pub(super) fn new(
        created_at: String, effects: ReplayEffects, filter: Value, patch_sha256: Option<String>,
        letters: Vec<PlannedLetter>, totals: Tally,
    ) -> Self {
        let makegood = env!("CARGO_PKG_VERSION").to_owned();
        let effects = effects.as_str().to_owned();
        Self { version: VERSION, makegood, created_at, effects, filter, patch_sha256, letters, totals }
    }

    /// Reads a plan that this makegood understands.
    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        let name = path.display();
        let file = File::open(path).with_context(|| format!("cannot open {name}"))?;
        if file.metadata().with_context(|| format!("cannot read {name}"))?.len() > PLAN_BYTES_MAX {
            bail!("{name} is longer than {PLAN_BYTES_MAX} bytes: no plan of this makegood");
        }
        let no_plan = |error: serde_json::Error| {
            let at = format!("line {} column {}", error.line(), error.column());
            anyhow::anyhow!("{name} is no plan of `makegood dlq plan` ({at})")
        };
        let value: Value = serde_json::from_reader(BufReader::new(file).take(PLAN_BYTES_MAX)).map_err(no_plan)?;
        match value.get("version").and_then(Value::as_u64) {
            Some(VERSION) => {}
            Some(other) => {
                bail!("{name} is a plan of version {other}; this makegood reads version {VERSION}: plan again")
            }
            None => bail!("{name} is no plan of `makegood dlq plan`: it has no version"),
        }
        let plan: PlanFile = serde_json::from_value(value).map_err(no_plan)?;
        plan.effects()?;
        Ok(plan)
    }

    /// Which effects were planned.
    pub(super) fn effects(&self) -> anyhow::Result<ReplayEffects> {
        ReplayEffects::parse(&self.effects).context("the plan names effects that are neither credit, mail nor both")
    }

    /// Writes it to a new file.
    pub(super) fn write(&self, path: &Path) -> anyhow::Result<()> {
        let name = path.display();
        let mut file = BufWriter::new(new_file(path)?);
        serde_json::to_writer_pretty(&mut file, self).with_context(|| format!("cannot write {name}"))?;
        let written = writeln!(file).and_then(|()| file.flush()).and_then(|()| file.get_ref().sync_all());
        written.with_context(|| format!("cannot write {name}"))
    }

    /// The ids, when the letters are still those that were planned. Says how many were settled since.
    pub(super) async fn ids(&self, store: &dyn Store) -> anyhow::Result<Vec<i64>> {
        let planned: BTreeMap<i64, &str> =
            self.letters.iter().map(|letter| (letter.id, letter.digest.as_str())).collect();
        let ids: Vec<i64> = planned.keys().copied().collect();
        let found = look_up(store, &ids).await?;
        if let Some(other) =
            found.values().find(|letter| planned.get(&letter.id) != Some(&&*hex::encode(letter.digest)))
        {
            bail!("this plan belongs to another database: letter {} is another there", other.id);
        }
        if found.is_empty() && !ids.is_empty() {
            bail!("this plan belongs to another database: none of its {} letters is here", ids.len());
        }
        let (states, effects) = (self.effects()?.states(), self.effects()?);
        let settled = found.values().filter(|letter| !states.contains(&letter.state)).count();
        let gone = ids.len() - found.len();
        if settled + gone > 0 {
            output::talk(format!(
                "of {} planned letters {settled} were settled since and {gone} are gone: a replay with effects {} skips \
                 them",
                ids.len(),
                effects.as_str(),
            ));
        }
        Ok(ids)
    }
}

/// A file that was not there before, for its owner alone.
pub(super) fn new_file(path: &Path) -> anyhow::Result<File> {
    let opened = OpenOptions::new().write(true).create_new(true).mode(OWNER_ONLY).open(path);
    opened.with_context(|| format!("cannot make {} (a file that exists is not written over)", path.display()))
}
