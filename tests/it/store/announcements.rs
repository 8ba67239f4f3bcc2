//! What the marketplace itself is told: written with what it tells, leased, settled.

use std::sync::Arc;
use std::time::Duration;

use makegood::event::{Event, published_keys};
use makegood::policy::{Effects, Facts, Reason, Ruling, Stage};
use makegood::store::{Announced, AnnouncementLease, AnnouncementResult, Charge, LeasedAnnouncement, Store};
use uuid::Uuid;

use super::bench::{Bench, WAIT, noon};
use super::events::{HOLD, batch, canceled, judge, suspended};

/// What is due at `noon(at)` under these keys.
async fn lease_of(
    store: &Arc<dyn Store>, keys: &[String], limit: u32, (token, seconds): (Uuid, u64), at: i64,
) -> Vec<LeasedAnnouncement> {
    let lease = AnnouncementLease { limit, token, lease_for: Duration::from_secs(seconds), routing_keys: keys };
    store.lease_announcements(lease, noon(at)).await.expect("leased")
}

async fn lease(store: &Arc<dyn Store>, token: Uuid, at: i64) -> Vec<LeasedAnnouncement> {
    lease_of(store, &published_keys(), 100, (token, 60), at).await
}

/// A market whose job was canceled: one notice, one return.
async fn told(bench: &Bench) -> Arc<dyn Store> {
    let store = bench.migrated().await;
    bench.small_market().await;
    store.apply(&batch([canceled("e", "j")]), &judge, &WAIT, noon(0)).await.expect("applied");
    bench.books_agree().await;
    store
}

fn keys(leased: &[LeasedAnnouncement]) -> Vec<&str> {
    let mut keys: Vec<_> = leased.iter().map(|one| one.routing_key.as_str()).collect();
    keys.sort_unstable();
    keys
}

fn published(leased: &[LeasedAnnouncement]) -> Vec<(i64, AnnouncementResult)> {
    leased.iter().map(|one| (one.no, AnnouncementResult::Published)).collect()
}

pub async fn a_notice_and_a_return_are_announced_once(bench: Bench) {
    let store = told(&bench).await;
    let token = Uuid::new_v4();
    let leased = lease(&store, token, 0).await;
    assert_eq!(keys(&leased), ["connects-returned", "notice-issued.job-canceled"]);
    for one in &leased {
        match &one.subject {
            Announced::Notice(notice) => {
                assert_eq!((notice.person.as_str(), notice.lines.len()), ("ann", 1));
                assert_eq!(notice.lines[0].balance_after, 100);
            }
            Announced::Return(entry) => {
                assert_eq!((entry.account.as_str(), entry.proposal.as_str(), entry.job.as_str()), ("a", "p", "j"));
                assert_eq!((entry.amount, entry.balance_after, entry.charge), (6, 100, Charge::Fee));
                assert_eq!((entry.reason, entry.job_title.as_deref()), (Reason::ClientCanceled, Some("Job j")));
                assert_eq!((entry.reverses.as_str(), entry.event.id.as_str(), entry.at), ("fee-p", "e", noon(0)));
            }
        }
    }
    assert!(lease(&store, Uuid::new_v4(), 0).await.is_empty(), "nobody else gets what is leased");
    assert_eq!(store.settle_announcements(token, &published(&leased), noon(1)).await.expect("settled"), 2);
    assert!(lease(&store, Uuid::new_v4(), 9).await.is_empty());
    // The same event again: nothing more to tell.
    store.apply(&batch([canceled("e", "j")]), &judge, &WAIT, noon(2)).await.expect("applied");
    assert!(lease(&store, Uuid::new_v4(), 9).await.is_empty());
    assert_eq!(bench.count("announcements where state = 'published' and attempts = 1").await, 2);
}

pub async fn nothing_is_announced_where_it_is_off(mut bench: Bench) {
    bench.announces = false;
    let store = bench.migrated().await;
    bench.small_market().await;
    store.apply(&batch([canceled("e", "j")]), &judge, &WAIT, noon(0)).await.expect("applied");
    assert_eq!((bench.count("announcements").await, bench.count("notices").await), (0, 1));
}

/// A suspension that may be lifted: the letter waits for the end of its hold, and the bell with it.
pub async fn what_a_hold_keeps_back_is_announced_with_its_letter(bench: Bench) {
    let store = bench.migrated().await;
    bench.small_market().await;
    store.apply(&batch([suspended("e", "c", false)]), &judge, &WAIT, noon(0)).await.expect("held");
    assert!(lease(&store, Uuid::new_v4(), 9_999_999).await.is_empty());
    store.apply_due(10, &judge, &WAIT, noon(0) + HOLD).await.expect("due");
    bench.books_agree().await;
    let leased = lease(&store, Uuid::new_v4(), 9_999_999).await;
    assert_eq!(keys(&leased), ["connects-returned", "notice-issued.client-suspended"]);
}

