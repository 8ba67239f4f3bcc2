//! Identifiers of the marketplace as types, so that a job id cannot be passed where a client id is meant.
//!
//! Every id is 1 to 128 bytes of visible ASCII without quotes, `<`, `>`, `&` and `\`: it can be put in an SQL text, a
//! log line, a mail header and a page as it is. Anything else is refused where it enters.

use serde::{Deserialize, Serialize};

/// Longest id in bytes: a URN with a UUID is 45, two hashes in hex are 128.
pub const ID_BYTES_MAX: usize = 128;

/// Why a text is no id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an id is 1 to {ID_BYTES_MAX} visible ASCII characters without quotes, <, >, & and \\")]
pub struct IdError;

fn check(text: &str) -> Result<(), IdError> {
    let fits = (1..=ID_BYTES_MAX).contains(&text.len());
    let plain = |b: u8| b.is_ascii_graphic() && !matches!(b, b'"' | b'\'' | b'`' | b'<' | b'>' | b'&' | b'\\');
    if fits && text.bytes().all(plain) { Ok(()) } else { Err(IdError) }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Reads an id; [`IdError`] says what is refused.
            pub fn parse(text: impl Into<String>) -> Result<Self, IdError> {
                let text = text.into();
                check(&text).map(|()| Self(text))
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                Self::parse(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    };
}

id!(
    /// A client who posts jobs.
    ClientId
);
id!(
    /// A job post.
    JobId
);
id!(
    /// One proposal on one job.
    ProposalId
);
id!(
    /// A balance of Connects: a freelancer's own or an agency's.
    AccountId
);
id!(
    /// A human being who can be told something.
    PersonId
);
id!(
    /// An invitation to apply for a job.
    InvitationId
);
id!(
    /// A freelancer's application to be taken in.
    ApplicationId
);
id!(
    /// One line of the Connects ledger.
    EntryId
);

impl EntryId {
    /// The id of the return of this charge: the same charge can only ever get this one return.
    ///
    /// `None` when the charge's id is too long to be prefixed.
    pub fn of_return(charge: &EntryId) -> Option<EntryId> {
        EntryId::parse(format!("return-{}", charge.0)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_short_and_plain() {
        for good in ["j", "job-1", "urn:uuid:0b7d", "a/b.c~d_e", &"x".repeat(128)] {
            assert!(JobId::parse(good).is_ok(), "{good}");
        }
        for bad in ["", " ", "a b", "a\n", "a\0", "é", "a<b", "a'b", &"x".repeat(129)] {
            assert!(JobId::parse(bad).is_err(), "{bad:?}");
        }
    }
}
