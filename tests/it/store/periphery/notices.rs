//! Notices listed, counted, kept back, let go and sent again.

use makegood::store::{
    Act, ImportBatch, NoticeAct, NoticeEventKind, NoticeFilter, NoticeOrder, NoticePage, NoticeResult, NoticeSelection,
    NoticeState, NoticesChanged, Settlement,
};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::{Bench, START, on_both, person};

on_both!(
    newest_first_page_by_page,
    every_condition_narrows,
    numbers_by_state_type_and_code,
    every_attempt_is_told,
    a_hold_and_a_release_are_on_record,
    what_a_sender_is_at_is_left_to_it,
    sent_again_it_is_a_letter_of_its_own,
    a_rehearsal_leaves_no_trace,
    batches_meet_no_notice_twice,
    two_operators_have_one_effect,
);

fn act() -> Act {
    Act { operator: "olga".into(), reason: "ticket 7".into() }
}

fn page(limit: u32) -> NoticePage {
    NoticePage { before: None, limit }
}

fn in_state(state: NoticeState) -> NoticeFilter {
    NoticeFilter { states: vec![state], ..NoticeFilter::default() }
}

fn order(what: NoticeAct, which: NoticeSelection) -> NoticeOrder {
    NoticeOrder { what, which, before: None, limit: 100, rehearse: false }
}

impl Bench {
    async fn change(&self, what: NoticeAct, ids: &[Uuid]) -> NoticesChanged {
        let order = order(what, NoticeSelection::Ids(ids.to_vec()));
        self.store.notices_change(&order, &act(), START).await.expect("changed")
    }

    async fn listed(&self, filter: &NoticeFilter) -> Vec<Uuid> {
        let listed = self.store.notices(filter, page(100)).await.expect("listed");
        listed.into_iter().map(|notice| notice.id).collect()
    }

    /// Leases it and reports this.
    async fn attempt(&self, id: Uuid, result: NoticeResult, code: &str, at: OffsetDateTime) {
        let token = Uuid::new_v4();
        assert_eq!(self.lease(10, token, 60, at).await, [id]);
        let settlement = Settlement { id, token, result, code: code.into(), reply: Some(format!("{code} said")) };
        assert_eq!(self.store.settle_notices(&[settlement], at).await.expect("settled"), 1);
    }

    async fn state(&self, id: Uuid) -> String {
        let sql = format!("select state || coalesce(' ' || code, '') from notices where notice_id = {}", self.uuid(id));
        self.text(&sql).await.expect("a state")
    }

    async fn log(&self) -> i64 {
        self.number("select count(*) from operator_log").await
    }
}

async fn newest_first_page_by_page(bench: Bench) {
    let mut made = Vec::new();
    for minute in [0, 0, 0, 1, 2] {
        let id = bench.notice("ana", Some(START)).await;
        let (at, row) = (bench.moment(START + Duration::minutes(minute)), bench.uuid(id));
        bench.run(format!("update notices set created_at = {at} where notice_id = {row}")).await;
        made.push((minute, id));
    }
    made.sort_unstable();
    made.reverse();
    let expected: Vec<Uuid> = made.into_iter().map(|(_, id)| id).collect();
    assert_eq!(bench.listed(&NoticeFilter::default()).await, expected);
    let (mut before, mut paged) = (None, Vec::new());
    loop {
        let listed =
            bench.store.notices(&NoticeFilter::default(), NoticePage { before, limit: 2 }).await.expect("listed");
        let Some(last) = listed.last() else { break };
        before = Some(last.cursor());
        paged.extend(listed.iter().map(|notice| notice.id));
    }
    assert_eq!(paged, expected);
}

