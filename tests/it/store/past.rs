//! A changed policy tried on what has happened: exact sums, across pages and chunks, and nothing written.

use makegood::event::{DecodeLimits, Event, Message, decode};
use makegood::policy::{self, Facts, Policy, Ruling, Stage};
use makegood::store::{Arrival, FanOutStep, Outcome, PastWindow, Store};
use makegood::worker::policies::{OldNew, Trial, TrialOrder, trial};
use time::OffsetDateTime;

use super::bench::{Bench, WAIT, noon};
use super::events::batch;

const TABLE: &str = include_str!("../../../config/policy.toml");

/// Returns what was declined before a cancellation, and nothing of a boosted proposal when its client cancels.
fn changed() -> Policy {
    let text =
        TABLE.replacen("declined_by_client_on_cancel = \"none\"", "declined_by_client_on_cancel = \"return\"", 1);
    let at = text.find("id = \"row-02\"").expect("a rule");
    let (head, rule) = text.split_at(at);
    let rule = rule.replacen("credit = \"net\"", "credit = \"none\"\nground = \"expired\"", 1);
    let policy = Policy::parse(&format!("{head}{rule}")).unwrap_or_else(|error| panic!("{error}"));
    policy.pinned(None).expect("a version")
}

fn arrival(kind: &str, id: &str, job: &str, cause: &str) -> Arrival {
    let body = format!(
        r#"{{"specversion":"1.0","id":"{id}","source":"/test","type":"{kind}","time":"2026-03-01T12:00:00Z",
            "data":{{"job_id":"{job}","cause":"{cause}"}}}}"#
    );
    let content_type = Some("application/cloudevents+json".to_owned());
    let message = Message { body: body.into_bytes(), content_type, ..Message::default() };
    let event = decode(&message, DecodeLimits { body_bytes_max: 1 << 20 }).expect("an event");
    Arrival { event, message: message.into() }
}

fn real(now: OffsetDateTime) -> impl Fn(&Event, Stage, &mut Facts) -> Ruling + Send + Sync {
    let policy = Policy::built_in();
    move |event, stage, facts| policy::judge(&policy, event, stage, facts, now)
}

async fn apply(store: &dyn Store, arrivals: Vec<Arrival>, at: i64) {
    for some in arrivals.chunks(50) {
        let outcomes = store.apply(&batch(some.to_vec()), &real(noon(at)), &WAIT, noon(at)).await.expect("applied");
        let done = |outcome: &Outcome| matches!(outcome, Outcome::Applied { .. } | Outcome::FanningOut { .. });
        assert!(outcomes.iter().all(done), "{outcomes:?}");
    }
    while store.fan_out(&real(noon(at)), &WAIT, noon(at)).await.expect("a step") != FanOutStep::Idle {}
}

async fn tried(store: &dyn Store, new: &Policy, window: PastWindow) -> Trial {
    let order = TrialOrder { old: &Policy::built_in(), new, window, top: 10 };
    trial(store, &order, noon(1_000_000), &|_, _| {}).await.expect("tried")
}

fn all() -> PastWindow {
    PastWindow { since: None, until: None, limit: 1_000_000 }
}

/// Job `j`: `p` of ann is boosted (10 and 8), `q` of ben (6) was declined by the client a day before.
async fn market(bench: &Bench) {
    bench.client("c").await;
    bench.job("j", "c").await;
    bench.account("a", "ann").await;
    bench.proposal("p", "j", "a", "ann", 10).await;
    bench.account("b", "ben").await;
    bench.proposal("q", "j", "b", "ben", 6).await;
    let (boosted, declined) = (bench.moment(-1700), bench.moment(-1600));
    bench
        .run(&format!(
            "insert into connects_entries (entry_id, account_id, proposal_id, kind, amount, created_at)
             values ('boost-p', 'a', 'p', 'boost', -8, {boosted});
             update accounts set balance = balance - 8 where account_id = 'a';
             update proposals set state = 'declined', declined_by = 'client', state_since = {declined} where proposal_id = 'q'"
        ))
        .await;
}

pub async fn the_sums_are_exact_and_nothing_is_written(bench: Bench) {
    let store = bench.migrated().await;
    market(&bench).await;
    apply(&*store, vec![arrival("job-canceled", "e1", "j", "client-canceled")], 5).await;
    let before = bench.dump().await;
    let found = tried(&*store, &changed(), all()).await;
    let sums = &found.sums;
    assert_eq!((sums.events, sums.proposals, sums.proposals_differ, sums.moved), (1, 2, 2, 0), "{found:?}");
    assert_eq!(sums.connects, OldNew { old: 18, new: 6 });
    assert_eq!((sums.connects_more, sums.connects_less), (6, 18));
    assert_eq!((sums.accounts_more, sums.accounts_less), (1, 1));
    assert_eq!(sums.notices, OldNew { old: 1, new: 2 }, "ben is told of the credit");
    let accounts: Vec<_> = found.accounts.iter().map(|one| (one.account.as_str(), one.difference)).collect();
    assert_eq!(accounts, [("a", -18), ("b", 6)]);
    let rules: Vec<_> = found.rules.iter().map(|one| (one.old_rule.as_str(), one.connects)).collect();
    assert_eq!(rules, [("row-02", OldNew { old: 18, new: 0 }), ("row-05", OldNew { old: 0, new: 6 })]);
    let same = tried(&*store, &Policy::built_in(), all()).await;
    assert_eq!((same.sums.proposals_differ, same.sums.moved, same.rules.len()), (0, 0, 0), "{same:?}");
    assert_eq!(bench.dump().await, before, "nothing was written");
}

