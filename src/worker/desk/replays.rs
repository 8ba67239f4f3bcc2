//! Replays and the operators' log for machines.

use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;

use crate::store::{OperatorEntry, Replay};

/// A replay for machines.
pub fn replay_json(replay: &Replay) -> Value {
    json!({
        "replay": replay.no,
        "state": replay.state.as_str(),
        "held": replay.held,
        "operator": replay.operator,
        "reason": replay.reason,
        "effects": replay.effects.as_str(),
        "rate": replay.rate,
        "ramp": replay.ramp,
        "stop_after_failures": replay.stop_after_failures,
        "patched": replay.patched,
        "letters": replay.items,
        "done": replay.done,
        "failed": replay.failed,
        "skipped": replay.skipped,
        "credits": replay.credits,
        "connects": replay.connects,
        "notices": replay.notices,
        "created_at": replay.created_at.format(&Rfc3339).ok(),
        "started_at": replay.started_at.and_then(|at| at.format(&Rfc3339).ok()),
        "ended_at": replay.ended_at.and_then(|at| at.format(&Rfc3339).ok()),
    })
}

/// A row of the operators' log.
pub fn entry_json(entry: &OperatorEntry) -> Value {
    json!({
        "no": entry.no,
        "at": entry.at.format(&Rfc3339).ok(),
        "operator": entry.operator,
        "action": entry.action,
        "reason": entry.reason,
        "letters": entry.affected,
        "details": entry.details,
        "makegood": entry.version,
    })
}
