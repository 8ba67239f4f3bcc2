//! DKIM: a signature over what a reader sees (RFC 6376, RFC 8463), so that receivers know whose mail it is.
//!
//! The signing is ours, the cryptography is ring's, which TLS brings along. The libraries that sign take the crate
//! `rsa` (RUSTSEC-2023-0071: lettre, viadkim, cfdkim), or bring a resolver and put the present time into `t=`
//! (mail-auth): the same notice would not be the same bytes. The tests verify with mail-auth.

mod canonical;
mod key;

pub use key::KeyError;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};
use time::OffsetDateTime;

use canonical::{Field, body_hash, header, split};
use key::Key;

/// Listed once more than they occur (RFC 6376 §5.4.2): a second one, put in front on the way, breaks the signature.
/// What a reader sees or answers to, and what says how the body is read.
const OVERSIGNED: [&str; 5] = ["From", "To", "Subject", "Reply-To", "Content-Type"];

/// Signed where they are.
const SIGNED: [&str; 6] =
    ["Date", "Message-ID", "MIME-Version", "Auto-Submitted", "Content-Language", super::notice_header::NAME];

/// Longest line of the signature in characters; RFC 5322 §2.1.1 asks for 78.
const LINE_CHARS: usize = 72;

/// Who signs, and with what.
#[derive(Debug, Clone)]
pub struct DkimOptions {
    /// The signing domain (`d=`): that of the From address, or one above it.
    pub domain: String,
    /// Names the public key: `<selector>._domainkey.<domain>`.
    pub selector: String,
    /// The private key, PEM.
    pub key: SecretString,
}

/// Signs messages.
#[derive(Debug, Clone)]
pub struct DkimSigner {
    domain: String,
    selector: String,
    key: Key,
}

impl DkimSigner {
    /// Reads the key.
    pub fn new(options: &DkimOptions) -> Result<Self, KeyError> {
        let key = Key::parse(options.key.expose_secret())?;
        Ok(Self { domain: options.domain.clone(), selector: options.selector.clone(), key })
    }

    /// A signature counts for this From address (DMARC, relaxed alignment): both domains are one, or one is below the
    /// other.
    pub fn is_aligned(domain: &str, from: &str) -> bool {
        let from = from.rsplit_once('@').map_or(from, |(_, domain)| domain).to_ascii_lowercase();
        let domain = domain.to_ascii_lowercase();
        let below = |low: &str, high: &str| low.strip_suffix(high).is_some_and(|rest| rest.ends_with('.'));
        from == domain || below(&from, &domain) || below(&domain, &from)
    }

    /// The header `DKIM-Signature` for this message, with its line end, to be put in front of it. The same message at
    /// the same time gives the same bytes. `None`: not a message of ours.
    pub(super) fn sign(&self, message: &[u8], at: OffsetDateTime) -> Option<String> {
        let (fields, body) = split(std::str::from_utf8(message).ok()?)?;
        let names = listed(&fields);
        let unsigned = self.unsigned(&names, &body_hash(body), at);
        let mut text = String::with_capacity(4_096);
        for field in chosen(&names, &fields) {
            header(field, &mut text);
            text.push_str("\r\n");
        }
        header(Field { name: "DKIM-Signature", value: &unsigned }, &mut text);
        let signature = STANDARD.encode(self.key.sign(text.as_bytes())?);
        Some(format!("DKIM-Signature:{unsigned}{}\r\n", folded(&signature)))
    }

    /// The value, up to the signature itself.
    fn unsigned(&self, names: &[&str], body_hash: &[u8], at: OffsetDateTime) -> String {
        let Self { domain, selector, key } = self;
        let mut headers = String::new();
        let mut line = 0;
        for (n, name) in names.iter().enumerate() {
            if n > 0 {
                headers.push(':');
            }
            if line + name.len() > LINE_CHARS {
                headers.push_str("\r\n\t ");
                line = 0;
            }
            headers.push_str(name);
            line += name.len() + 1;
        }
        let (algorithm, t, bh) = (key.algorithm(), at.unix_timestamp(), STANDARD.encode(body_hash));
        format!(
            " v=1; a={algorithm}; c=relaxed/relaxed;\r\n\td={domain}; s={selector}; t={t};\r\n\th={headers};\r\n\t\
             bh={bh};\r\n\tb="
        )
    }
}

/// The names of the tag `h=`, in their order.
fn listed(fields: &[Field<'_>]) -> Vec<&'static str> {
    let count = |name: &str| fields.iter().filter(|field| field.name.eq_ignore_ascii_case(name)).count();
    let over = OVERSIGNED.iter().flat_map(|name| std::iter::repeat_n(*name, count(name) + 1));
    over.chain(SIGNED.iter().flat_map(|name| std::iter::repeat_n(*name, count(name)))).collect()
}

/// The fields those names stand for: of one name the last first (RFC 6376 §5.4.2); a name too many stands for nothing.
fn chosen<'a>(names: &[&str], fields: &[Field<'a>]) -> Vec<Field<'a>> {
    let mut left: Vec<Field<'a>> = fields.to_vec();
    let mut chosen = Vec::new();
    for name in names {
        if let Some(at) = left.iter().rposition(|field| field.name.eq_ignore_ascii_case(name)) {
            chosen.push(left.remove(at));
        }
    }
    chosen
}

/// Broken into lines. White space inside base64 means nothing (RFC 6376 §3.5).
fn folded(base64: &str) -> String {
    let mut out = String::with_capacity(base64.len() + 32);
    for (n, c) in base64.chars().enumerate() {
        if n > 0 && n % LINE_CHARS == 0 {
            out.push_str("\r\n\t ");
        }
        out.push(c);
    }
    out
}
