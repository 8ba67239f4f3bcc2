//! Addresses and names beyond ASCII, from the facts to the mail server.

use mail_parser::MessageParser;

use super::market::{FULL, Market, all_canceled};
use super::stage::{DEADLINE, Stage};
use crate::support::daemon::Daemon;
use crate::support::smtp::{Setup, Sink};

/// A name before the @ needs a server that takes it (RFC 6531); a domain needs nothing, it has a form in ASCII.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_beyond_ascii_waits_for_a_server_that_takes_it_and_a_domain_does_not() {
    let stage = Stage::production(&Market::new(2).jobs(2)).await;
    stage.rows("update people set email = 'jörg@bücher.example' where person_id = 'person-0'").await;
    stage
        .rows("update people set email = 'ana@bücher.example', name = 'Žofie Nová' where person_id = 'person-1'")
        .await;
    stage.rows("update jobs set title = 'Logo für die Bäckerei'").await;
    let daemon = stage.daemon("without").await;
    stage.publish(all_canceled(2)).await;
    stage.until_applied(&daemon, 2).await;
    stage.stop_clean(daemon).await;
    let states = "select person_id || ' ' || state || ' ' || code from notices order by person_id";
    assert_eq!(stage.rows(states).await, ["person-0 undeliverable no_smtputf8", "person-1 sent smtp_250"]);
    stage.assert_made_good(FULL).await;
    let taken = stage.sink.wait_for(1, DEADLINE).await;
    assert_eq!((taken[0].to[0].as_str(), &*taken[0].parameters), ("ana@xn--bcher-kva.example", ""));
    assert!(taken[0].bytes.is_ascii());
    let mail = MessageParser::default().parse(&taken[0].bytes).expect("a mail");
    assert!(mail.subject().expect("a subject").contains("Logo für die Bäckerei"));
    assert_eq!(mail.to().and_then(|to| to.first()?.name()), Some("Žofie Nová"));

    // The operator has found a server that takes it.
    let able = Sink::with(Setup { utf8: true, ..Setup::default() }).await;
    stage.rows("update notices set state = 'pending', due_at = created_at where state = 'undeliverable'").await;
    let settings = stage.settings().smtp(able.addr).set("mail.smtp.user", "").set("mail.smtp.password", "");
    let daemon = Daemon::start_ready(&settings, "with").await;
    let taken = able.wait_for(1, DEADLINE).await;
    stage.until_count(&daemon, "notices where state = 'sent'", 2).await;
    assert_eq!(taken[0].to[0], "jörg@xn--bcher-kva.example");
    assert_eq!(taken[0].parameters, "SMTPUTF8 BODY=8BITMIME");
    stage.stop_clean(daemon).await;
}
