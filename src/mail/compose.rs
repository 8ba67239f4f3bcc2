//! From a rendered letter to the bytes of a message (RFC 5322) and its envelope.
//!
//! The same notice gives the same bytes at every attempt: date, Message-ID and MIME boundary come from the notice, so a
//! repeat after an unknown outcome is recognisable. Bodies are quoted-printable with CRLF line ends, whatever is in
//! them: lettre 0.11.23 lets a bare CR or LF of an unencoded body through to the server (RUSTSEC-2026-0561).

use std::time::SystemTime;

use lettre::Address;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, Message, MultiPart, SinglePart};
use time::OffsetDateTime;
use uuid::Uuid;

use super::address::{AddressError, normalise_address, normalise_domain};
use super::context::NAME_CHARS_MAX;
use super::notice_header;
use super::template::{Rendered, SUBJECT_CHARS_MAX};
use super::text::{clip, plain};
use crate::fault::{Classify, Fault};
use crate::policy::{NoticeLine, Occasion};

/// Longest line of a message in bytes, without its CRLF (RFC 5322 §2.1.1).
const LINE_BYTES_MAX: usize = 998;

/// Last moment a Date header can name: four digits of year.
const LAST_DATE: i64 = 253_402_300_799;

/// Who writes.
#[derive(Clone, PartialEq, Eq)]
pub struct Addressing {
    /// Display name of the sender: the marketplace.
    pub from_name: String,
    /// The sender's address, aligned with SPF or DKIM.
    pub from: String,
    /// Where answers go, if someone reads them.
    pub reply_to: Option<String>,
    /// Where bounces go: a mailbox that is read, never the null sender.
    pub envelope_sender: String,
    /// Right-hand side of each Message-ID: a domain of our own.
    pub message_id_domain: String,
    /// The one link of a letter: where to ask.
    pub help_url: Option<String>,
}

/// The addresses stay out of logs.
impl std::fmt::Debug for Addressing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Addressing").field("message_id_domain", &self.message_id_domain).finish_non_exhaustive()
    }
}

impl Addressing {
    /// What is wrong with it: key and reason, all at once.
    pub fn check(&self) -> Vec<(&'static str, String)> {
        let mut findings = Vec::new();
        let reply_to = self.reply_to.as_deref();
        for (key, address) in
            [("from", Some(&*self.from)), ("reply_to", reply_to), ("envelope_sender", Some(&*self.envelope_sender))]
        {
            if let Some(Err(error)) = address.map(normalise_address) {
                findings.push((key, error.to_string()));
            }
        }
        if let Err(error) = normalise_domain(&self.message_id_domain) {
            findings.push(("message_id_domain", error.to_string()));
        }
        if plain(&self.from_name, NAME_CHARS_MAX).is_empty() {
            findings.push(("from_name", "a reader must see who writes".to_owned()));
        }
        if self.help_url.as_deref().is_some_and(|url| !is_web_url(url)) {
            findings.push(("help_url", "must start with https:// or http:// and hold no space or quote".to_owned()));
        }
        findings
    }
}

fn is_web_url(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty()) && url.chars().all(|c| c.is_ascii_graphic() && !"\"'<>\\`".contains(c))
}

/// One notice, as far as its letter needs it.
#[derive(Clone, Copy)]
pub struct Notice<'a> {
    /// Its id: with `resends` the Message-ID.
    pub id: Uuid,
    /// The reader's name, if known; hostile until composed.
    pub name: Option<&'a str>,
    /// The language they read (BCP 47), if known; hostile until read.
    pub locale: Option<&'a str>,
    /// Their time zone (IANA name), if known; hostile until read.
    pub time_zone: Option<&'a str>,
    /// How often an operator had it sent again.
    pub resends: u32,
    /// Where it goes.
    pub address: &'a str,
    /// The letter's Date.
    pub created_at: OffsetDateTime,
    /// What happened.
    pub about: &'a Occasion,
    /// A line each proposal.
    pub lines: &'a [NoticeLine],
}

/// The address and the name stay out of logs.
impl std::fmt::Debug for Notice<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Notice").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A message with its envelope, ready to be sent, any number of times.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    pub(super) name: String,
    pub(super) sender: Address,
    pub(super) recipient: Address,
    pub(super) bytes: Vec<u8>,
}

/// The addresses stay out of logs.
impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mail").field("name", &self.name).field("bytes", &self.bytes.len()).finish_non_exhaustive()
    }
}

impl Mail {
    /// Its name, unique and the same at every attempt: the left side of its Message-ID.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The message: headers and body, lines ending in CRLF.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// With this header, its line end included, in front of all others.
    pub(super) fn headed(mut self, header: &str) -> Self {
        self.bytes.splice(..0, header.bytes());
        self
    }

    /// Some address of the envelope is not ASCII: the server must offer SMTPUTF8 (RFC 6531).
    pub fn needs_utf8(&self) -> bool {
        !self.sender.user().is_ascii() || !self.recipient.user().is_ascii() || !self.bytes.is_ascii()
    }
}

