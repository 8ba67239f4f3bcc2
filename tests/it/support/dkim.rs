//! A receiver that verifies DKIM signatures: mail-auth, which shares no line with what signs. Asks no name server: it
//! is told the keys.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::time::Instant;

use mail_auth::common::parse::TxtRecordParser;
use mail_auth::common::verify::{DomainKey, VerifySignature};
use mail_auth::{AuthenticatedMessage, DkimResult, MessageAuthenticator, Parameters, ResolverCache, Txt};

/// The TXT records there are.
struct Records(HashMap<Box<str>, Txt>);

impl ResolverCache<Box<str>, Txt> for Records {
    fn get<Q>(&self, name: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        Some(self.0.get(name).expect("the record of the key is asked for, and no other").clone())
    }

    fn remove<Q>(&self, _: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        None
    }

    fn insert(&self, _: Box<str>, _: Txt, _: Instant) {}
}

/// What a receiver finds: a word for each signature, `pass` or what is wrong, with its algorithm.
pub async fn verify(message: &[u8], name: &str, record: &str) -> Vec<String> {
    let key = DomainKey::parse(record.trim().as_bytes()).expect("a record");
    let records = Records(HashMap::from([(format!("{name}.").into_boxed_str(), Txt::from(key))]));
    let verifier = MessageAuthenticator::new_cloudflare().expect("a verifier");
    let message = AuthenticatedMessage::parse(message).expect("a message");
    let found = verifier.verify_dkim(Parameters::new(&message).with_txt_cache(&records)).await;
    let words = found.iter().map(|output| match (output.result(), output.signature()) {
        (DkimResult::Pass, Some(signature)) => format!("pass {:?}", signature.algorithm()),
        (other, _) => format!("{other:?}"),
    });
    words.collect()
}
