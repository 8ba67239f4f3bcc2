//! A message that kills every process that takes it, among innocents: nobody is called, and everybody is paid.

use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt;

use super::market::{FULL, Market, canceled, message};
use super::stage::{DEADLINE, Stage};
use crate::support::daemon::Daemon;
use crate::support::wait;

const INNOCENTS: usize = 40;
const SIGABRT: i32 = 6;

/// Lives at most: three until the broker gives the batch up, two trials, and some that end elsewhere.
const LIVES_MAX: usize = 12;

pub fn market() -> Market {
    Market::new(INNOCENTS + 1).jobs(INNOCENTS + 1)
}

const ENDED: &str = "dead_letters where state = 'open' and class = 'given-up' and code = 'kills_the_process'";

async fn is_over(stage: &Stage) -> bool {
    stage.count(ENDED).await == 1
        && stage.count("dead_letters where state = 'trial'").await == 0
        && stage.count("events where state = 'applied'").await == INNOCENTS
        && stage.count("notices where state in ('pending', 'leased', 'deferred')").await == 0
}

pub async fn innocents_are_applied_and_the_killer_is_a_dead_letter(stage: Stage) {
    let settings =
        stage.settings().set("broker.delivery_limit", 2).set("dlq.poll", "50ms").set("dlq.trial_lease", "1s");
    let settings = settings.failpoints("killer=return");
    let declare = settings.command().args(["topology", "declare"]).output().expect("the program starts");
    assert!(declare.status.success(), "{}", String::from_utf8_lossy(&declare.stderr));
    let id = |n| if n == INNOCENTS / 2 { "killer".to_owned() } else { format!("innocent-{n}") };
    stage.publish((0..=INNOCENTS).map(|n| message(&canceled(&id(n), &format!("job-{n}")))).collect()).await;

    let mut aborted = 0;
    let daemon = loop {
        assert!(aborted < LIVES_MAX, "{:?}", stage.rows("select state || '/' || code from dead_letters").await);
        let mut daemon = Daemon::start(&settings, &format!("life-{aborted}"));
        let over = wait::answer(DEADLINE, async || match daemon.exited() {
            Some(status) => Some(Err(status)),
            None => is_over(&stage).await.then_some(Ok(())),
        });
        match over.await {
            Some(Ok(())) => break daemon,
            Some(Err(status)) => assert_eq!(status.signal(), Some(SIGABRT), "{}", daemon.log_tail()),
            None => panic!("neither done nor dead:\n{}", daemon.log_tail()),
        }
        aborted += 1;
    };
    assert!(aborted >= 5, "three deliveries and two trials, and {aborted} aborts");

    let poor = format!("select account_id from accounts where balance <> {FULL}");
    assert_eq!(stage.rows(&poor).await, [format!("acc-{}", INNOCENTS / 2)], "the killer's alone is not applied");
    stage.assert_sums().await;
    // A process that ends between a mail and its settlement sends it again, under the same id.
    let mails: BTreeSet<_> = stage.letters().into_iter().map(|letter| letter.message_id).collect();
    assert_eq!(mails.len(), INNOCENTS);
    assert_eq!(stage.count("decisions").await, INNOCENTS);
    assert_eq!(stage.count("dead_letters where state <> 'resolved'").await, 1, "the killer");
    assert_killer_is_known(&stage).await;
    stage.stop_clean(daemon).await;
}

/// What an operator finds: which event it was, where it came from, and what was tried.
async fn assert_killer_is_known(stage: &Stage) {
    let sql = format!(
        "select exchange || '|' || routing_key || '|' || event_id || '|' || type || '|' || job_id from {ENDED}"
    );
    assert_eq!(stage.rows(&sql).await, [format!("marketplace|job-canceled|killer|job-canceled|job-{}", INNOCENTS / 2)]);
    let history = format!(
        "select kind || ' ' || outcome || ' ' || coalesce(code, '-') from dead_letter_attempts
        where dead_letter_no = (select dead_letter_no from {ENDED}) order by attempt_no"
    );
    let history = stage.rows(&history).await;
    let expected = ["arrival dead delivery_limit", "trial begun -", "trial begun -", "trial dead kills_the_process"];
    assert_eq!(history, expected);
}
