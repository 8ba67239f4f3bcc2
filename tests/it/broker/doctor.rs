//! The doctor on the real RabbitMQ: every trap is planted in a vhost of its own, and found.

use super::{Bench, in_time, message, options, small};
use crate::support::rabbit::{User, Vhost, api, post, put, until};
use crate::support::smtp::certificate;
use makegood::broker::{
    Announcements, Checkup, Diagnosis, ExamineError, Examiner, ManagementError, ManagementOptions, PublishError,
    Publisher, Severity, Topology,
};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use Severity::{Broken, Fit, Note, Risk, Unseen};

fn examiner(url: &str) -> Examiner {
    at(url, &api())
}

fn at(url: &str, management: &str) -> Examiner {
    let broker = options(url);
    let management = ManagementOptions::new(SecretString::from(management), &broker);
    Examiner { broker, management: Some(management), declares: false }
}

fn blind(url: &str) -> Examiner {
    Examiner { management: None, ..examiner(url) }
}

async fn examine(vhost: &Vhost) -> Checkup {
    small().examine(&examiner(&vhost.url())).await.expect("examined")
}

/// What is broken or at risk: severity, what, which check, what was found.
fn wrong(checkup: &Checkup) -> Vec<(Severity, &str, &str, &str)> {
    let bad = checkup.findings.iter().filter(|finding| finding.severity <= Risk);
    let wrong: Vec<_> = bad.map(|one| (one.severity, one.about.as_str(), one.check, one.found.as_str())).collect();
    for finding in checkup.findings.iter().filter(|finding| finding.severity <= Note) {
        assert!(finding.risk.is_some() && finding.remedy.is_some(), "{finding:?}");
    }
    assert_eq!(checkup.fit, wrong.is_empty());
    wrong
}

fn finding<'a>(checkup: &'a Checkup, about: &str, check: &str) -> &'a Diagnosis {
    let found = checkup.findings.iter().find(|finding| finding.about == about && finding.check == check);
    found.unwrap_or_else(|| panic!("{about} {check}: {checkup}"))
}

const EVENTS: &str = "queue `makegood.events`";
const DEAD: &str = "queue `makegood.dead`";

/// The arguments of the events' queue as declared, with some changed or, with null, left out.
fn arguments(changed: Value) -> Value {
    let mut arguments = json!({"x-queue-type": "quorum", "x-delivery-limit": 50, "x-overflow": "reject-publish",
        "x-dead-letter-exchange": "makegood.dlx", "x-dead-letter-routing-key": "makegood.dead",
        "x-dead-letter-strategy": "at-least-once"});
    let map = arguments.as_object_mut().expect("a map");
    map.extend(changed.as_object().cloned().expect("a map"));
    map.retain(|_, value| !value.is_null());
    arguments
}

