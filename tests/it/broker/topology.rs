//! Declaring and checking what must exist.

use super::{Bench, options, small};
use crate::support::rabbit::Vhost;
use lapin::options::{ExchangeDeclareOptions, QueueDeclareOptions};
use lapin::types::FieldTable;
use lapin::{Connection, ConnectionProperties, ExchangeKind};
use makegood::broker::{BrokerError, Declared, State, Topology, TopologyReport};
use makegood::fault::{Classify, Fault};

fn differences(report: &TopologyReport) -> Vec<(String, String, String, String)> {
    let findings = report.findings.iter();
    let mut found: Vec<_> = findings
        .filter_map(|finding| match finding.state.clone() {
            State::Differs { field, expected, found } => Some((finding.what.clone(), field, expected, found)),
            _ => None,
        })
        .collect();
    found.sort();
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn declaring_twice_is_declaring_once() {
    let vhost = Vhost::create();
    let (options, topology) = (options(&vhost.url()), small());
    let declared =
        |items: Vec<makegood::broker::TopologyItem>| items.into_iter().map(|item| item.declared).collect::<Vec<_>>();
    let first = declared(topology.declare(&options).await.expect("declared"));
    let second = declared(topology.declare(&options).await.expect("declared"));
    use Declared::{Bound, Created, Existed};
    assert_eq!(first, [Created, Created, Bound, Created, Created, Bound, Bound]);
    assert_eq!(second, [Existed, Existed, Bound, Existed, Existed, Bound, Bound]);
    let report = topology.check(&options).await.expect("checked");
    assert!(report.is_fit(), "{report:?}");
    assert!(report.findings.iter().all(|finding| finding.advice().is_none()));
}

#[tokio::test(flavor = "multi_thread")]
async fn checking_an_empty_vhost_says_missing_and_creates_nothing() {
    let vhost = Vhost::create();
    let options = options(&vhost.url());
    let report = small().check(&options).await.expect("checked");
    let missing: Vec<_> = report
        .findings
        .iter()
        .filter(|finding| finding.state == State::Missing)
        .map(|finding| finding.what.as_str())
        .collect();
    let expected =
        ["exchange `makegood.dlx`", "queue `makegood.dead`", "exchange `marketplace`", "queue `makegood.events`"];
    assert_eq!(missing, expected);
    assert!(!report.is_fit());
    let advice = report.findings[0].advice().expect("advice");
    assert!(advice.contains("makegood topology declare"), "{advice}");
    assert_eq!((vhost.queues(), vhost.exchanges()), (Vec::new(), Vec::new()));
    // Passive questions find it still missing, too.
    assert_eq!(small().check(&options).await.expect("checked"), report);
}

#[tokio::test(flavor = "multi_thread")]
async fn checking_names_every_argument_that_differs() {
    let bench = Bench::with(Topology { max_length: Some(1_000), ..small() }).await;
    let wanted = Topology {
        delivery_limit: 7,
        max_length: None,
        dead_letter_exchange: "other.dlx".into(),
        dead_queue: "other.dead".into(),
        ..small()
    };
    let report = wanted.check(&bench.options).await.expect("checked");
    let queue = "queue `makegood.events`";
    let differs =
        |field: &str, expected: &str, found: &str| (queue.to_owned(), field.into(), expected.into(), found.into());
    let expected = [
        differs("x-dead-letter-exchange", "other.dlx", "makegood.dlx"),
        differs("x-dead-letter-routing-key", "other.dead", "makegood.dead"),
        differs("x-delivery-limit", "7", "50"),
        differs("x-max-length", "none", "1000"),
    ];
    assert_eq!(differences(&report), expected);
    assert!(!report.is_fit());
    let advice = report.findings.iter().filter_map(makegood::broker::Finding::advice).collect::<Vec<_>>().join("\n");
    assert!(advice.contains("x-delivery-limit is 50, must be 7"), "{advice}");

    let error = wanted.declare(&bench.options).await.expect_err("it differs");
    assert!(matches!(error, BrokerError::Differs { .. }), "{error}");
    assert_eq!(error.fault(), Fault::Permanent);
}

#[tokio::test(flavor = "multi_thread")]
async fn checking_tells_another_kind_of_queue_and_exchange() {
    let vhost = Vhost::create();
    let connection = Connection::connect(&vhost.url(), ConnectionProperties::default()).await.expect("connected");
    let channel = connection.create_channel().await.expect("a channel");
    let (fanout, transient) = (ExchangeKind::Fanout, ExchangeDeclareOptions::default());
    channel.exchange_declare("marketplace".into(), fanout, transient, FieldTable::default()).await.expect("declared");
    let durable = QueueDeclareOptions::durable();
    channel.queue_declare("makegood.events".into(), durable, FieldTable::default()).await.expect("declared");
    let mut quorum = FieldTable::default();
    quorum.insert("x-queue-type".into(), lapin::types::AMQPValue::LongString("quorum".into()));
    channel.queue_declare("makegood.dead".into(), durable, quorum.clone()).await.expect("declared");
    let report = small().check(&options(&vhost.url())).await.expect("checked");
    let found = differences(&report);
    let has = |what: &str, field: &str, expected: &str, found_there: &str| {
        let wanted = (what.to_owned(), field.to_owned(), expected.to_owned(), found_there.to_owned());
        assert!(found.contains(&wanted), "{wanted:?} in {found:#?}");
    };
    has("exchange `marketplace`", "type", "topic", "fanout");
    has("exchange `marketplace`", "durable", "true", "false");
    has("queue `makegood.events`", "x-queue-type", "quorum", "none");
    has("queue `makegood.events`", "x-overflow", "reject-publish", "none");
    has("queue `makegood.dead`", "x-delivery-limit", "1000000", "none");

    // A quorum queue with nothing else set: every argument is told.
    let bare = Topology { queue: "makegood.dead".into(), dead_queue: "none".into(), ..small() };
    let report = bare.check(&options(&vhost.url())).await.expect("checked");
    let fields: Vec<_> = differences(&report)
        .into_iter()
        .filter_map(|(what, field, ..)| (what == "queue `makegood.dead`").then_some(field))
        .collect();
    let letters = ["x-dead-letter-exchange", "x-dead-letter-routing-key", "x-dead-letter-strategy"];
    assert_eq!(fields, [&letters[..], &["x-delivery-limit", "x-overflow"]].concat());
    let mut queues = vhost.queues();
    queues.sort();
    assert_eq!(
        (queues, vhost.exchanges()),
        (vec!["makegood.dead".into(), "makegood.events".into()], vec!["marketplace".into()])
    );
    connection.close(200, "OK".into()).await.expect("closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_not_be_configured_is_told() {
    let vhost = Vhost::create();
    let topology = Topology { exchange: "amq.reserved".into(), ..small() };
    let error = topology.declare(&options(&vhost.url())).await.expect_err("names with amq. are the broker's");
    assert!(matches!(error, BrokerError::AccessRefused { .. }), "{error}");
    assert_eq!(
        error.to_string().split_once(": ").expect("a place").1,
        "`guest` may not declare exchange `amq.reserved`"
    );
    assert_eq!(error.fault(), Fault::Permanent);
}
