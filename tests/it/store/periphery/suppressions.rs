//! The suppression list: terms, pages, releases, and that nothing else is touched.

use std::time::Duration as Span;

use makegood::event::PersonId;
use makegood::store::{
    Act, Address, BadMailbox, ImportBatch, NoticeResult, ReleaseSelection, Settlement, Suppression, SuppressionCause,
    SuppressionFilter,
};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::{Bench, START, on_both, person};

on_both!(
    a_term_ends_by_itself_and_begins_anew,
    what_has_no_end_stands_above_what_has_one,
    the_list_is_paged_and_filtered,
    a_release_says_whose_notices_were_held_back,
    a_dry_run_changes_nothing,
    an_address_is_found_however_it_is_written,
);

fn act() -> Act {
    Act { operator: "bo".into(), reason: "asked to".into() }
}

fn addresses(texts: &[&str]) -> Vec<Address> {
    texts.iter().map(|text| Address((*text).to_owned())).collect()
}

impl Bench {
    async fn people(&self, people: &[(&str, &str)]) {
        let people = people.iter().map(|(id, address)| person(id, "Name", address)).collect();
        self.store.import(&ImportBatch { people, ..ImportBatch::default() }).await.expect("imported");
    }

    async fn suppress(&self, texts: &[&str], until: Option<OffsetDateTime>, now: OffsetDateTime) -> Vec<i64> {
        self.store.suppress(&addresses(texts), until, false, &act(), now).await.expect("suppressed")
    }

    async fn suppressed(&self, filter: &SuppressionFilter, now: OffsetDateTime) -> Vec<Suppression> {
        self.store.suppressions(filter, 100, now).await.expect("listed")
    }

    /// Whether the next notice to this person is held back.
    async fn holds_back(&self, person: &str, now: OffsetDateTime) -> bool {
        self.notice(person, Some(now)).await;
        let leased = self.store.lease_notices(1, Uuid::new_v4(), Span::from_secs(600), now).await.expect("leased");
        leased[0].suppressed
    }

    /// A notice to this person finds out that the mailbox does not exist.
    async fn finds_no_mailbox(&self, person: &str, address: &str, now: OffsetDateTime) {
        let (id, token) = (self.notice(person, Some(now)).await, Uuid::new_v4());
        self.lease(1, token, 600, now).await;
        let bad = BadMailbox { address: Address(address.to_owned()), until: now + Duration::days(30) };
        let result = NoticeResult::Failed { suppress_address: Some(bad) };
        let report = Settlement { id, token, result, code: "smtp_550".into(), reply: None };
        assert_eq!(self.store.settle_notices(&[report], now).await.expect("settled"), 1);
    }
}

async fn a_term_ends_by_itself_and_begins_anew(bench: Bench) {
    bench.people(&[("ana", "ana@example.com")]).await;
    bench.finds_no_mailbox("ana", "ana@example.com", START).await;
    let end = START + Duration::days(30);
    assert!(bench.holds_back("ana", end - Duration::microseconds(1)).await);
    assert!(!bench.holds_back("ana", end).await, "its term is over");
    let first = bench.suppressed(&SuppressionFilter { expired: true, ..SuppressionFilter::default() }, end).await;
    assert_eq!(first.len(), 1);
    assert!(bench.suppressed(&SuppressionFilter::default(), end).await.is_empty());
    bench.finds_no_mailbox("ana", "ana@example.com", end).await;
    let again = bench.suppressed(&SuppressionFilter::default(), end).await;
    assert_eq!((again.len(), again[0].expires_at), (1, Some(end + Duration::days(30))));
    assert!(again[0].no > first[0].no, "a new entry");
    assert!(bench.holds_back("ana", end + Duration::days(1)).await);
}

async fn what_has_no_end_stands_above_what_has_one(bench: Bench) {
    let end = START + Duration::days(1);
    let [no] = bench.suppress(&["ana@example.com"], Some(end), START).await[..] else { panic!("one entry") };
    assert!(bench.suppress(&["ana@example.com"], Some(end + Duration::days(9)), START).await.is_empty(), "kept");
    assert_eq!(bench.suppress(&["ANA@example.com "], None, START).await, [no]);
    assert!(bench.suppress(&["ana@example.com"], None, START).await.is_empty());
    let listed = bench.suppressed(&SuppressionFilter::default(), START + Duration::days(9_999)).await;
    assert_eq!((listed[0].expires_at, listed[0].address.0.as_str()), (None, "ana@example.com"));
    assert_eq!(bench.suppress(&["b@example.com", "B@Example.com"], None, START).await.len(), 1, "one address");
}