/// Why no message could be made of a letter. Trying again does not help.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ComposeError {
    /// The reader's address.
    #[error("the recipient's address cannot be used")]
    Recipient(#[source] AddressError),
    /// One of our own addresses, or the domain of the Message-ID: a setting is wrong.
    #[error("the setting {setting} cannot be used")]
    Setting {
        /// Which field of [`Addressing`].
        setting: &'static str,
        /// Why.
        #[source]
        source: AddressError,
    },
    /// No Date header can name the moment.
    #[error("the notice's date lies before 1970 or after 9999")]
    Date,
    /// The library refused, or made what must not be sent: a defect of makegood.
    #[error("the message could not be built: {0}")]
    Defect(&'static str),
}

impl Classify for ComposeError {
    fn fault(&self) -> Fault {
        Fault::Permanent
    }
}

/// Makes the message of a notice.
pub fn compose(addressing: &Addressing, notice: &Notice<'_>, rendered: &Rendered) -> Result<Mail, ComposeError> {
    let own = |setting, text: &str| parse(text).map_err(|source| ComposeError::Setting { setting, source });
    let from = own("from", &addressing.from)?;
    let sender = own("envelope_sender", &addressing.envelope_sender)?;
    let recipient = parse(notice.address).map_err(ComposeError::Recipient)?;
    let domain = normalise_domain(&addressing.message_id_domain)
        .map_err(|source| ComposeError::Setting { setting: "message_id_domain", source })?;
    let name = name(notice);
    let mut builder = Message::builder()
        .date(date(notice.created_at)?)
        .message_id(Some(format!("<{name}@{domain}>")))
        .from(mailbox(Some(&addressing.from_name), from))
        .to(mailbox(notice.name, recipient.clone()));
    if let Some(reply_to) = &addressing.reply_to {
        builder = builder.reply_to(mailbox(None, own("reply_to", reply_to)?));
    }
    let message = builder
        .subject(header_text(&clip(&rendered.subject, SUBJECT_CHARS_MAX)))
        .raw_header(header("Auto-Submitted", "auto-generated"))
        .raw_header(header("Content-Language", &rendered.language))
        .raw_header(header(notice_header::NAME, &notice_header::value(notice, &rendered.language)))
        .multipart(parts(notice.id, rendered))
        .map_err(|_| ComposeError::Defect("a header is missing"))?;
    let mail = Mail { name, sender, recipient, bytes: message.formatted() };
    inspect(&mail)?;
    Ok(mail)
}

/// An attempt that is repeated bears the same name. What an operator had sent again bears another: mail services drop a
/// second mail with a Message-ID they have seen.
fn name(notice: &Notice<'_>) -> String {
    match notice.resends {
        0 => notice.id.to_string(),
        resends => format!("{}.r{resends}", notice.id),
    }
}

fn parse(text: &str) -> Result<Address, AddressError> {
    normalise_address(text)?.parse().map_err(|_| AddressError::Local)
}

fn date(at: OffsetDateTime) -> Result<SystemTime, ComposeError> {
    let inside = (0..=LAST_DATE).contains(&at.unix_timestamp());
    if inside { Ok(at.into()) } else { Err(ComposeError::Date) }
}

fn mailbox(name: Option<&str>, address: Address) -> Mailbox {
    let name = name.map(|name| header_text(&plain(name, NAME_CHARS_MAX)));
    Mailbox::new(name.filter(|name| !name.is_empty()), address)
}

/// Text that stays text in a header: no control character (lettre panics on some in a name), and nothing a mail program
/// would take for an encoded word (RFC 2047).
fn header_text(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    line.replace("=?", "= ?")
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), header_text(value))
}

fn parts(id: Uuid, rendered: &Rendered) -> MultiPart {
    // `=_` cannot occur in quoted-printable text (RFC 2045 §6.7), so no body can hold the boundary.
    let boundary = format!("=_makegood_{}", id.simple());
    let part = |kind, body: &str| {
        // What lettre would do itself, without four more passes over the text.
        let encoded = quoted_printable::encode(crlf(body));
        SinglePart::builder()
            .header(kind)
            .body(Body::dangerous_pre_encoded(encoded, ContentTransferEncoding::QuotedPrintable))
    };
    MultiPart::alternative()
        .boundary(boundary)
        .singlepart(part(ContentType::TEXT_PLAIN, &rendered.text))
        .singlepart(part(ContentType::TEXT_HTML, &rendered.html))
}

/// Every line end becomes CRLF; control characters other than line ends and tabs become spaces.
fn crlf(body: &str) -> String {
    let bytes = body.as_bytes();
    let ascii = |byte: &u8| matches!(byte, 0..=8 | 11..=31 | 127);
    // U+0080 to U+009F.
    let beyond = |at: usize| bytes.get(at + 1).is_some_and(|next| (0x80..=0x9F).contains(next));
    if !bytes.iter().any(ascii) && !memchr::memchr_iter(0xC2, bytes).any(beyond) {
        return body.replace('\n', "\r\n");
    }
    let body = body.replace("\r\n", "\n").replace('\r', "\n");
    let mut out = String::with_capacity(body.len() + 64);
    for c in body.chars() {
        match c {
            '\n' => out.push_str("\r\n"),
            c if c.is_control() && c != '\t' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

const BARE: ComposeError = ComposeError::Defect("a bare CR, a bare LF or a NUL is in it");
const LONG: ComposeError = ComposeError::Defect("a line is too long");

/// The last look before anything leaves: what a server could misread is not sent, whoever made it.
fn inspect(mail: &Mail) -> Result<(), ComposeError> {
    let bytes = &mail.bytes;
    let (mut lines, mut start) = (0, 0);
    for end in memchr::memchr_iter(b'\n', bytes) {
        if end.checked_sub(1).and_then(|before| bytes.get(before)) != Some(&b'\r') {
            return Err(BARE);
        }
        if end.saturating_sub(start) > LINE_BYTES_MAX + 1 {
            return Err(LONG);
        }
        (lines, start) = (lines + 1, end + 1);
    }
    // Each line end has its CR, so one more CR is bare.
    if memchr::memchr_iter(b'\r', bytes).count() != lines || memchr::memchr(0, bytes).is_some() {
        return Err(BARE);
    }
    if bytes.len().saturating_sub(start) > LINE_BYTES_MAX + 1 { Err(LONG) } else { Ok(()) }
}
