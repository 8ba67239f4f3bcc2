//! What became of a mail, over the real conversation.

use std::net::SocketAddr;
use std::time::Duration;

use makegood::mail::{Receipt, Rendered, SmtpOptions, SmtpTimeouts, SmtpTls, Transport, TransportOptions};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinHandle;

use super::{mail_saying, mail_to, plain_letter};
use crate::support::smtp::{Act, Fault, Setup, Sink, Stage};

const SOON: Duration = Duration::from_secs(10);
const SHORT: Duration = Duration::from_millis(150);

fn options(sink: &Sink) -> SmtpOptions {
    let timeouts = SmtpTimeouts { quit: Duration::from_secs(1), ..SmtpTimeouts::default() };
    SmtpOptions { tls: SmtpTls::None, timeouts, ..SmtpOptions::new("127.0.0.1", sink.addr.port()) }
}

fn transport(options: SmtpOptions) -> Box<dyn Transport> {
    TransportOptions::Smtp(options).transport()
}

/// A server with this fault, which takes commands one by one or several at once.
async fn faulty(fault: Fault, one_by_one: bool) -> Sink {
    Sink::with(Setup { one_by_one, faults: vec![fault], ..Setup::default() }).await
}

/// One mail over a new connection to a server with this fault.
async fn receipt(fault: Fault) -> (Receipt, Sink) {
    let sink = Sink::faulty([fault]).await;
    let receipt = transport(options(&sink)).send(&mail_to("ana@example.com", 1)).await;
    (receipt, sink)
}

fn away(why: &'static str) -> Receipt {
    Receipt::Away { why, permanent_setup: false }
}

#[tokio::test]
async fn a_mail_arrives_as_it_was_made() {
    let sink = Sink::start().await;
    let mail = mail_to("ana@example.com", 1);
    let receipt = transport(options(&sink)).send(&mail).await;
    assert_eq!(receipt, Receipt::Accepted { code: 250, reply: "2.0.0 taken".to_owned() });
    let taken = sink.wait_for(1, SOON).await;
    assert_eq!(
        (taken[0].from.as_str(), taken[0].to.as_slice()),
        ("bounces@example.com", ["ana@example.com".to_owned()].as_slice())
    );
    assert_eq!(taken[0].bytes, mail.bytes());
    assert_eq!(taken[0].parameters, "");
    assert_eq!(taken[0].header("auto-submitted").as_deref(), Some("auto-generated"));
    assert_eq!(taken[0].sha256().len(), 64);
}

#[tokio::test]
async fn one_connection_carries_mail_after_mail() {
    let sink = Sink::start().await;
    let mut smtp = transport(SmtpOptions { messages_per_connection: 3, ..options(&sink) });
    for n in 1..=7 {
        assert!(matches!(smtp.send(&mail_to("ana@example.com", n)).await, Receipt::Accepted { .. }));
    }
    smtp.close().await;
    let taken: Vec<u64> = sink.wait_for(7, SOON).await.iter().map(|mail| mail.connection).collect();
    assert_eq!(taken, [1, 1, 1, 2, 2, 2, 3]);
}

#[tokio::test]
async fn an_idle_connection_is_not_trusted() {
    let sink = Sink::start().await;
    let mut smtp = transport(SmtpOptions { idle_max: Duration::ZERO, ..options(&sink) });
    for n in 1..=2 {
        assert!(matches!(smtp.send(&mail_to("ana@example.com", n)).await, Receipt::Accepted { .. }));
    }
    assert_eq!(sink.connections(), 2);
}

#[tokio::test]
async fn a_connection_that_died_while_idle_is_replaced_once() {
    for act in [Act::Close, Act::ReplyAndClose("421 idle for too long")] {
        let sink = Sink::start().await;
        let mut smtp = transport(options(&sink));
        assert!(matches!(smtp.send(&mail_to("ana@example.com", 1)).await, Receipt::Accepted { .. }));
        sink.set_faults([Fault::at(Stage::Mail, act.clone()).on_connection(1)]);
        assert!(matches!(smtp.send(&mail_to("ana@example.com", 2)).await, Receipt::Accepted { .. }), "{act:?}");
        assert_eq!((sink.connections(), sink.messages().len()), (2, 2));
        // A server that always hangs up is not asked for ever.
        sink.set_faults([Fault::at(Stage::Mail, Act::Close)]);
        assert_eq!(smtp.send(&mail_to("ana@example.com", 3)).await, away("mail"));
        assert_eq!(sink.connections(), 3);
    }
}

