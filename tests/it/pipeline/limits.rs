//! How fast mail leaves, as the mail server sees it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::market::{Market, all_canceled};
use super::stage::{DEADLINE, Stage, page};
use crate::support::daemon::{Daemon, Settings};
use crate::support::smtp::{Act, Fault, Message, Stage as At};

/// People of the domain that is limited; ten more have one of their own each.
const BIG: usize = 30;
const SMALL: usize = 10;

/// A market in which the first `big` people have an address at one domain and the others at one each.
async fn stage(big: usize) -> Stage {
    let people = big + SMALL;
    let stage = Stage::production(&Market::new(people).jobs(people)).await;
    for n in 0..people {
        let domain = if n < big { "big.test".to_owned() } else { format!("small-{n}.test") };
        stage.rows(&format!("update people set email = 'p{n}@{domain}' where person_id = 'person-{n}'")).await;
    }
    stage
}

/// Sends all of it; what the server took from the big domain's people and from the others, in order, and when it began.
async fn run(
    stage: &Stage, settings: &Settings, people: usize,
) -> (Instant, Vec<Arc<Message>>, Vec<Arc<Message>>, String) {
    let mut daemon = Daemon::start_ready(settings, "daemon").await;
    let began = Instant::now();
    stage.publish(all_canceled(people)).await;
    let messages = stage.sink.wait_for(people, DEADLINE).await;
    stage.until_applied(&daemon, people).await;
    assert_eq!(stage.count("notices where state = 'sent' and attempts = 1").await, people, "put off is not tried");
    let metrics = page(&mut daemon, "/metrics").await.1;
    stage.stop_clean(daemon).await;
    let (big, small) = messages.into_iter().partition(|message| message.to[0].ends_with("@big.test"));
    (began, big, small, metrics)
}

fn metric(metrics: &str, name: &str) -> f64 {
    let line = metrics.lines().find(|line| line.starts_with(name));
    line.and_then(|line| line.rsplit(' ').next()?.parse().ok()).unwrap_or(0.0)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_domain_gets_no_more_than_its_rate_and_the_others_do_not_wait_for_it() {
    let stage = stage(BIG).await;
    // Five a second, of which a second's share may leave at once.
    let settings = stage.settings().set("mail.limits.domain_per_minute", 300);
    let (began, big, small, metrics) = run(&stage, &settings, BIG + SMALL).await;
    for (n, message) in big.iter().enumerate() {
        let at_least = Duration::from_millis(200) * (n as u32 + 1).saturating_sub(5);
        assert!(message.at - began >= at_least, "mail {} after {:?}", n + 1, message.at - began);
    }
    assert!(small.iter().all(|message| message.at < big[BIG - 5].at), "the others waited");
    // Each is put off to a moment at which it can go: not taken again and again meanwhile.
    let put_off = metric(&metrics, "makegood_notices_throttled_total{limit=\"domain\"}");
    assert!((1.0..=2.0 * BIG as f64).contains(&put_off), "{put_off} times put off");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_begins_slowly_and_grows() {
    let stage = stage(BIG).await;
    let settings = stage
        .settings()
        .set("mail.limits.per_minute", 1_200)
        .set("mail.limits.ramp_per_minute", 120)
        .set("mail.limits.ramp_double_every", "1s");
    let (began, mut all, small, metrics) = run(&stage, &settings, BIG + SMALL).await;
    all.extend(small);
    all.sort_by_key(|message| message.at);
    // Two at once and two in the first second, then 4, 8 and 16.
    for (mails, seconds) in [(4, 1), (8, 2), (16, 3), (32, 4)] {
        let next = all[mails].at - began;
        assert!(next >= Duration::from_secs(seconds), "mail {} after {next:?}", mails + 1);
    }
    assert!(metric(&metrics, "makegood_notices_throttled_total{limit=\"total\"}") >= 1.0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_domain_has_its_connections_and_the_others_have_theirs() {
    const SLOW: usize = 6;
    let stage = stage(SLOW).await;
    let slow = |n| Fault::at(At::Dot, Act::Slow(Duration::from_millis(20))).to(&format!("p{n}@big.test"));
    stage.sink.set_faults((0..SLOW).map(slow));
    let settings = stage.settings().set("mail.limits.domain_connections", 1).set("mail.connections", 4);
    let (_, big, small, _) = run(&stage, &settings, SLOW + SMALL).await;
    for pair in big.windows(2) {
        assert!(pair[1].began >= pair[0].at, "two at once to one domain");
    }
    assert!(small.iter().all(|message| message.at < big[SLOW - 1].at), "the others waited");
}

/// What stands by for a connection outlasts no stop: it is given back, and leaves later.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_gives_back_what_stands_by() {
    const SLOW: usize = 6;
    let stage = stage(SLOW).await;
    let slow = |n| Fault::at(At::Dot, Act::Slow(Duration::from_millis(20))).to(&format!("p{n}@big.test"));
    stage.sink.set_faults((0..SLOW).map(slow));
    let settings = stage.settings().set("mail.limits.domain_connections", 1);
    let daemon = Daemon::start_ready(&settings, "first").await;
    stage.publish(all_canceled(SLOW + SMALL)).await;
    stage.sink.wait_for(SMALL + 1, DEADLINE).await;
    stage.stop_clean(daemon).await;
    assert_eq!(stage.count("notices where state = 'leased'").await, 0, "nothing is held by nobody");
    let second = Daemon::start_ready(&settings, "second").await;
    stage.until_applied(&second, SLOW + SMALL).await;
    assert_eq!(stage.letters().len(), SLOW + SMALL, "once each");
    stage.stop_clean(second).await;
}
