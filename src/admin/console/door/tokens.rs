//! Tokens of programs: `name:role:end:hash`, as `makegood console tokens` writes them. The token itself is shown once.

use time::{Date, OffsetDateTime, macros::format_description};

use super::records::{Record, Records};
use super::secret;
use crate::admin::console::Role;

/// What a token begins with, so that scanners of repositories know one.
const PREFIX: &str = "makegood_";

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What who has it may.
    pub role: Role,
    /// The first day on which it is no longer taken, in UTC.
    pub ends: Date,
    /// SHA-256 of the token, in hexadecimal digits.
    pub hash: String,
}

impl Token {
    /// A new one, and what to give to who will use it.
    pub fn issue(role: Role, ends: Date) -> (Self, String) {
        let secret = format!("{PREFIX}{}", secret::new());
        (Self { role, ends, hash: hex::encode(secret::kept(&secret)) }, secret)
    }

    /// As it stands in the file behind the name.
    pub fn fields(&self) -> String {
        format!("{}:{}:{}", self.role, self.ends, self.hash)
    }

    /// Still taken.
    pub fn lives(&self, now: OffsetDateTime) -> bool {
        now.date() < self.ends
    }
}

impl Record for Token {
    fn parse(fields: &str) -> Result<Self, String> {
        let mut parts = fields.split(':');
        let (Some(role), Some(ends), Some(hash), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err("name:role:end:hash is expected".to_owned());
        };
        let day = Date::parse(ends, format_description!("[year]-[month]-[day]"));
        let day = day.map_err(|_| "the end is a day, as 2027-01-31".to_owned())?;
        if hash.len() != 64 || !hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            return Err("the hash is 64 hexadecimal digits".to_owned());
        }
        Ok(Self { role: role.parse()?, ends: day, hash: hash.to_owned() })
    }
}

/// Whose token this is, if it is one that is still taken. Looked up by its hash: what a comparison gives away of that
/// is of no use.
pub(super) fn owner<'a>(tokens: &'a Records<Token>, given: &str, now: OffsetDateTime) -> Option<(&'a str, Role)> {
    let hash = hex::encode(secret::kept(given));
    let (name, token) = tokens.iter().find(|(_, token)| token.hash == hash)?;
    token.lives(now).then_some((name.as_str(), token.role))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    #[test]
    fn a_token_is_known_until_its_end_and_only_its_hash_is_kept() {
        let (token, secret) = Token::issue(Role::Support, date!(2027 - 01 - 31));
        assert!(secret.starts_with("makegood_") && secret.len() == 73 && !token.fields().contains(&secret[9..]));
        assert_eq!(Token::parse(&token.fields()), Ok(token.clone()));
        let tokens = Records::from([("export".to_owned(), token)]);
        let before = datetime!(2027-01-30 23:59:59 UTC);
        assert_eq!(owner(&tokens, &secret, before), Some(("export", Role::Support)));
        assert_eq!(owner(&tokens, &secret, datetime!(2027-01-31 0:00 UTC)), None);
        assert_eq!((owner(&tokens, "", before), owner(&tokens, &secret[..72], before)), (None, None));
        for bad in ["", "viewer:2027-01-31", "viewer:soon:00", "boss:2027-01-31:", "viewer:2027-01-31:abc"] {
            assert!(Token::parse(bad).is_err(), "{bad}");
        }
    }
}