#[tokio::test]
async fn four_hundreds_are_deferred_and_the_connection_lives() {
    for (stage, text, code) in [
        (Stage::Mail, "450 4.3.2 busy", 450),
        (Stage::Rcpt, "451 4.7.1 greylisted", 451),
        (Stage::Data, "452 4.3.1 full", 452),
        (Stage::Dot, "450 4.2.0 later", 450),
    ] {
        for one_by_one in [true, false] {
            let sink = faulty(Fault::at(stage, Act::Reply(text)).times(1), one_by_one).await;
            let mut smtp = transport(options(&sink));
            let reply = text[4..].to_owned();
            assert_eq!(smtp.send(&mail_to("ana@example.com", 1)).await, Receipt::Deferred { code, reply }, "{stage:?}");
            assert!(matches!(smtp.send(&mail_to("bob@example.com", 2)).await, Receipt::Accepted { .. }), "{stage:?}");
            assert_eq!((sink.connections(), sink.messages().len()), (1, 1), "{stage:?}");
        }
    }
}

#[tokio::test]
async fn five_hundreds_are_refused_and_a_bad_mailbox_is_told_apart() {
    for (stage, text, code, bad_mailbox) in [
        (Stage::Mail, "550 5.1.8 no such sender", 550, false),
        (Stage::Rcpt, "550 5.1.1 no such user", 550, true),
        (Stage::Rcpt, "550 unknown", 550, true),
        (Stage::Rcpt, "550 5.7.1 policy", 550, false),
        (Stage::Data, "554 5.6.0 no", 554, false),
        (Stage::Dot, "550 5.1.1 said too late to be about the mailbox", 550, false),
    ] {
        for one_by_one in [true, false] {
            let sink = faulty(Fault::at(stage, Act::Reply(text)), one_by_one).await;
            let receipt = transport(options(&sink)).send(&mail_to("ana@example.com", 1)).await;
            let refused = Receipt::Refused { code, reply: text[4..].to_owned(), bad_mailbox };
            assert_eq!(receipt, refused, "{stage:?} {text}");
            assert_eq!(sink.messages().len(), 0);
        }
    }
}

/// A server of one connection and one mail: offers this, reads once, answers this and waits until the client goes.
async fn scripted(offer: &str, answer: &str) -> (SmtpOptions, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let options = SmtpOptions { tls: SmtpTls::None, ..SmtpOptions::new("127.0.0.1", port) };
    let (offer, answer) = (format!("250-sink\r\n250 {offer}\r\n"), answer.to_owned());
    let heard = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a client");
        let mut space = [0; 4096];
        stream.write_all(b"220 sink\r\n").await.expect("written");
        assert!(stream.read(&mut space).await.is_ok_and(|length| length > 0), "EHLO");
        stream.write_all(offer.as_bytes()).await.expect("written");
        let length = stream.read(&mut space).await.expect("MAIL");
        stream.write_all(answer.as_bytes()).await.expect("written");
        while stream.read(&mut [0; 4096]).await.is_ok_and(|length| length > 0) {}
        String::from_utf8_lossy(&space[..length]).into_owned()
    });
    (options, heard)
}

#[tokio::test]
async fn the_envelope_goes_in_one_piece_where_the_server_offers_it() {
    let refused = Receipt::Refused { code: 550, reply: "5.1.8 no".to_owned(), bad_mailbox: false };
    for (offer, answer, whole) in [
        ("PIPELINING", "550 5.1.8 no\r\n503 no\r\n503 no\r\n", true),
        ("SIZE PIPELINING", "550 5.1.8 no\r\n", false),
        ("8BITMIME", "550 5.1.8 no\r\n", false),
    ] {
        let (options, heard) = scripted(offer, answer).await;
        let timeouts = SmtpTimeouts { quit: SHORT, ..SmtpTimeouts::default() };
        let mut smtp = transport(SmtpOptions { timeouts, ..options });
        assert_eq!(smtp.send(&mail_to("ana@example.com", 1)).await, refused, "{offer}");
        smtp.close().await;
        let heard = heard.await.expect("a server");
        assert!(heard.starts_with("MAIL FROM:<bounces@example.com>\r\n"), "{heard}");
        assert_eq!(heard.ends_with("RCPT TO:<ana@example.com>\r\nDATA\r\n"), whole, "{offer}: {heard}");
    }
}

