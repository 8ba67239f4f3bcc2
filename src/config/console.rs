//! `[console]`: who may into the operator console.

use super::reader::Reader;
use crate::admin::console::Role;

/// `[console]`
#[derive(Debug, Clone)]
pub struct ConsoleConfig {
    /// Role of whoever is on this machine while no login is configured; `None`: nobody is let in.
    pub loopback_role: Option<Role>,
}

impl ConsoleConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let roles = Role::ALL.map(|role| (role.as_str(), Some(role)));
        Self { loopback_role: reader.choice("console.loopback_role", ("none", None), &roles) }
    }
}