/// A vhost whose queue of that name was declared with these arguments; all else as it must be.
async fn with_queue(queue: &str, arguments: Value) -> Vhost {
    let bench = Bench::new().await;
    bench.vhost.delete_queue(queue);
    let declared = json!({"durable": true, "arguments": arguments});
    put(&format!("/api/queues/{}/{queue}", bench.vhost.name()), &declared);
    let (exchange, keys) = if queue == "makegood.dead" {
        ("makegood.dlx", vec!["makegood.dead"])
    } else {
        ("marketplace", vec!["job-canceled", "post-removed"])
    };
    for key in keys {
        let path = format!("/api/bindings/{}/e/{exchange}/q/{queue}", bench.vhost.name());
        post(&path, &json!({"routing_key": key, "arguments": {}}));
    }
    bench.vhost
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_declared_is_free_of_every_trap() {
    for topology in [small(), Topology { max_length: Some(1_000), ..small() }] {
        let bench = Bench::with(topology).await;
        let checkup = bench.topology.examine(&examiner(&bench.vhost.url())).await.expect("examined");
        assert_eq!(wrong(&checkup), []);
        assert!(checkup.management && checkup.server.product == "RabbitMQ", "{checkup:?}");
        for check in ["queue-type", "delivery-limit", "dead-letter-strategy", "overflow", "max-length", "expires"] {
            assert_eq!(finding(&checkup, EVENTS, check).severity, Fit, "{check}");
            assert!([Fit, Note].contains(&finding(&checkup, DEAD, check).severity), "{check}");
        }
        for check in ["may-consume", "may-publish", "may-declare"] {
            assert_eq!(finding(&checkup, "user `guest`", check).severity, Fit);
        }
        // Without the API the same is fit, and the rest says why it is not seen.
        let blind = bench.topology.examine(&blind(&bench.vhost.url())).await.expect("examined");
        assert_eq!(wrong(&blind), []);
        assert_eq!(finding(&blind, EVENTS, "overflow").severity, Fit);
        for (about, check) in [
            (EVENTS, "policy"),
            ("binding `marketplace` -> `makegood.events` (job-canceled)", "bound"),
            ("user `guest`", "permissions"),
            ("broker", "nodes"),
        ] {
            let finding = finding(&blind, about, check);
            assert!(finding.severity == Unseen && finding.found.contains("broker.management_url"), "{finding:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_there_is_broken_and_nothing_is_made() {
    let vhost = Vhost::create();
    for examiner in [examiner(&vhost.url()), blind(&vhost.url())] {
        let checkup = small().examine(&examiner).await.expect("examined");
        let missing = checkup.findings.iter().filter(|finding| finding.check == "exists" && finding.severity == Broken);
        assert_eq!(missing.count(), 4, "{checkup}");
    }
    assert_eq!((vhost.queues(), vhost.exchanges()), (Vec::new(), Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_argument_is_found_with_and_without_the_api() {
    let classic = json!({});
    let undead =
        json!({"x-dead-letter-exchange": null, "x-dead-letter-routing-key": null, "x-dead-letter-strategy": null});
    let undead = arguments(undead);
    let dead = "makegood.dead";
    let events = "makegood.events";
    for (queue, arguments, check, found) in [
        (events, classic, "queue-type", "classic"),
        (events, arguments(json!({"x-dead-letter-strategy": "at-most-once"})), "dead-letter-strategy", "at-most-once"),
        (events, arguments(json!({"x-dead-letter-strategy": null})), "dead-letter-strategy", "none"),
        (events, arguments(json!({"x-overflow": "drop-head"})), "overflow", "drop-head"),
        (events, undead, "dead-letter-exchange", "none"),
        (events, arguments(json!({"x-dead-letter-routing-key": null})), "dead-letter-routing-key", "none"),
        (events, arguments(json!({"x-max-length": 5})), "max-length", "5"),
        (events, arguments(json!({"x-message-ttl": 60_000})), "message-ttl", "60000"),
        (events, arguments(json!({"x-expires": 60_000})), "expires", "60000"),
        (dead, json!({"x-queue-type": "quorum", "x-delivery-limit": 1_000_000, "x-max-length": 7}), "max-length", "7"),
    ] {
        let vhost = with_queue(queue, arguments).await;
        for examiner in [examiner(&vhost.url()), blind(&vhost.url())] {
            let checkup = small().examine(&examiner).await.expect("examined");
            let about = format!("queue `{queue}`");
            let planted = (Broken, about.as_str(), check, found);
            assert!(wrong(&checkup).contains(&planted), "{planted:?}: {checkup}");
            assert!(wrong(&checkup).iter().all(|(_, at, ..)| *at == about), "{checkup}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_that_is_not_explicit_is_found() {
    let limit = |name: &'static str, arguments: Value| async move {
        let checkup = examine(&with_queue(name, arguments).await).await;
        finding(&checkup, &format!("queue `{name}`"), "delivery-limit").clone()
    };
    for found in [
        limit("makegood.events", arguments(json!({"x-delivery-limit": null}))).await,
        limit("makegood.dead", json!({"x-queue-type": "quorum"})).await,
    ] {
        assert_eq!((found.severity, found.found.starts_with("none: RabbitMQ")), (Broken, true), "{found:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_that_undo_arguments_are_found_at_once() {
    for (list, pattern, definition, expected) in [
        // Measured on 3.10.8: a policy's overflow counts before the argument's.
        (
            "policies",
            "events",
            json!({"overflow": "drop-head"}),
            vec![(Risk, EVENTS, "overflow", "drop-head by policy `planted`; the argument says reject-publish")],
        ),
        (
            "policies",
            "events",
            json!({"max-length": 9}),
            vec![(Risk, EVENTS, "max-length", "9 by policy `planted`; no argument")],
        ),
        (
            "policies",
            "events",
            json!({"delivery-limit": 3}),
            vec![(Risk, EVENTS, "delivery-limit", "3 by policy `planted`; the argument says 50")],
        ),
        (
            "operator-policies",
            "",
            json!({"message-ttl": 60_000}),
            vec![
                (Broken, DEAD, "message-ttl", "60000 by operator policy `planted`; no argument"),
                (Risk, EVENTS, "message-ttl", "60000 by operator policy `planted`; no argument"),
            ],
        ),
        (
            "operator-policies",
            "dead",
            json!({"expires": 60_000}),
            vec![(Broken, DEAD, "expires", "60000 by operator policy `planted`; no argument")],
        ),
        // The argument counts: nothing is undone.
        ("policies", "events", json!({"dead-letter-exchange": "elsewhere"}), vec![]),
        ("policies", "other", json!({"overflow": "drop-head"}), vec![]),
    ] {
        let bench = Bench::new().await;
        bench.vhost.set_policy(list, "queues", pattern, &definition);
        let checkup = examine(&bench.vhost).await;
        assert_eq!(wrong(&checkup), expected, "{definition}");
    }
}

/// What the doctor holds of policies is what RabbitMQ does with them.
#[tokio::test(flavor = "multi_thread")]
async fn a_policy_s_overflow_drops_what_the_argument_would_refuse() {
    for (policy, refuses) in [(None, true), (Some(json!({"overflow": "drop-head"})), false)] {
        let bench = Bench::with(Topology { max_length: Some(1), ..small() }).await;
        if let Some(policy) = policy {
            bench.vhost.set_policy("policies", "queues", "events", &policy);
        }
        let mut publisher = Publisher::connect(&bench.options).await.expect("connected");
        let mut refused = 0;
        for id in 0..20 {
            let results = in_time(publisher.publish(vec![message(id)])).await;
            refused += results.iter().filter(|result| matches!(result, Err(PublishError::Nacked))).count();
        }
        publisher.close().await;
        assert_eq!(refused > 0, refuses, "{refused} of 20 refused");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_way_that_is_broken_is_found() {
    let events = "binding `marketplace` -> `makegood.events` (job-canceled)";
    let letters = "binding `makegood.dlx` -> `makegood.dead` (makegood.dead)";
    let bench = Bench::new().await;
    bench.vhost.unbind("marketplace", "makegood.events", "job-canceled");
    assert_eq!(wrong(&examine(&bench.vhost).await), [(Broken, events, "bound", "no such route")]);

    let bench = Bench::new().await;
    bench.vhost.unbind("makegood.dlx", "makegood.dead", "makegood.dead");
    assert_eq!(wrong(&examine(&bench.vhost).await), [(Broken, letters, "bound", "no such route")]);

    let bench = Bench::new().await;
    bench.vhost.delete_exchange("makegood.dlx");
    let checkup = examine(&bench.vhost).await;
    let missing = (Broken, "exchange `makegood.dlx`", "exists", "missing");
    assert_eq!(wrong(&checkup), [missing, (Broken, letters, "bound", "no such route")]);
    // What a declaration repairs is fit again.
    bench.topology.declare(&bench.options).await.expect("declared");
    assert_eq!(wrong(&examine(&bench.vhost).await), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_letter_cycle_is_found_however_long() {
    let cycle = |checkup: &Checkup| {
        let found = finding(checkup, "dead letters of `makegood.events`", "dead-letter-cycle");
        (found.severity, found.found.clone())
    };
    let bench = Bench::new().await;
    assert_eq!(cycle(&examine(&bench.vhost).await), (Fit, "none".to_owned()));
    let back = json!({"dead-letter-exchange": "marketplace", "dead-letter-routing-key": "job-canceled"});
    bench.vhost.set_policy("policies", "queues", "dead", &back);
    let round = "makegood.events -> makegood.dead -> makegood.events";
    assert_eq!(cycle(&examine(&bench.vhost).await), (Broken, round.to_owned()));

    // By way of a queue of somebody else's, with a time to live: the classic waiting room.
    let bench = Bench::new().await;
    let (name, path) = (bench.vhost.name(), "/api/queues");
    let room = json!({"durable": true, "arguments": {"x-message-ttl": 1_000, "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": "makegood.events"}});
    put(&format!("{path}/{name}/room"), &room);
    let there = json!({"dead-letter-exchange": "", "dead-letter-routing-key": "room"});
    bench.vhost.set_policy("policies", "queues", "dead", &there);
    let round = "makegood.events -> makegood.dead -> room -> makegood.events";
    assert_eq!(cycle(&examine(&bench.vhost).await), (Broken, round.to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_unroutable_and_what_else_is_bound_is_told() {
    let bench = Bench::new().await;
    let name = bench.vhost.name().to_owned();
    let exchange = "exchange `marketplace`";
    let alternate = |checkup: &Checkup| finding(checkup, exchange, "alternate-exchange").severity;
    assert_eq!(alternate(&examine(&bench.vhost).await), Note);
    bench.vhost.set_policy("policies", "exchanges", "^marketplace$", &json!({"alternate-exchange": "unroutable"}));
    assert_eq!(alternate(&examine(&bench.vhost).await), Risk);
    put(&format!("/api/exchanges/{name}/unroutable"), &json!({"type": "fanout", "durable": true}));
    assert_eq!(finding(&examine(&bench.vhost).await, exchange, "alternate-exchange").found, "nothing is bound to it");
    put(&format!("/api/queues/{name}/unroutable"), &json!({"durable": true}));
    post(&format!("/api/bindings/{name}/e/unroutable/q/unroutable"), &json!({"routing_key": ""}));
    assert_eq!(alternate(&examine(&bench.vhost).await), Fit);

    post(&format!("/api/bindings/{name}/e/marketplace/q/makegood.events"), &json!({"routing_key": "#"}));
    let checkup = examine(&bench.vhost).await;
    let others = finding(&checkup, EVENTS, "other-bindings");
    assert_eq!((others.severity, others.found.as_str()), (Note, "1 more, as `marketplace` (#)"));
}

#[tokio::test(flavor = "multi_thread")]
async fn permissions_are_told_by_what_needs_them() {
    let bench = Bench::new().await;
    for (patterns, [consume, publish, declare], lacking) in [
        (["^makegood", ".*", ".*"], [Fit, Fit, Note], "no configure on `marketplace`"),
        ([".*", "", ".*"], [Fit, Note, Note], "no write on `makegood.events`"),
        ([".*", ".*", "^makegood.dead$"], [Broken, Fit, Note], "no read on `marketplace`"),
        (["", "", "^(makegood\\.events|makegood\\.dead)$"], [Fit, Note, Note], "no configure on `marketplace`"),
    ] {
        let user = User::create(&bench.vhost, "", patterns);
        let api = api().replace("://", "://guest:guest@");
        let checkup = small().examine(&at(&user.url(&bench.vhost), &api)).await.expect("examined");
        let about = format!("user `{}`", user.name());
        let found =
            ["may-consume", "may-publish", "may-declare"].map(|check| finding(&checkup, &about, check).severity);
        assert_eq!(found, [consume, publish, declare], "{patterns:?}");
        let declaring = finding(&checkup, &about, "may-declare");
        assert!(declaring.found.contains(lacking), "{declaring:?}");
        let declares = Examiner { declares: true, ..at(&user.url(&bench.vhost), &api) };
        let checkup = small().examine(&declares).await.expect("examined");
        assert_eq!(finding(&checkup, &about, "may-declare").severity, Broken);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_configure_sees_without_the_api_only_what_is_there() {
    let bench = Bench::new().await;
    let user = User::create(&bench.vhost, "", ["", ".*", ".*"]);
    let checkup = small().examine(&blind(&user.url(&bench.vhost))).await.expect("examined");
    assert_eq!(wrong(&checkup), []);
    let fit = checkup.findings.iter().filter(|finding| finding.severity == Fit);
    assert_eq!(fit.count(), 0, "what was not compared is not called fit: {checkup}");
    let unseen = finding(&checkup, EVENTS, "arguments");
    assert!(unseen.severity == Unseen && unseen.found.contains("may not configure"), "{unseen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_of_the_api_sees_as_much_as_its_tags_allow() {
    let bench = Bench::new().await;
    let all = [".*", ".*", ".*"];
    for (tags, nodes, permissions) in [("management", Unseen, Unseen), ("monitoring", Fit, Unseen)] {
        let user = User::create(&bench.vhost, tags, all);
        let checkup = small().examine(&examiner(&user.url(&bench.vhost))).await.expect("examined");
        assert_eq!(wrong(&checkup), []);
        assert_eq!(finding(&checkup, EVENTS, "overflow").severity, Fit);
        let alarms = checkup.findings.iter().any(|finding| finding.check == "alarms" && finding.severity == Fit);
        assert_eq!(alarms, nodes == Fit, "{tags}");
        let about = format!("user `{}`", user.name());
        assert_eq!(finding(&checkup, &about, "permissions").severity, permissions, "{tags}");
    }
    let nobody = User::create(&bench.vhost, "", all);
    let error = small().examine(&examiner(&nobody.url(&bench.vhost))).await.expect_err("no tag");
    let refused = matches!(error, ExamineError::Management(ManagementError::LoginRefused { .. }));
    assert!(refused && error.to_string().contains("set_user_tags"), "{error}");
    assert!(!format!("{error} {error:?}").contains("hunter2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consumer_of_somebody_else_is_a_risk() {
    let bench = Bench::new().await;
    let stranger = User::create(&bench.vhost, "", [".*", ".*", ".*"]);
    let ours = bench.attach().await;
    let theirs = makegood::broker::attach(&options(&stranger.url(&bench.vhost)), "makegood.dead").await;
    let theirs = theirs.expect("attached");
    // RabbitMQ tells consumers with its statistics, some seconds late.
    let path = |queue: &str| format!("/api/queues/{}/{queue}", bench.vhost.name());
    until("both consumers are told", || {
        ["makegood.events", "makegood.dead"].iter().all(|queue| {
            let queue = crate::support::rabbit::call("GET", &path(queue)).expect("a queue");
            queue["consumers"] == 1 && queue["consumer_details"][0]["channel_details"]["user"].is_string()
        })
    })
    .await;
    let checkup = examine(&bench.vhost).await;
    assert_eq!(finding(&checkup, EVENTS, "consumers").severity, Fit, "{checkup}");
    let found = finding(&checkup, DEAD, "consumers");
    assert!(found.severity == Risk && found.found.contains(stranger.name()), "{found:?}");
    ours.close().await;
    theirs.close().await;
}

/// Answers one connection with these bytes, again and again if `endless`.
async fn server(answer: &'static [u8], endless: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let place = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let mut request = [0; 4096];
        assert!(stream.read(&mut request).await.expect("a request") > 0);
        while stream.write_all(answer).await.is_ok() && endless {}
        // Until the client hangs up.
        drop(stream.read(&mut request).await);
    });
    format!("http://{place}")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_api_is_told_and_never_believed() {
    let bench = Bench::new().await;
    let url = bench.vhost.url();
    let endless = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\n[[[[\r\n4\r\n[[[[\r\n";
    for (answer, repeat, words) in [
        (&b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n"[..], false, "status 302"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", false, "with no user"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\nhunter2", false, "something else than the JSON"),
        (b"220 mail.example ESMTP\r\n", false, "cannot be reached"),
        (endless, false, "did not answer within"),
    ] {
        let mut examiner = at(&url, &server(answer, repeat).await);
        examiner.broker.connect_timeout = Duration::from_millis(1_500);
        let management = server(answer, repeat).await;
        examiner.management = Some(ManagementOptions::new(SecretString::from(management), &examiner.broker));
        let error = in_time(small().examine(&examiner)).await.expect_err(words);
        assert!(error.to_string().contains(words) && !format!("{error:?}").contains("hunter2"), "{words}: {error}");
    }
    // A body without an end is cut at its bound, before the time is over.
    let long = Box::leak(format!("HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n{}", " ".repeat(1 << 20)).into());
    let error = in_time(small().examine(&at(&url, &server(str::as_bytes(long), true).await))).await;
    let error = error.expect_err("too long");
    assert!(matches!(error, ExamineError::Management(ManagementError::Unreachable { .. })), "{error:?}");
}

/// TLS before the real API.
async fn secured() -> (String, tempfile::NamedTempFile) {
    let (acceptor, pem) = certificate();
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), pem).expect("written");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let place = api().rsplit_once("//").expect("a URL").1.to_owned();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut upstream = TcpStream::connect(&place).await.expect("the API");
            // Whoever hangs up first ends the connection; that is no failure of the forwarding.
            drop(tokio::io::copy_bidirectional(&mut stream, &mut upstream).await);
        }
    });
    (format!("https://localhost:{port}"), file)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_is_asked_over_tls_and_only_whom_we_trust() {
    let bench = Bench::new().await;
    let (url, ca) = secured().await;
    let mut examiner = examiner(&bench.vhost.url());
    examiner.broker.ca_file = Some(ca.path().to_owned());
    examiner.management = Some(ManagementOptions::new(SecretString::from(url.clone()), &examiner.broker));
    let checkup = in_time(small().examine(&examiner)).await.expect("examined");
    assert_eq!(wrong(&checkup), []);

    let stranger = at(&bench.vhost.url(), &url);
    let error = in_time(small().examine(&stranger)).await.expect_err("nobody vouches for it");
    assert!(matches!(error, ExamineError::Management(ManagementError::Unreachable { .. })), "{error:?}");
}

/// What makegood tells must reach a queue of somebody's, whatever the key.
#[tokio::test(flavor = "multi_thread")]
async fn announcements_that_nobody_hears_are_found() {
    let routing_keys = vec!["notice-issued.job-canceled".to_owned(), "connects-returned".to_owned()];
    let announcements = Announcements { exchange: "makegood.notices".into(), routing_keys };
    let bench = Bench::with(Topology { announcements: Some(announcements), ..small() }).await;
    let (name, url) = (bench.vhost.name(), bench.vhost.url());
    let look = async || bench.topology.examine(&examiner(&url)).await.expect("examined");
    let about = |key: &str| format!("exchange `makegood.notices` ({key})");
    let checkup = look().await;
    for key in ["notice-issued.job-canceled", "connects-returned"] {
        let unheard = finding(&checkup, &about(key), "heard");
        assert!(unheard.severity == Broken && unheard.found.contains("no queue"), "{unheard:?}");
        assert!(unheard.risk.as_ref().is_some_and(|risk| risk.contains("stays in the database")), "{unheard:?}");
    }
    put(&format!("/api/queues/{name}/bell"), &json!({"durable": true}));
    post(&format!("/api/bindings/{name}/e/makegood.notices/q/bell"), &json!({"routing_key": "notice-issued.*"}));
    let checkup = look().await;
    assert_eq!(finding(&checkup, &about("notice-issued.job-canceled"), "heard").found, "`bell`");
    assert_eq!(finding(&checkup, &about("connects-returned"), "heard").severity, Broken);
    post(&format!("/api/bindings/{name}/e/makegood.notices/q/bell"), &json!({"routing_key": "#"}));
    let checkup = look().await;
    assert_eq!(wrong(&checkup), []);
    assert_eq!(finding(&checkup, "user `guest`", "may-announce").severity, Fit);
    let blind = bench.topology.examine(&blind(&url)).await.expect("examined");
    assert_eq!(wrong(&blind), []);
    assert_eq!(finding(&blind, &about("connects-returned"), "heard").severity, Unseen);
    bench.vhost.delete_exchange("makegood.notices");
    let checkup = look().await;
    assert_eq!(finding(&checkup, "exchange `makegood.notices`", "exists").severity, Broken);
    let report = bench.topology.check(&bench.options).await.expect("checked");
    assert!(!report.is_fit(), "{report}");
}