async fn every_condition_narrows(bench: Bench) {
    let ana = bench.notice("ana", Some(START)).await;
    let bo = bench.notice("bo", None).await;
    let (row, line) = (bench.uuid(bo), r#"[{"proposal": "pr7"}]"#);
    bench
        .run(format!("update notices set lines = '{line}', code = 'stale', state = 'withheld' where notice_id = {row}"))
        .await;
    bench
        .run(format!(
            "insert into decisions (event_no, proposal_id, job_id, account_id, person_id, rule, policy_version, verdict, reason, \
             ground, amount, told, decided_at) select event_no, 'pr7', 'j', 'a', 'bo', 'r', 'v', 'none', 'job_canceled', \
             'no_charge', 0, true, created_at from notices where notice_id = {row}"
        ))
        .await;
    let all = NoticeFilter::default;
    let only_bo = [
        in_state(NoticeState::Withheld),
        NoticeFilter { person: Some("bo".into()), ..all() },
        NoticeFilter { event_id: Some(bo.to_string()), ..all() },
        NoticeFilter { code: Some("stale".into()), ..all() },
        NoticeFilter { proposal: Some("pr7".into()), ..all() },
        NoticeFilter::beginning(&bo.to_string()[..13]).expect("a beginning"),
    ];
    for filter in only_bo {
        assert_eq!(bench.listed(&filter).await, [bo], "{filter:?}");
    }
    let nobody = [
        NoticeFilter { source: Some("elsewhere".into()), ..all() },
        NoticeFilter { event_type: Some("post-removed".into()), ..all() },
        NoticeFilter { created_from: Some(START + Duration::SECOND), ..all() },
        NoticeFilter { created_before: Some(START), ..all() },
        NoticeFilter { proposal: Some("pr7\0".into()), person: Some("ana".into()), ..all() },
    ];
    for filter in nobody {
        assert!(bench.listed(&filter).await.is_empty(), "{filter:?}");
    }
    let both = NoticeFilter { source: Some("market".into()), event_type: Some("job-canceled".into()), ..all() };
    let mut found = bench.listed(&NoticeFilter { created_from: Some(START), ..both }).await;
    found.sort_unstable();
    let mut expected = [ana, bo];
    expected.sort_unstable();
    assert_eq!(found, expected);
}

async fn numbers_by_state_type_and_code(bench: Bench) {
    for person in ["ana", "bo", "cy"] {
        bench.notice(person, Some(START)).await;
    }
    bench.run("update notices set state = 'failed', code = 'smtp_550' where person_id = 'cy'".into()).await;
    let groups = bench.store.notice_groups(&NoticeFilter::default()).await.expect("counted");
    let told: Vec<_> = groups.iter().map(|group| (group.state, group.code.as_deref(), group.notices)).collect();
    assert_eq!(told, [(NoticeState::Pending, None, 2), (NoticeState::Failed, Some("smtp_550"), 1)]);
    assert!(groups.iter().all(|group| group.event_type == "job-canceled" && group.oldest == START));
}

async fn every_attempt_is_told(bench: Bench) {
    let people = vec![person("ana", "Ana", "ana@example.com")];
    bench.store.import(&ImportBatch { people, ..ImportBatch::default() }).await.expect("imported");
    let id = bench.notice("ana", Some(START)).await;
    let later = START + Duration::minutes(5);
    bench.attempt(id, NoticeResult::Deferred { due: later }, "smtp_451", START).await;
    bench.attempt(id, NoticeResult::Released { due: later }, "away", later).await;
    bench.attempt(id, NoticeResult::Failed { suppress_address: None }, "smtp_550", later).await;
    bench.change(NoticeAct::Resend, &[id]).await;
    bench.attempt(id, NoticeResult::Sent, "smtp_250", later).await;
    let dossier = bench.store.notice(id, START).await.expect("read").expect("a notice");
    let letter = dossier.letter.expect("readable");
    assert_eq!((letter.name.as_deref(), letter.resends, letter.suppressed), (Some("Ana"), 1, false));
    assert_eq!((dossier.summary.state, dossier.summary.code.as_deref()), (NoticeState::Sent, Some("smtp_250")));
    let history: Vec<_> = dossier
        .history
        .iter()
        .map(|event| (event.kind, &*event.state, event.code.as_deref().unwrap_or("-"), event.at))
        .collect();
    let expected = [
        (NoticeEventKind::Attempt, "deferred", "smtp_451", START),
        (NoticeEventKind::Attempt, "failed", "smtp_550", later),
        (NoticeEventKind::Resend, "failed", "smtp_550", START),
    ];
    assert_eq!(history, expected);
    assert_eq!(dossier.history[0].reply.as_deref(), Some("smtp_451 said"));
    assert!(bench.store.notice(Uuid::new_v4(), START).await.expect("read").is_none());
    // What is sent at once costs no row.
    let quick = bench.notice("ana", Some(START)).await;
    bench.attempt(quick, NoticeResult::Sent, "smtp_250", START).await;
    assert!(bench.store.notice(quick, START).await.expect("read").expect("a notice").history.is_empty());
}

async fn a_hold_and_a_release_are_on_record(bench: Bench) {
    let (ana, bo) = (bench.notice("ana", Some(START)).await, bench.notice("bo", Some(START)).await);
    let held = bench.change(NoticeAct::Hold, &[ana]).await;
    assert_eq!((held.changed, held.left), (vec![ana], Vec::new()));
    assert_eq!(bench.state(ana).await, "withheld operator");
    assert_eq!(bench.lease(10, Uuid::new_v4(), 60, START + Duration::DAY).await, [bo]);
    let again = bench.change(NoticeAct::Hold, &[ana]).await;
    assert_eq!((again.changed, again.left), (Vec::new(), vec![(ana, Some(NoticeState::Withheld))]));
    let gone = Uuid::new_v4();
    let released = bench.change(NoticeAct::Release, &[ana, gone]).await;
    assert_eq!((released.changed, released.left), (vec![ana], vec![(gone, None)]));
    assert_eq!(bench.lease(10, Uuid::new_v4(), 60, START).await, [ana]);
    let log = "select action || ' ' || affected || ' ' || operator || ' ' || reason from operator_log where log_no = 1";
    assert_eq!(bench.text(log).await.as_deref(), Some("notices.hold 1 olga ticket 7"));
    assert_eq!(bench.log().await, 3);
    let history =
        "select count(*) from notice_history where (what, state) in (('hold', 'pending'), ('release', 'withheld'))";
    assert_eq!(bench.number(history).await, 2);
}

async fn what_a_sender_is_at_is_left_to_it(bench: Bench) {
    let id = bench.notice("ana", Some(START)).await;
    let token = Uuid::new_v4();
    bench.lease(10, token, 60, START).await;
    for what in [NoticeAct::Hold, NoticeAct::Release, NoticeAct::Resend] {
        let done = bench.change(what, &[id]).await;
        assert_eq!((done.changed, done.left), (Vec::new(), vec![(id, Some(NoticeState::Leased))]), "{what:?}");
    }
    // Put off, it can be held; what its sender reports too late changes nothing.
    let settlement = |result| Settlement { id, token, result, code: "smtp_451".into(), reply: None };
    let put_off = settlement(NoticeResult::Deferred { due: START });
    assert_eq!(bench.store.settle_notices(&[put_off], START).await.expect("settled"), 1);
    assert_eq!(bench.change(NoticeAct::Hold, &[id]).await.changed, [id]);
    let late = settlement(NoticeResult::Sent);
    assert_eq!(bench.store.settle_notices(&[late], START).await.expect("settled"), 0);
    assert_eq!(bench.state(id).await, "withheld operator");
}

async fn sent_again_it_is_a_letter_of_its_own(bench: Bench) {
    let id = bench.notice("ana", Some(START)).await;
    bench.attempt(id, NoticeResult::Sent, "smtp_250", START).await;
    let everything = order(NoticeAct::Resend, NoticeSelection::Filter(Box::default()));
    let done = bench.store.notices_change(&everything, &act(), START).await.expect("changed");
    assert!(done.changed.is_empty(), "what arrived is sent again only where that is said");
    let sent = order(NoticeAct::Resend, NoticeSelection::Filter(in_state(NoticeState::Sent).into()));
    assert_eq!(bench.store.notices_change(&sent, &act(), START).await.expect("changed").changed, [id]);
    let again = bench.change(NoticeAct::Resend, &[id]).await;
    assert_eq!(again.left, [(id, Some(NoticeState::Pending))], "it is on its way already");
    let leased = bench.store.lease_notices(1, Uuid::new_v4(), std::time::Duration::from_secs(60), START).await;
    let leased = leased.expect("leased").remove(0);
    assert_eq!((leased.id, leased.resends, leased.attempts, leased.created_at), (id, 1, 0, START));
}

async fn a_rehearsal_leaves_no_trace(bench: Bench) {
    let id = bench.notice("ana", Some(START)).await;
    let order = NoticeOrder { rehearse: true, ..order(NoticeAct::Hold, NoticeSelection::Ids(vec![id])) };
    assert_eq!(bench.store.notices_change(&order, &act(), START).await.expect("rehearsed").changed, [id]);
    assert_eq!(bench.state(id).await, "pending");
    assert_eq!((bench.log().await, bench.number("select count(*) from notice_history").await), (0, 0));
}

async fn batches_meet_no_notice_twice(bench: Bench) {
    for _ in 0..5 {
        bench.notice("ana", Some(START)).await;
    }
    bench.run("update notices set state = 'sent'".into()).await;
    let filter = NoticeSelection::Filter(in_state(NoticeState::Sent).into());
    let mut next = NoticeOrder { limit: 2, ..order(NoticeAct::Resend, filter) };
    let mut changed = Vec::new();
    loop {
        let done = bench.store.notices_change(&next, &act(), START).await.expect("changed");
        changed.extend(done.changed);
        // The daemon is quick: what was let go has been sent again before the next batch.
        bench.run("update notices set state = 'sent' where state = 'pending'".into()).await;
        let Some(cursor) = done.next else { break };
        next.before = Some(cursor);
    }
    assert_eq!(changed.len(), 5);
    assert_eq!(bench.number("select cast(max(resends) as bigint) from notices").await, 1);
    assert_eq!(
        bench.number("select cast(sum(affected) as bigint) from operator_log where action = 'notices.resend'").await,
        5
    );
}

async fn two_operators_have_one_effect(bench: Bench) {
    let mut ids = Vec::new();
    for _ in 0..40 {
        ids.push(bench.notice("ana", Some(START)).await);
    }
    bench.run("update notices set state = 'failed', code = 'smtp_550'".into()).await;
    let turned: Vec<Uuid> = ids.iter().rev().copied().collect();
    let (one, other) = tokio::join!(bench.change(NoticeAct::Resend, &ids), bench.change(NoticeAct::Resend, &turned));
    assert_eq!(one.changed.len() + other.changed.len(), 40);
    assert_eq!(bench.number("select cast(max(resends) as bigint) from notices").await, 1);
}
