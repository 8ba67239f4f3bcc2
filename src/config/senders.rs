//! `[mail.classes.*]`: another sender for some notices. What a class leaves empty is that of `[mail]`.

use super::mail::{address, check_placeholder};
use super::reader::Reader;

/// Who writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SenderConfig {
    /// Name in From.
    pub from_name: String,
    /// Address in From.
    pub from_address: String,
    /// Reply-To.
    pub reply_to: Option<String>,
    /// Where bounces go.
    pub envelope_sender: String,
}

/// The sender of each class.
#[derive(Debug, Clone)]
pub struct MailClasses {
    /// `[mail.classes.returns]`
    pub returns: SenderConfig,
    /// `[mail.classes.declines]`
    pub declines: SenderConfig,
    /// `[mail.classes.applications]`
    pub applications: SenderConfig,
}

impl MailClasses {
    pub(super) fn read(reader: &mut Reader<'_>, common: &SenderConfig) -> Self {
        Self {
            returns: SenderConfig::read(reader, "mail.classes.returns", common),
            declines: SenderConfig::read(reader, "mail.classes.declines", common),
            applications: SenderConfig::read(reader, "mail.classes.applications", common),
        }
    }
}

impl SenderConfig {
    fn read(reader: &mut Reader<'_>, class: &str, common: &Self) -> Self {
        let key = |name: &str| format!("{class}.{name}");
        let sender = Self {
            from_name: reader.optional(&key("from_name")).unwrap_or_else(|| common.from_name.clone()),
            from_address: address(reader, &key("from_address")).unwrap_or_else(|| common.from_address.clone()),
            reply_to: address(reader, &key("reply_to")).or_else(|| common.reply_to.clone()),
            envelope_sender: address(reader, &key("envelope_sender")).unwrap_or_else(|| common.envelope_sender.clone()),
        };
        if reader.is_changed(&key("from_address")) {
            check_placeholder(reader, &key("from_address"), &sender.from_address);
        }
        sender
    }
}
