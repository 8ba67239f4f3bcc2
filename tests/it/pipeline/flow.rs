//! The main job: an event in, Connects back, the reason in the mailbox.

use super::market::{FULL, Market, address, all_canceled, canceled, message, removed, suspended};
use super::stage::{Letter, Stage, page};
use crate::support::daemon::Daemon;

pub fn market() -> Market {
    Market::new(3).job("job-c", "client-c", [0, 1]).job("job-r", "client-r", [1, 2]).job("job-s1", "client-s", [0]).job(
        "job-s2",
        "client-s",
        [0, 2],
    )
}

/// All three events, each delivered three times.
pub async fn events_become_credits_and_letters(stage: Stage) {
    let mut daemon = stage.daemon("daemon").await;
    let events = [canceled("c", "job-c"), removed("r", "job-r"), suspended("s", "client-s")];
    for _ in 0..3 {
        stage.publish(events.iter().map(message).collect()).await;
    }
    stage.until_applied(&daemon, 3).await;
    stage.assert_made_good(FULL).await;
    assert_eq!(stage.count("decisions where verdict = 'credited' and amount = 6").await, 7);
    assert_eq!(stage.count("notices where state = 'sent'").await, 6);

    let mut letters = stage.letters();
    letters.sort_by_key(|letter| (letter.to.clone(), letter.subject.clone()));
    let told: Vec<_> = letters.iter().map(|letter| (letter.to.clone(), verdict(letter))).collect();
    let expected = [
        (0, "Canceled by the client"),
        (0, "Client suspended"),
        (1, "Canceled by the client"),
        (1, "Removed for policy reasons"),
        (2, "Client suspended"),
        (2, "Removed for policy reasons"),
    ];
    assert_eq!(told, expected.map(|(person, verdict)| (address(person), verdict.to_owned())));
    // One letter for two proposals, which says what came back for both.
    let several = &letters[1];
    assert!(several.subject.ends_with("12 Connects returned"), "{}", several.subject);
    assert!(several.text.contains("Title of job-s1") && several.text.contains("Title of job-s2"), "{}", several.text);
    assert!(letters[0].text.contains("The client canceled the job"), "{}", letters[0].text);
    let late = "This happened on 10 June 2025, 12:00 UTC. This notice comes late";
    assert!(letters.iter().all(|letter| letter.text.replace('\n', " ").contains(late)), "{}", letters[0].text);

    let (_, metrics) = page(&mut daemon, "/metrics").await;
    // The code of the letters, in the metrics.
    let attempts = "makegood_notices_total{event_type=\"job-canceled\",reason=\"client_canceled\",outcome=\"sent\"}";
    assert!(metrics.contains(attempts), "{attempts} in\n{metrics}");
    stage.assert_nothing_leaks(&[metrics]);
    stage.stop_clean(daemon).await;
    assert_eq!(stage.dead_letters().await, Vec::<String>::new());
    assert_eq!(stage.letters().len(), 6);
}

fn verdict(letter: &Letter) -> String {
    letter.subject.split(':').next().unwrap_or_default().to_owned()
}

/// With every poll a minute apart, what happens within seconds happens because the delivery itself brought it about.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idle_queue_applies_a_single_event_at_once() {
    let stage = Stage::production(&Market::new(2).jobs(2)).await;
    let settings = stage.settings().set("intake.poll", "60s").set("mail.poll", "60s").set("broker.heartbeat", "10s");
    let daemon = Daemon::start_ready(&settings, "daemon").await;
    for (n, event) in all_canceled(2).into_iter().enumerate() {
        let began = std::time::Instant::now();
        stage.publish(vec![event]).await;
        stage.until_applied(&daemon, n + 1).await;
        assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
    }
    assert_eq!(stage.letters().len(), 2);
    stage.stop_clean(daemon).await;
}
