//! Notices kept back and let go while their event still fans out.

use std::sync::Arc;

use makegood::store::{Act, NoticeAct, NoticeFilter, NoticeOrder, NoticeSelection, NoticesChanged, Store};

use super::bench::{Bench, WAIT, noon};
use super::events::{batch, canceled, judge};

const DUE: &str = "select count(*) from notices where state = 'pending' and due_at is not null";
const HELD: &str = "select count(*) from notices where state = 'withheld' and code = 'operator'";

/// An event `e` of five people, of whom two have been told.
async fn under_way(bench: &mut Bench) -> Arc<dyn Store> {
    bench.inline = 3;
    let store = bench.migrated().await;
    bench.client("c").await;
    bench.crowd("j", 5).await;
    store.apply(&batch([canceled("e", "j")]), &judge, &WAIT, noon(0)).await.expect("taken in");
    steps(&store, 2).await;
    store
}

async fn steps(store: &Arc<dyn Store>, number: u32) {
    for _ in 0..number {
        store.fan_out(&judge, &WAIT, noon(1)).await.expect("a step");
    }
}

async fn change(store: &Arc<dyn Store>, what: NoticeAct, filter: NoticeFilter) -> NoticesChanged {
    let which = NoticeSelection::Filter(filter.into());
    let order = NoticeOrder { what, which, before: None, limit: 100, rehearse: false };
    let act = Act { operator: "olga".into(), reason: "ticket 7".into() };
    store.notices_change(&order, &act, noon(10)).await.expect("changed")
}

fn event() -> NoticeFilter {
    NoticeFilter { source: Some("/test".into()), event_id: Some("e".into()), ..NoticeFilter::default() }
}

pub async fn a_hold_on_an_event_keeps_back_what_it_has_yet_to_tell(mut bench: Bench) {
    let store = under_way(&mut bench).await;
    let held = change(&store, NoticeAct::Hold, event()).await;
    assert_eq!((held.changed.len(), held.events), (2, 1));
    let again = change(&store, NoticeAct::Hold, event()).await;
    assert_eq!((again.changed.len(), again.events), (0, 0), "once is enough");
    steps(&store, 2).await;
    assert_eq!(bench.texts("select state from events").await, "applied");
    assert_eq!((bench.number(HELD).await, bench.number(DUE).await), (5, 0));
    let released = change(&store, NoticeAct::Release, event()).await;
    assert_eq!((released.changed.len(), released.events), (5, 0));
    assert_eq!((bench.number(HELD).await, bench.number(DUE).await), (0, 5));
    bench.books_agree().await;
}

/// Nobody is told in one place and not in the other.
pub async fn an_announcement_is_held_with_its_notice(mut bench: Bench) {
    const TELLING: &str = "select count(*) from announcements where notice_id is not null and due_at is not null";
    let store = under_way(&mut bench).await;
    steps(&store, 2).await;
    let one = || NoticeFilter { person: Some("p01".into()), ..NoticeFilter::default() };
    assert_eq!(bench.number(TELLING).await, 5);
    change(&store, NoticeAct::Hold, one()).await;
    assert_eq!(bench.number(TELLING).await, 4);
    change(&store, NoticeAct::Release, one()).await;
    assert_eq!(bench.number(TELLING).await, 5);
}

pub async fn a_notice_let_go_waits_for_the_end_of_its_event(mut bench: Bench) {
    let store = under_way(&mut bench).await;
    // Its lines may not be all.
    bench.run("update notices set due_at = null").await;
    change(&store, NoticeAct::Hold, event()).await;
    steps(&store, 1).await;
    assert_eq!(bench.number(HELD).await, 4);
    let released = change(&store, NoticeAct::Release, event()).await;
    assert_eq!((released.changed.len(), released.events), (4, 1));
    assert_eq!((bench.number(HELD).await, bench.number(DUE).await), (0, 0));
    steps(&store, 1).await;
    assert_eq!(bench.texts("select state from events").await, "applied");
    assert_eq!((bench.number(HELD).await, bench.number(DUE).await), (0, 5));
    bench.books_agree().await;
}

pub async fn a_hold_leaves_the_mark_of_a_replay(mut bench: Bench) {
    let store = under_way(&mut bench).await;
    bench.run("update events set notices_withheld = 'credit_only'").await;
    assert_eq!(change(&store, NoticeAct::Hold, event()).await.events, 0);
    // One person's notices say nothing about the event's others.
    bench.run("update events set notices_withheld = null").await;
    let one = NoticeFilter { person: Some("p01".into()), ..event() };
    assert_eq!(change(&store, NoticeAct::Hold, one).await.events, 0);
    bench.run("update events set notices_withheld = 'credit_only'").await;
    steps(&store, 2).await;
    assert_eq!(change(&store, NoticeAct::Release, event()).await.changed.len(), 2, "what a replay keeps back is left");
    assert_eq!(bench.texts("select distinct code from notices where state = 'withheld'").await, "credit_only");
    let named = NoticeFilter { code: Some("credit_only".into()), ..event() };
    assert_eq!(change(&store, NoticeAct::Release, named).await.changed.len(), 3);
}