async fn the_list_is_paged_and_filtered(bench: Bench) {
    bench.people(&[("ana", "Ana@Example.com"), ("ben", "ben@example.com")]).await;
    bench.finds_no_mailbox("ben", "ben@example.com", START).await;
    bench.suppress(&["ana@example.com", "c@example.com", "d@example.com"], None, START).await;
    let mut seen = Vec::new();
    let mut filter = SuppressionFilter::default();
    loop {
        let page = bench.store.suppressions(&filter, 2, START).await.expect("listed");
        let Some(last) = page.last() else { break };
        filter.before = Some(last.no);
        seen.extend(page.into_iter().map(|entry| entry.address.0));
    }
    assert_eq!(seen, ["d@example.com", "c@example.com", "ana@example.com", "ben@example.com"]);
    let by_cause = SuppressionFilter { cause: Some(SuppressionCause::BadMailbox), ..SuppressionFilter::default() };
    let found = bench.suppressed(&by_cause, START).await;
    assert_eq!((found.len(), &*found[0].address.0), (1, "ben@example.com"));
    assert!(found[0].notice.is_some(), "the notice that found out");
    let by_person = SuppressionFilter { person: PersonId::parse("ana").ok(), ..SuppressionFilter::default() };
    let found = bench.suppressed(&by_person, START).await;
    assert_eq!((found.len(), found[0].cause), (1, SuppressionCause::Operator));
}

async fn a_release_says_whose_notices_were_held_back(bench: Bench) {
    bench.people(&[("ana", "ana@example.com"), ("ben", "ben@example.com")]).await;
    let numbers = bench.suppress(&["ana@example.com", "ben@example.com"], None, START).await;
    for person in ["ana", "ana", "ben"] {
        let (id, token) = (bench.notice(person, Some(START)).await, Uuid::new_v4());
        bench.lease(1, token, 600, START).await;
        let report = Settlement { id, token, result: NoticeResult::Suppressed, code: "suppressed".into(), reply: None };
        bench.store.settle_notices(&[report], START).await.expect("settled");
    }
    let selection = ReleaseSelection { addresses: addresses(&[" ANA@example.com"]), ..ReleaseSelection::default() };
    let released = bench.store.release(&selection, false, &act(), START).await.expect("released");
    assert_eq!(released.entries.iter().map(|entry| entry.no).collect::<Vec<_>>(), [numbers[0]]);
    assert_eq!(released.held, [("ana".to_owned(), 2)]);
    assert!(!bench.holds_back("ana", START).await);
    let selection = ReleaseSelection { numbers, ..ReleaseSelection::default() };
    let released = bench.store.release(&selection, false, &act(), START).await.expect("released");
    assert_eq!((released.entries.len(), released.held), (1, vec![("ben".to_owned(), 1)]));
    let log = bench.store.operator_log(None, 10).await.expect("the log");
    let acts: Vec<_> = log.iter().map(|entry| (&*entry.action, entry.affected)).collect();
    assert_eq!(acts, [("suppressions.release", 1), ("suppressions.release", 1), ("suppressions.add", 2)]);
    assert!(log.iter().all(|entry| !entry.details.to_string().contains('@')), "no address in the log");
}

async fn a_dry_run_changes_nothing(bench: Bench) {
    let would = bench.store.suppress(&addresses(&["ana@example.com"]), None, true, &act(), START).await;
    assert_eq!(would.expect("predicted").len(), 1);
    assert_eq!(bench.number("select count(*) from suppressions").await, 0);
    bench.suppress(&["ana@example.com"], Some(START), START - Duration::days(1)).await;
    let all = ReleaseSelection { expired: true, ..ReleaseSelection::default() };
    let would = bench.store.release(&all, true, &act(), START).await.expect("predicted");
    assert_eq!(would.entries.len(), 1);
    assert_eq!(bench.number("select count(*) from suppressions").await, 1);
    assert_eq!(bench.number("select count(*) from operator_log").await, 1);
    let early = bench.store.release(&all, false, &act(), START - Duration::hours(1)).await.expect("released");
    assert!(early.entries.is_empty(), "its term is not over");
    assert_eq!(bench.store.release(&all, false, &act(), START).await.expect("released").entries.len(), 1);
}

async fn an_address_is_found_however_it_is_written(bench: Bench) {
    bench.people(&[("ana", " ANA@bücher.example ")]).await;
    let spelled = makegood::mail::spellings("ana@xn--bcher-kva.example").expect("an address");
    let spelled: Vec<&str> = spelled.iter().map(String::as_str).collect();
    assert_eq!(bench.suppress(&spelled, None, START).await.len(), 2);
    assert!(bench.holds_back("ana", START).await);
}
