//! Notices changed in batches, each one transaction and a row of the operators' log; and notices for machines.

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use crate::clock::Clock;
use crate::store::{
    Act, NoticeAct, NoticeFilter, NoticeGroup, NoticeOrder, NoticeSelection, NoticeState, NoticeSummary,
    NoticesChanged, PAGE_MAX, Store, StoreError,
};

/// Notices one act changes at most: what an operator can mean, in a thousand transactions.
pub const NOTICES_CHANGED_MAX: u64 = 1_000_000;

/// An act on notices, as it is ordered.
#[derive(Debug, Clone, Copy)]
pub struct NoticesOrder<'a> {
    /// What.
    pub what: NoticeAct,
    /// To which.
    pub which: &'a NoticeSelection,
    /// Notices at most.
    pub limit: u64,
    /// Everything is done and then undone: what it would be.
    pub rehearse: bool,
}

/// Changes them, one batch after the other, from the newest to the oldest: no notice is met twice, whatever becomes of
/// it meanwhile.
pub async fn change_notices(
    store: &dyn Store, clock: &dyn Clock, order: &NoticesOrder<'_>, act: &Act,
) -> Result<NoticesChanged, StoreError> {
    let NoticesOrder { what, which, limit, rehearse } = *order;
    let pages: Vec<NoticeSelection> = match which {
        NoticeSelection::Ids(ids) => {
            let ids = ids.get(..usize::try_from(limit).unwrap_or(usize::MAX)).unwrap_or(ids);
            ids.chunks(PAGE_MAX as usize).map(|ids| NoticeSelection::Ids(ids.to_vec())).collect()
        }
        NoticeSelection::Filter(_) => vec![which.clone()],
    };
    let mut done = NoticesChanged::default();
    for which in pages {
        let mut before = None;
        loop {
            let rest = limit.saturating_sub(done.changed.len() as u64);
            let page = u32::try_from(rest).unwrap_or(PAGE_MAX).min(PAGE_MAX);
            let order = NoticeOrder { what, which: which.clone(), before, limit: page, rehearse };
            let batch = store.notices_change(&order, act, clock.now()).await?;
            done.changed.extend(batch.changed);
            done.left.extend(batch.left);
            done.events = done.events.max(batch.events);
            before = batch.next;
            if before.is_none() || done.changed.len() as u64 >= limit {
                break;
            }
        }
    }
    Ok(done)
}

/// How many that match a sender is at just now, so that a hold does not have them.
pub async fn notices_busy(what: NoticeAct, store: &dyn Store, which: &NoticeSelection) -> Result<u64, StoreError> {
    let NoticeSelection::Filter(filter) = which else { return Ok(0) };
    if what != NoticeAct::Hold || !filter.states.is_empty() {
        return Ok(0);
    }
    let leased = NoticeFilter { states: vec![NoticeState::Leased], ..(**filter).clone() };
    Ok(store.notice_groups(&leased).await?.iter().map(|group| group.notices).sum())
}

/// Why a notice that was named stays as it is.
pub fn notice_left_because(what: NoticeAct, id: Uuid, state: Option<NoticeState>) -> String {
    let Some(state) = state else { return format!("{id} was left: there is no such notice any more") };
    let why = match (what, state) {
        (_, NoticeState::Leased) => "a sender is at it: try again when its attempt is over",
        (NoticeAct::Hold, NoticeState::Withheld) => "it is kept back already",
        (NoticeAct::Hold, _) => "it is done with: nothing is left to keep back",
        (NoticeAct::Release, _) => "nothing keeps it back",
        (NoticeAct::Resend, NoticeState::Pending | NoticeState::Deferred) => "it is on its way out already",
        (NoticeAct::Resend, NoticeState::Withheld) => "it is kept back: `makegood notices release` lets it go",
        (NoticeAct::Resend, _) => "it cannot be sent again",
    };
    format!("{id} was left, {}: {why}", state.as_str())
}

/// A notice in a list.
pub fn notice_json(notice: &NoticeSummary) -> Value {
    let moment = |at: OffsetDateTime| at.format(&Rfc3339).ok();
    json!({
        "id": notice.id,
        "state": notice.state.as_str(),
        "code": notice.code,
        "reply": notice.reply,
        "source": notice.event.source,
        "event_id": notice.event.id,
        "event_type": notice.event_type,
        "event_state": notice.event_state,
        "person": notice.person,
        "attempts": notice.attempts,
        "resends": notice.resends,
        "created_at": moment(notice.created_at),
        "due_at": notice.due_at.and_then(moment),
        "lease_until": notice.lease_until.and_then(moment),
        "settled_at": notice.settled_at.and_then(moment),
        "erased_at": notice.erased_at.and_then(moment),
    })
}

/// A group, by the same names.
pub fn notice_group_json(group: &NoticeGroup) -> Value {
    json!({
        "state": group.state.as_str(),
        "event_type": group.event_type,
        "code": group.code,
        "notices": group.notices,
        "oldest": group.oldest.format(&Rfc3339).ok(),
        "newest": group.newest.format(&Rfc3339).ok(),
    })
}
