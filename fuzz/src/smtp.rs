//! A mail server that says anything at all: a byte of choices, then what it says at each command, between 0xFF.
//!
//! The real transport talks to it over a loopback connection. What the transport makes of the dialogue is checked
//! against what the server saw.

use std::cell::RefCell;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::LazyLock;
use std::time::Duration;

use makegood::mail::{
    Addressing, Letters, LettersOptions, Mail, Notice, Receipt, SmtpLogin, SmtpOptions, SmtpTimeouts, SmtpTls,
    Transport, TransportOptions, compose,
};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

use super::text::{assert_fit_to_show, fields};

/// The choices: STARTTLS, a login, a second mail, a reader whose address needs SMTPUTF8.
const STARTTLS: u8 = 1;
const LOGIN: u8 = 2;
const TWO_MAILS: u8 = 4;
const UTF8: u8 = 8;

/// How often the server looks for a command, with a turn for the client in between, before it goes on unasked. Time
/// would not do: a machine under load loses more of it than a test can wait.
const TURNS: usize = 16;

/// The end of a text.
const TEXT_END: &[u8] = b"\r\n.\r\n";

/// Longest reply that is kept.
const REPLY_CHARS_MAX: usize = 500;

/// Each of the client's limits; whatever the server does, all of it ends within a few of them.
const LIMIT: Duration = Duration::from_millis(100);
const END: Duration = Duration::from_secs(8);

thread_local! {
    static STAGE: RefCell<Option<Stage>> = const { RefCell::new(None) };
}

struct Stage {
    runtime: Runtime,
    listener: TcpListener,
    /// In the clear, encrypted; each without and with a login. Kept: reading the system's certificates takes long.
    transports: Vec<Box<dyn Transport>>,
}

/// What the server saw.
struct Seen {
    /// All it heard.
    bytes: Vec<u8>,
    /// What it said to each text that came in whole.
    answers: Vec<Vec<u8>>,
    /// Everything it said it was asked for.
    lockstep: bool,
}

/// Lets the transport send to such a server.
pub fn run(data: &[u8]) {
    let Some((choices, script)) = data.split_first() else { return };
    STAGE.with_borrow_mut(|stage| {
        let Stage { runtime, listener, transports } = stage.get_or_insert_with(Stage::open);
        let transport = &mut transports[usize::from(choices & (STARTTLS | LOGIN))];
        let mail = &MAILS[usize::from(choices & UTF8 != 0)];
        let mails = if choices & TWO_MAILS == 0 { 1 } else { 2 };
        let mut seen = Seen { bytes: Vec::new(), answers: Vec::new(), lockstep: true };
        let sending = async {
            let mut receipts = Vec::new();
            for _ in 0..mails {
                receipts.push(transport.send(mail).await);
            }
            transport.close().await;
            receipts
        };
        let both = async {
            tokio::select! {
                receipts = sending => receipts,
                () = serve(listener, script, &mut seen) => unreachable!("the server stays"),
            }
        };
        let receipts = runtime.block_on(async { timeout(END, both).await });
        look(&receipts.expect("a send without end"), &seen);
    });
}

impl Stage {
    fn open() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let listener = runtime.block_on(TcpListener::bind(address)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let transports = [SmtpTls::None, SmtpTls::Required, SmtpTls::None, SmtpTls::Required].into_iter().enumerate();
        let transports = transports.map(|(n, tls)| {
            let login = (n & usize::from(LOGIN) != 0)
                .then(|| SmtpLogin { user: "makegood".to_owned(), password: "secret".to_owned().into() });
            TransportOptions::Smtp(SmtpOptions { tls, login, timeouts: limits(), ..options(port) }).transport()
        });
        let transports = transports.collect();
        Self { runtime, listener, transports }
    }
}

fn options(port: u16) -> SmtpOptions {
    SmtpOptions { hello_name: Some("client.example".to_owned()), ..SmtpOptions::new("127.0.0.1", port) }
}

fn limits() -> SmtpTimeouts {
    let (connect, greeting, tls, auth, mail, rcpt) = (LIMIT, LIMIT, LIMIT, LIMIT, LIMIT, LIMIT);
    SmtpTimeouts {
        connect,
        greeting,
        tls,
        auth,
        mail,
        rcpt,
        data: LIMIT,
        text: LIMIT,
        dot: LIMIT,
        quit: LIMIT,
        total: 4 * LIMIT,
    }
}