#[tokio::test]
async fn a_server_that_wants_the_text_for_nobody_is_left() {
    let (options, heard) = scripted("PIPELINING", "250 yes\r\n550 5.1.1 gone\r\n354 go on\r\n").await;
    let mut smtp = transport(options);
    let gone = Receipt::Refused { code: 550, reply: "5.1.1 gone".to_owned(), bad_mailbox: true };
    assert_eq!(smtp.send(&mail_to("ana@example.com", 1)).await, gone);
    // It ended the connection by itself: the server would still be waiting.
    heard.await.expect("a server");
}

#[tokio::test]
async fn one_refused_reader_does_not_harm_the_next() {
    let sink = Sink::faulty([
        Fault::at(Stage::Rcpt, Act::Reply("550 5.1.1 <gone@example.com> unknown")).to("gone@example.com")
    ])
    .await;
    let mut smtp = transport(options(&sink));
    let refused = smtp.send(&mail_to("gone@example.com", 1)).await;
    assert_eq!(refused, Receipt::Refused { code: 550, reply: "5.1.1 [address] unknown".to_owned(), bad_mailbox: true });
    assert!(matches!(smtp.send(&mail_to("ana@example.com", 2)).await, Receipt::Accepted { .. }));
    assert_eq!(sink.connections(), 1);
}

#[tokio::test]
async fn four_twenty_one_ends_the_connection() {
    for stage in [Stage::Rcpt, Stage::Data, Stage::Dot] {
        let sink = Sink::faulty([Fault::at(stage, Act::ReplyAndClose("421 4.3.2 going down")).times(1)]).await;
        let mut smtp = transport(options(&sink));
        assert!(
            matches!(smtp.send(&mail_to("ana@example.com", 1)).await, Receipt::Deferred { code: 421, .. }),
            "{stage:?}"
        );
        assert!(matches!(smtp.send(&mail_to("ana@example.com", 1)).await, Receipt::Accepted { .. }), "{stage:?}");
        assert_eq!(sink.connections(), 2);
    }
    let (receipt, _sink) = receipt(Fault::at(Stage::Greeting, Act::ReplyAndClose("421 too busy"))).await;
    assert_eq!(receipt, away("greeting"), "nothing was said about this mail");
}

#[tokio::test]
async fn cut_before_the_text_is_away() {
    for (stage, why) in [
        (Stage::Greeting, "greeting"),
        (Stage::Hello, "greeting"),
        (Stage::Mail, "mail"),
        (Stage::Rcpt, "rcpt"),
        (Stage::Data, "data"),
    ] {
        let sink = faulty(Fault::at(stage, Act::Close), true).await;
        let receipt = transport(options(&sink)).send(&mail_to("ana@example.com", 1)).await;
        assert_eq!(receipt, away(why), "{stage:?}");
        // Where all was sent at once, the replies before may be gone with the connection.
        let (receipt, sink) = self::receipt(Fault::at(stage, Act::Close)).await;
        assert!(matches!(receipt, Receipt::Away { permanent_setup: false, .. }), "{stage:?}: {receipt:?}");
        assert_eq!(sink.messages().len(), 0);
    }
}

#[tokio::test]
async fn cut_after_the_dot_is_unknown() {
    for (act, taken) in [(Act::Close, 0), (Act::TakeAndClose, 1)] {
        let (receipt, sink) = receipt(Fault::at(Stage::Dot, act)).await;
        assert_eq!(receipt, Receipt::CutOff { stage: "lost" });
        assert_eq!(sink.messages().len(), taken, "the client cannot tell");
    }
    let (receipt, _sink) = receipt(Fault::at(Stage::Dot, Act::Reply("354 what"))).await;
    assert_eq!(receipt, Receipt::CutOff { stage: "protocol" });
    let (receipt, _sink) = self::receipt(Fault::at(Stage::Dot, Act::ReplyAndClose("gibberish"))).await;
    assert_eq!(receipt, Receipt::CutOff { stage: "lost" });
}