/// A notice that nobody is to be told of by mail is not told in the marketplace either; its credit stands in the
/// history.
pub async fn what_is_kept_back_is_told_nowhere(bench: Bench) {
    let store = bench.migrated().await;
    bench.small_market().await;
    let too_late = |event: &Event, stage: Stage, facts: &mut Facts| match judge(event, stage, facts) {
        Ruling::Apply(effects) => Ruling::Apply(Effects { withhold: Some("stale"), ..effects }),
        ruling => ruling,
    };
    store.apply(&batch([canceled("e", "j")]), &too_late, &WAIT, noon(0)).await.expect("applied");
    bench.books_agree().await;
    assert_eq!(keys(&lease(&store, Uuid::new_v4(), 9).await), ["connects-returned"]);
}

/// The letter of a person with accounts in two chunks waits for the second, and the bell with it.
pub async fn what_a_fan_out_keeps_back_is_told_with_all_its_lines(mut bench: Bench) {
    (bench.inline, bench.chunk) = (1, 1);
    let store = bench.migrated().await;
    bench.small_market().await;
    bench.account("b", "ann").await;
    bench.proposal("q", "j", "b", "ann", 6).await;
    store.apply(&batch([canceled("e", "j")]), &judge, &WAIT, noon(0)).await.expect("taken in");
    for expected in [&[][..], &["connects-returned"], &["connects-returned", "notice-issued.job-canceled"]] {
        store.fan_out(&judge, &WAIT, noon(0)).await.expect("a step");
        bench.announcements_agree().await;
        let leased = lease(&store, Uuid::new_v4(), 9).await;
        assert_eq!(keys(&leased), expected);
        let notices = leased.iter().filter_map(|one| match &one.subject {
            Announced::Notice(notice) => Some(notice.lines.len()),
            Announced::Return(_) => None,
        });
        assert!(notices.eq([2].into_iter().take(expected.len() / 2)), "both lines");
    }
}

pub async fn a_key_that_is_not_asked_for_holds_up_no_other(bench: Bench) {
    let store = told(&bench).await;
    let only = |key: &str| vec![key.to_owned()];
    let token = Uuid::new_v4();
    let returns = lease_of(&store, &only("connects-returned"), 100, (token, 60), 0).await;
    assert_eq!(keys(&returns), ["connects-returned"]);
    assert!(lease_of(&store, &only("notice-issued.post-removed"), 100, (token, 60), 0).await.is_empty());
    assert!(lease_of(&store, &[], 100, (token, 60), 0).await.is_empty());
    assert_eq!(lease_of(&store, &published_keys(), 1, (token, 60), 0).await.len(), 1);
}

pub async fn what_is_released_is_due_again_and_what_failed_is_not(bench: Bench) {
    let store = told(&bench).await;
    let token = Uuid::new_v4();
    let leased = lease(&store, token, 0).await;
    let results = [
        (leased[0].no, AnnouncementResult::Released { code: "unroutable" }),
        (leased[1].no, AnnouncementResult::Failed { code: "not_renderable" }),
    ];
    assert_eq!(store.settle_announcements(token, &results, noon(1)).await.expect("settled"), 2);
    let stats = store.stats(noon(61)).await.expect("numbers");
    assert_eq!((stats.announcements_due, stats.oldest_due_announcement_seconds), (1, 61.0));
    let again = lease(&store, Uuid::new_v4(), 1).await;
    assert_eq!(again.iter().map(|one| one.no).collect::<Vec<_>>(), [leased[0].no]);
    let rows = "select state || ' ' || code || ' ' || attempts from announcements order by announcement_no";
    let mut found: Vec<_> = bench.texts(rows).await.split('|').map(str::to_owned).collect();
    found.sort();
    assert_eq!(found, ["failed not_renderable 1", "pending unroutable 1"]);
}

pub async fn a_lapsed_lease_of_announcements_passes_on_and_fences_the_late(bench: Bench) {
    let store = told(&bench).await;
    let (late, next) = (Uuid::new_v4(), Uuid::new_v4());
    let first = lease_of(&store, &published_keys(), 100, (late, 0), 0).await;
    let second = lease(&store, next, 0).await;
    assert_eq!((first.len(), second.len()), (2, 2));
    assert_eq!(store.settle_announcements(late, &published(&first), noon(1)).await.expect("fenced"), 0);
    assert_eq!(store.settle_announcements(next, &published(&second), noon(1)).await.expect("settled"), 2);
}

pub async fn an_unreadable_announcement_hides_no_other(bench: Bench) {
    let store = told(&bench).await;
    bench.run("update notices set about = '{}'").await;
    let leased = lease(&store, Uuid::new_v4(), 0).await;
    assert_eq!(keys(&leased), ["connects-returned"]);
    assert_eq!(bench.count("announcements where state = 'failed' and code = 'unreadable'").await, 1);
}