static MAILS: LazyLock<[Mail; 2]> = LazyLock::new(|| {
    let letters = Letters::load(&LettersOptions::default()).expect("the built-in letters");
    let context = letters.sample("job-canceled").expect("a sample");
    let rendered = letters.render(context).expect("a letter");
    let addressing = Addressing {
        from_name: "Example Marketplace".to_owned(),
        from: "connects@example.com".to_owned(),
        reply_to: None,
        envelope_sender: "bounces@example.com".to_owned(),
        message_id_domain: "example.com".to_owned(),
        help_url: None,
    };
    ["ana.berg@example.com", "jörg@example.com"].map(|address| {
        let created_at = context.about.time;
        let (about, lines) = (&context.about, &context.lines);
        let notice = Notice {
            id: context.notice,
            name: None,
            locale: None,
            time_zone: None,
            resends: 0,
            address,
            created_at,
            about,
            lines,
        };
        compose(&addressing, &notice, &rendered).expect("a mail")
    })
});

/// Says the script, over as many connections as come; after its end hangs up at once.
async fn serve(listener: &TcpListener, script: &[u8], seen: &mut Seen) {
    let mut script = fields(script).filter(|saying| !saying.is_empty());
    loop {
        let Ok((client, _)) = listener.accept().await else { continue };
        converse(client, &mut script, seen).await;
    }
}

/// One connection: a saying for the greeting, then one for each command, or unasked where none comes.
async fn converse<'a>(mut client: TcpStream, script: &mut impl Iterator<Item = &'a [u8]>, seen: &mut Seen) {
    let (mut asked, mut in_text, mut answering) = (Vec::new(), false, false);
    for saying in script {
        if client.write_all(saying).await.is_err() {
            return;
        }
        if let (true, Some(answer)) = (answering, seen.answers.last_mut()) {
            answer.extend(saying);
        }
        in_text = in_text || asked == b"DATA\r\n" && saying.starts_with(b"354");
        match hear(&mut client, in_text, &mut seen.bytes).await {
            Heard::Nothing => seen.lockstep = false,
            Heard::TheEnd => return,
            Heard::Text => {
                seen.answers.push(Vec::new());
                (in_text, answering) = (false, true);
                asked.clear();
            }
            Heard::Command(command) => {
                (in_text, answering) = (false, false);
                asked = command;
            }
        }
    }
}

/// What came of waiting for the client.
enum Heard {
    /// No word, or half a one: it waits for more, or has lost its place.
    Nothing,
    Command(Vec<u8>),
    /// A whole text, with its end.
    Text,
    TheEnd,
}

async fn hear(client: &mut TcpStream, in_text: bool, all: &mut Vec<u8>) -> Heard {
    let mut heard = Vec::new();
    for _ in 0..TURNS {
        let before = heard.len();
        match client.try_read_buf(&mut heard) {
            Ok(0) => return Heard::TheEnd,
            Ok(_) => all.extend(&heard[before..]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                tokio::task::yield_now().await;
                continue;
            }
            Err(_) => return Heard::TheEnd,
        }
        // The client may have read the answer to DATA as a no.
        let command = !in_text || [&b"RSET\r\n"[..], b"QUIT\r\n"].contains(&&*heard);
        if command && heard.ends_with(b"\r\n") {
            return Heard::Command(heard);
        }
        if in_text && heard.ends_with(TEXT_END) {
            return Heard::Text;
        }
    }
    Heard::Nothing
}

/// The receipts against what the server saw: a mail is never taken for sent that was not, nor tried again that may be.
fn look(receipts: &[Receipt], seen: &Seen) {
    let (mut accepted, mut cut_off, mut not_offered) = (0, 0, 0);
    for receipt in receipts {
        match receipt {
            Receipt::Accepted { code, reply } => {
                accepted += 1;
                assert_eq!(*code, 250);
                assert_fit_to_show(reply, REPLY_CHARS_MAX);
            }
            Receipt::Deferred { code, reply } => {
                assert!((400..500).contains(code));
                assert_fit_to_show(reply, REPLY_CHARS_MAX);
                not_offered += usize::from(reply == "the connection ended inside the text");
            }
            Receipt::Refused { code, reply, .. } => {
                assert!((500..600).contains(code));
                assert_fit_to_show(reply, REPLY_CHARS_MAX);
            }
            Receipt::Away { .. } | Receipt::NoUtf8 => not_offered += 1,
            Receipt::CutOff { .. } => cut_off += 1,
        }
    }
    let texts = seen.bytes.windows(TEXT_END.len()).filter(|window| *window == TEXT_END).count();
    assert!(texts + not_offered <= receipts.len(), "{receipts:?} after {texts} whole texts");
    // A server that answers before it is asked can be believed at the wrong place; else each answer has its question.
    if seen.lockstep {
        let granted = seen.answers.iter().filter(|answer| answer.starts_with(b"250")).count();
        assert!(accepted <= granted, "{receipts:?}, but the server said {:?}", seen.answers);
        let asked = seen.bytes.windows(6).any(|window| window == b"DATA\r\n");
        assert!(cut_off == 0 || asked, "cut off before the text was asked for");
    }
}
