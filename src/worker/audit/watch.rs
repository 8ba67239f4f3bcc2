//! The audit that goes on by itself: what is new first, then everything again, slowly; nothing is repaired.

use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;

use super::{Audit, open};
use crate::fault::Classify;
use crate::store::{AuditCheck, AuditKey, StoreError};
use crate::telemetry::facts::{self, chain};
use crate::worker::breaker::{Breaker, Work};

/// Shortest pause between two pages, so that a stop is never waited for.
pub(super) const PAUSE_MIN: Duration = Duration::from_millis(10);

/// How fast it goes.
#[derive(Debug, Clone, Copy)]
pub struct WatchOptions {
    /// From the end of one round to the beginning of the next.
    pub every: Duration,
    /// Subjects a second.
    pub rows_per_second: u32,
}

/// Mark of the walk over everything.
pub(super) fn walk(check: AuditCheck) -> String {
    format!("walk.{}", check.as_str())
}

/// Mark of the walk along what is new.
fn front(check: AuditCheck) -> String {
    format!("front.{}", check.as_str())
}

/// Audits until `stop`: each round looks again at what is open, at what stands still, at what is new, and at the next
/// part of everything. While the database is away it waits. A daemon finds and tells; it never repairs.
pub async fn watch(audit: &Audit, database: &Arc<Breaker>, options: &WatchOptions, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        let pass = tokio::select! {
            pass = database.pass(Work::FollowUp) => pass,
            () = stop.cancelled() => return,
        };
        match round(audit, options, stop).await {
            Err(error) if error.is_transient() => {
                pass.failed(&error);
                continue;
            }
            Ok(()) => pass.succeeded(),
            Err(error) => {
                pass.succeeded();
                facts::audit_failed(&chain(&error));
            }
        }
        tokio::select! {
            () = tokio::time::sleep(options.every) => {}
            () = stop.cancelled() => {}
        }
    }
}

async fn round(audit: &Audit, options: &WatchOptions, stop: &CancellationToken) -> Result<(), StoreError> {
    audit.again(stop).await?;
    audit.stuck().await?;
    facts::audit_sees(audit.canary().await?);
    audit.seal(Some(options.rows_per_second), stop).await?;
    for check in AuditCheck::WALKS {
        if check.has_a_front() {
            while along(audit, check, &front(check), options, stop).await? {}
        }
        while along(audit, check, &walk(check), options, stop).await? {}
    }
    let now = audit.clock.now();
    let completed = audit.completed_at().await?;
    facts::audited(
        &open(&*audit.store, now)
            .await?
            .into_iter()
            .map(|of| (of.code, of.findings, age(of.oldest, now)))
            .collect::<Vec<_>>(),
        completed.map(|at| age(at, now)),
    );
    Ok(())
}

fn age(since: OffsetDateTime, now: OffsetDateTime) -> f64 {
    (now - since).as_seconds_f64().max(0.0)
}

/// One page of a walk, and the pause that keeps its pace; `false`: it has come to its end, or is to stop.
async fn along(
    audit: &Audit, check: AuditCheck, name: &str, options: &WatchOptions, stop: &CancellationToken,
) -> Result<bool, StoreError> {
    let mut mark = audit.store.audit_mark(name).await?;
    let now = audit.clock.now();
    let page = audit.page(check, mark.cursor.as_ref().unwrap_or(&AuditKey::start())).await?;
    mark.began_at = mark.began_at.or(Some(now));
    mark.examined += page.examined;
    let more = page.next.is_some();
    if name == front(check) {
        // It never goes back: the other walk does.
        mark.cursor = page.last.or(mark.cursor);
    } else {
        mark.cursor = page.next;
    }
    if !more {
        mark.completed_at = Some(now);
        mark.began_at = None;
        mark.examined = 0;
    }
    audit.store.audit_mark_write(name, &mark).await?;
    let pause = Duration::from_secs(page.examined) / options.rows_per_second.max(1);
    tokio::select! {
        () = tokio::time::sleep(pause.max(PAUSE_MIN)) => {}
        () = stop.cancelled() => return Ok(false),
    }
    Ok(more && !stop.is_cancelled())
}