/// A server that asks for the text of one mail and has read none of it.
async fn before_the_text() -> (SmtpOptions, JoinHandle<TcpStream>) {
    let socket = TcpSocket::new_v4().expect("a socket");
    // What it has not read stays with the client, but for a little.
    socket.set_recv_buffer_size(4096).expect("a setting");
    socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).expect("a free port");
    let listener = socket.listen(1).expect("it listens");
    let port = listener.local_addr().expect("an address").port();
    let asked = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a client");
        for answer in ["220 sink\r\n", "250-sink\r\n250 PIPELINING\r\n", "250 yes\r\n250 yes\r\n354 go on\r\n"] {
            stream.write_all(answer.as_bytes()).await.expect("written");
            if !answer.contains("354") {
                assert!(stream.read(&mut [0; 4096]).await.is_ok_and(|length| length > 0), "a command");
            }
        }
        stream
    });
    (SmtpOptions { tls: SmtpTls::None, ..SmtpOptions::new("127.0.0.1", port) }, asked)
}

#[tokio::test]
async fn cut_inside_the_text_is_no_riddle() {
    // More than the buffers on the way hold: its end has not begun to leave.
    let endless = Rendered { text: "a line of the text\n".repeat(500_000), ..plain_letter() };
    let mail = mail_saying(&endless, "ana@example.com", 1);
    let reply = "the connection ended inside the text".to_owned();
    for silent in [true, false] {
        let (options, asked) = before_the_text().await;
        let timeouts = SmtpTimeouts { text: if silent { SHORT } else { SOON }, ..SmtpTimeouts::default() };
        let mut smtp = transport(SmtpOptions { timeouts, ..options });
        let sent = async { tokio::time::timeout(SOON, smtp.send(&mail)).await.expect("in time") };
        let server = async { Some(asked.await.expect("a server")).filter(|_| silent) };
        let (receipt, _stream) = tokio::join!(sent, server);
        assert_eq!(receipt, Receipt::Deferred { code: 451, reply: reply.clone() }, "silent: {silent}");
    }
}

#[tokio::test]
async fn the_text_and_its_end_leave_together() {
    let (options, asked) = before_the_text().await;
    let mut smtp = transport(options);
    let mail = mail_saying(&Rendered { html: "<p>short</p>\n".to_owned(), ..plain_letter() }, "ana@example.com", 1);
    let server = async {
        let mut stream = asked.await.expect("a server");
        let mut space = vec![0; 64 * 1024];
        let length = stream.read(&mut space).await.expect("a text");
        stream.write_all(b"250 taken\r\n").await.expect("written");
        space.truncate(length);
        (space, stream)
    };
    let (receipt, (text, _stream)) = tokio::join!(smtp.send(&mail), server);
    assert_eq!(receipt, Receipt::Accepted { code: 250, reply: "taken".to_owned() });
    assert_eq!(text, [mail.bytes(), b".\r\n"].concat(), "whole, in one piece");
}

#[tokio::test]
async fn a_yes_of_the_wrong_kind_is_no_yes() {
    for (stage, text) in [(Stage::Mail, "354 go"), (Stage::Rcpt, "220 hello"), (Stage::Data, "250 taken")] {
        let (receipt, sink) = receipt(Fault::at(stage, Act::Reply(text))).await;
        assert_eq!(receipt, away("protocol"), "{stage:?}");
        assert_eq!(sink.messages().len(), 0);
    }
}

#[tokio::test]
async fn an_answer_nobody_asked_for_ends_the_connection() {
    for (one_by_one, why) in [(true, "data"), (false, "protocol")] {
        let sink = faulty(Fault::at(Stage::Rcpt, Act::Reply("250 ok\r\n250 and once more")), one_by_one).await;
        let receipt = transport(options(&sink)).send(&mail_to("ana@example.com", 1)).await;
        assert_eq!(receipt, away(why), "not shifted by one, which would lose the mail");
        assert_eq!(sink.messages().len(), 0);
    }
}

