//! `[mail.dkim]`: all of it, or nothing.

use secrecy::SecretString;

use super::mail::host_name;
use super::reader::Reader;

/// `[mail.dkim]`, where it is set.
#[derive(Debug, Clone)]
pub struct DkimConfig {
    /// The signing domain.
    pub domain: String,
    /// Which of the domain's keys.
    pub selector: String,
    /// The private key, PEM.
    pub key: SecretString,
}

impl DkimConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let (domain, selector) = (host_name(reader, "mail.dkim.domain"), host_name(reader, "mail.dkim.selector"));
        let key = reader.secret_text("mail.dkim.key");
        if let (Some(domain), Some(selector), Some(key)) = (&domain, &selector, &key) {
            return Some(Self { domain: domain.clone(), selector: selector.clone(), key: key.clone() });
        }
        let missing = [
            ("mail.dkim.domain", domain.is_none()),
            ("mail.dkim.selector", selector.is_none()),
            ("mail.dkim.key", key.is_none()),
        ];
        if missing.iter().any(|(_, missing)| !missing) {
            for (key, _) in missing.iter().filter(|(_, missing)| *missing) {
                reader.complain(
                    key,
                    "must be set, because others of mail.dkim are: domain, selector and key sign together",
                );
            }
        }
        None
    }
}
