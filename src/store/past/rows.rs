//! Rows of the past, as both databases read them.

use std::collections::BTreeSet;

use super::{PastDecision, PastEvent, PastSpan};
use crate::event::{DecodeLimits, Message, ProposalId, decode};
use crate::policy::Verdict;
use crate::store::StoreError;
use crate::store::at::At;
use crate::store::flow::Reach;
use crate::store::number_rows::count;
use crate::store::rows::{FactRows, ProposalRow};

/// A row of `past_window.sql`.
pub(in crate::store) type SpanRow = (i64, Option<i64>, Option<i64>);
/// A row of `past_events.sql`: number, source, id, payload, applied.
pub(in crate::store) type PastEventRow = (i64, String, String, String, Option<At>);
/// A row of `past_decisions.sql`: proposal, event, verdict, told, amount, reason, inside the window.
pub(in crate::store) type DecisionRow = (String, i64, String, bool, i64, String, bool);

pub(in crate::store) fn span((events, first, last): SpanRow) -> PastSpan {
    PastSpan { events: count(events), first: first.unwrap_or(0), last: last.unwrap_or(0) }
}

/// The event of a row. One that is applied always has its moment; one without is judged as of the time it happened.
pub(in crate::store) fn event((no, _, _, payload, applied_at): PastEventRow) -> PastEvent {
    let content_type = Some("application/cloudevents+json".to_owned());
    let message = Message { body: payload.into_bytes(), content_type, ..Message::default() };
    let event = decode(&message, DecodeLimits { body_bytes_max: message.body.len() }).ok();
    let happened = event.as_ref().map_or(time::OffsetDateTime::UNIX_EPOCH, |event| event.time);
    PastEvent { no, event, applied_at: applied_at.map_or(happened, |at| at.0) }
}

/// Decisions inside the window apart from those before it, which become facts.
pub(in crate::store) fn decisions(
    rows: Vec<DecisionRow>, facts: &mut FactRows,
) -> Result<Vec<PastDecision>, StoreError> {
    let mut inside = Vec::new();
    for (proposal, event, verdict, told, amount, reason, is_inside) in rows {
        if !is_inside {
            facts.prior.push((proposal, verdict, told));
            continue;
        }
        let unreadable = |column, found: &str, expected| StoreError::Inconsistent {
            table: "decisions",
            column,
            found: found.to_owned(),
            expected,
        };
        let read = Verdict::parse(&verdict).ok_or_else(|| unreadable("verdict", &verdict, "credited, none or held"))?;
        let id = ProposalId::parse(proposal.as_str()).map_err(|_| unreadable("proposal_id", &proposal, "an id"))?;
        inside.push(PastDecision { event, proposal: id, verdict: read, amount, reason });
    }
    Ok(inside)
}

/// The jobs to read for these proposals and this reach.
pub(in crate::store) fn jobs_of(proposals: &[ProposalRow], reach: &Reach) -> Vec<String> {
    let jobs = proposals.iter().map(|row| &row.1).chain(&reach.jobs).chain(&reach.titles);
    let jobs: BTreeSet<_> = jobs.cloned().collect();
    Vec::from_iter(jobs)
}