#[tokio::test]
async fn silence_ends_at_the_deadline_of_its_stage() {
    for (stage, expected) in [
        (Stage::Greeting, away("greeting")),
        (Stage::Mail, away("mail")),
        (Stage::Rcpt, away("rcpt")),
        (Stage::Data, away("data")),
        (Stage::Dot, Receipt::CutOff { stage: "timeout" }),
    ] {
        let sink = Sink::faulty([Fault::at(stage, Act::Silence).times(1)]).await;
        let mut limits = SmtpTimeouts::default();
        match stage {
            Stage::Greeting => limits.greeting = SHORT,
            Stage::Mail => limits.mail = SHORT,
            Stage::Rcpt => limits.rcpt = SHORT,
            Stage::Data => limits.data = SHORT,
            _ => limits.dot = SHORT,
        }
        let mut smtp = transport(SmtpOptions { timeouts: limits, ..options(&sink) });
        let sent = tokio::time::timeout(SOON, smtp.send(&mail_to("ana@example.com", 1))).await;
        assert_eq!(sent.expect("in time"), expected, "{stage:?}");
        // The connection that missed its deadline is never used again.
        assert!(matches!(smtp.send(&mail_to("ana@example.com", 2)).await, Receipt::Accepted { .. }), "{stage:?}");
        assert_eq!(sink.connections(), 2);
    }
}

#[tokio::test]
async fn the_whole_has_a_deadline_too() {
    let slow = Fault::at(Stage::Greeting, Act::Slow(Duration::from_millis(100)));
    let sink = Sink::faulty([slow]).await;
    let limits = SmtpTimeouts { total: SHORT, ..SmtpTimeouts::default() };
    let sent = transport(SmtpOptions { timeouts: limits, ..options(&sink) }).send(&mail_to("ana@example.com", 1)).await;
    assert_eq!(sent, away("greeting"));
    let sink = Sink::faulty([Fault::at(Stage::Greeting, Act::Slow(Duration::from_millis(2)))]).await;
    let sent = transport(options(&sink)).send(&mail_to("ana@example.com", 1)).await;
    assert!(matches!(sent, Receipt::Accepted { .. }), "slow is not away");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_away() {
    let sink = Sink::start().await;
    let gone = options(&sink);
    drop(sink);
    assert_eq!(transport(gone).send(&mail_to("ana@example.com", 1)).await, away("connect"));
    let nowhere =
        SmtpOptions { allow_plaintext: true, tls: SmtpTls::None, ..SmtpOptions::new("no-such-host.invalid", 25) };
    assert_eq!(transport(nowhere).send(&mail_to("ana@example.com", 1)).await, away("resolve"));
}

#[tokio::test]
async fn an_endless_reply_is_not_read_for_ever() {
    let endless: &'static str = Box::leak(format!("250-{}", "x".repeat(200_000)).into_boxed_str());
    let (receipt, _sink) = receipt(Fault::at(Stage::Mail, Act::Reply(endless))).await;
    assert_eq!(receipt, away("mail"));
}

#[tokio::test]
async fn utf8_is_asked_for_where_it_is_needed_and_offered() {
    let mail = mail_to("jörg@example.com", 1);
    let sink = Sink::start().await;
    let mut smtp = transport(options(&sink));
    assert_eq!(smtp.send(&mail).await, Receipt::NoUtf8);
    // The next one goes over the same connection; a domain of another script needs nothing.
    assert!(matches!(smtp.send(&mail_to("ana@bücher.example", 2)).await, Receipt::Accepted { .. }));
    let taken = sink.wait_for(1, SOON).await;
    assert_eq!((taken[0].to[0].as_str(), &*taken[0].parameters), ("ana@xn--bcher-kva.example", ""));
    assert_eq!(sink.connections(), 1);
    let sink = Sink::with(Setup { utf8: true, ..Setup::default() }).await;
    assert!(matches!(transport(options(&sink)).send(&mail).await, Receipt::Accepted { .. }));
    let taken = sink.wait_for(1, SOON).await;
    assert_eq!(taken[0].to[0], "jörg@example.com");
    assert_eq!(taken[0].parameters, "SMTPUTF8 BODY=8BITMIME");
}

#[tokio::test]
async fn a_dropped_send_takes_its_connection_along() {
    let sink = Sink::faulty([Fault::at(Stage::Dot, Act::Silence).times(1)]).await;
    let mut smtp = transport(options(&sink));
    assert!(tokio::time::timeout(SHORT, smtp.send(&mail_to("ana@example.com", 1))).await.is_err());
    assert!(matches!(smtp.send(&mail_to("bob@example.com", 2)).await, Receipt::Accepted { .. }));
    let taken = sink.wait_for(1, SOON).await;
    assert_eq!((taken.len(), taken[0].to[0].as_str()), (1, "bob@example.com"));
}