pub async fn each_side_remembers_what_it_gave_back(bench: Bench) {
    let store = bench.migrated().await;
    market(&bench).await;
    // More than a page of events between the two: what each policy gave is remembered.
    apply(&*store, vec![arrival("job-canceled", "e1", "j", "client-canceled")], 5).await;
    let mut arrivals = Vec::new();
    for n in 0..110 {
        bench.job(&format!("empty-{n}"), "c").await;
        arrivals.push(arrival("job-canceled", &format!("between-{n}"), &format!("empty-{n}"), "dropped"));
    }
    apply(&*store, arrivals, 5).await;
    apply(&*store, vec![arrival("post-removed", "e2", "j", "fraud")], 5).await;
    assert_eq!((bench.balance("a").await, bench.balance("b").await), (100, 100));
    let found = tried(&*store, &changed(), all()).await;
    // In force: 18 by the first, 6 by the second. Changed: 6 by the first, 18 by the second.
    assert_eq!(found.sums.connects, OldNew { old: 24, new: 24 }, "{found:?}");
    assert_eq!((found.sums.connects_more, found.sums.connects_less), (24, 24));
    assert_eq!((found.sums.accounts_more, found.sums.accounts_less, found.accounts.len()), (0, 0, 0));
    assert_eq!((found.sums.events, found.sums.moved), (112, 0));
    // The first alone: what the second gave back is a fact then, and there is nothing left of ben's.
    let first = tried(&*store, &changed(), PastWindow { limit: 1, ..all() }).await;
    assert_eq!(first.sums.events, 1);
    assert_eq!(first.sums.connects, OldNew { old: 18, new: 0 });
    let none = tried(&*store, &changed(), PastWindow { since: Some(noon(1)), ..all() }).await;
    assert_eq!(none.sums.events, 0);
}

pub async fn facts_that_moved_are_counted(bench: Bench) {
    let store = bench.migrated().await;
    market(&bench).await;
    apply(&*store, vec![arrival("job-canceled", "e1", "j", "client-canceled")], 5).await;
    let earlier = bench.moment(-1500);
    bench
        .run(&format!("update proposals set state = 'withdrawn', state_since = {earlier} where proposal_id = 'p'"))
        .await;
    let same = tried(&*store, &Policy::built_in(), all()).await;
    assert_eq!((same.sums.moved, same.sums.connects), (1, OldNew::default()), "{same:?}");
}

pub async fn a_large_event_is_judged_by_chunks(mut bench: Bench) {
    bench.chunk = 500;
    let store = bench.migrated().await;
    bench.client("c").await;
    bench.job("j", "c").await;
    let at = bench.moment(-1800);
    // In a fixed order of digits, 1,100 accounts with a proposal each.
    let people = |what: &str| {
        format!("with recursive n (i) as (select 1 union all select i + 1 from n where i < 1100) {what} from n")
    };
    for what in [
        "insert into accounts (account_id, kind, owner_id, balance) select 'a' || (10000 + i), 'freelancer', 'p' || i, 94".to_owned(),
        format!("insert into connects_entries (entry_id, account_id, kind, amount, created_at)
            select 'grant' || i, 'a' || (10000 + i), 'grant', 100, {at}"),
        format!("insert into proposals (proposal_id, job_id, account_id, person_id, state, state_since, submitted_at, declined_by)
            select 'r' || i, 'j', 'a' || (10000 + i), 'p' || (i % 1000), 'declined', {at}, {at}, 'client'"),
        format!("insert into connects_entries (entry_id, account_id, proposal_id, kind, amount, created_at)
            select 'fee' || i, 'a' || (10000 + i), 'r' || i, 'fee', -6, {at}"),
    ] {
        bench.run(&people(&what)).await;
    }
    apply(&*store, vec![arrival("job-canceled", "e1", "j", "client-canceled")], 5).await;
    let found = tried(&*store, &changed(), all()).await;
    assert_eq!((found.sums.proposals, found.sums.connects), (1100, OldNew { old: 0, new: 6600 }), "{found:?}");
    assert_eq!((found.sums.accounts_more, found.accounts.len(), found.sums.moved), (1100, 10, 0));
    assert_eq!(found.sums.notices, OldNew { old: 0, new: 1000 }, "one a person, whatever the chunks");
}
