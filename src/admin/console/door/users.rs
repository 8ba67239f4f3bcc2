//! Local users: `name:role:hash`, as `makegood console users` writes them.

use super::password;
use super::records::Record;
use crate::admin::console::Role;

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// What they may.
    pub role: Role,
    /// Of the password: argon2id, in PHC form.
    pub hash: String,
}

impl User {
    /// As it stands in the file behind the name.
    pub fn fields(&self) -> String {
        format!("{}:{}", self.role, self.hash)
    }
}

impl Record for User {
    fn parse(fields: &str) -> Result<Self, String> {
        let (role, hash) = fields.split_once(':').ok_or("name:role:hash is expected")?;
        password::check(hash)?;
        Ok(Self { role: role.parse()?, hash: hash.to_owned() })
    }
}
