//! From the configuration's `[mail]` to who writes, who signs, how fast, and what is wrong with it.

use std::collections::BTreeSet;

use crate::config::{Config, ConfigError, Finding, LimitsConfig, SenderConfig};
use crate::mail::{Addressing, DkimOptions, DkimSigner, NoticeClass, Senders};
use crate::worker::{Limits, Ramp};

/// Who writes, and who vouches for it.
pub fn senders(config: &Config) -> Result<Senders, ConfigError> {
    let dkim = signer(config).transpose().map_err(|finding| ConfigError { findings: vec![finding] })?;
    Ok(Senders::new(|class| addressing(config, sender(config, class)), dkim))
}

fn signer(config: &Config) -> Option<Result<DkimSigner, Finding>> {
    let dkim = config.mail.dkim.as_ref()?;
    let (domain, selector, key) = (dkim.domain.clone(), dkim.selector.clone(), dkim.key.clone());
    let signer = DkimSigner::new(&DkimOptions { domain, selector, key });
    Some(signer.map_err(|error| config.finding("mail.dkim.key", error.to_string())))
}

fn sender(config: &Config, class: NoticeClass) -> &SenderConfig {
    let classes = &config.mail.classes;
    match class {
        NoticeClass::Returns => &classes.returns,
        NoticeClass::Declines => &classes.declines,
        NoticeClass::Applications => &classes.applications,
    }
}

fn addressing(config: &Config, sender: &SenderConfig) -> Addressing {
    Addressing {
        from_name: sender.from_name.clone(),
        from: sender.from_address.clone(),
        reply_to: sender.reply_to.clone(),
        envelope_sender: sender.envelope_sender.clone(),
        message_id_domain: config.mail.message_id_domain.clone(),
        help_url: config.mail.help_url.clone(),
    }
}

/// How fast mail may leave.
pub(super) fn limits(limits: &LimitsConfig) -> Limits {
    let ramp =
        Ramp { per_minute: limits.ramp_per_minute, double_every: limits.ramp_double_every, idle: limits.ramp_idle };
    Limits {
        per_minute: limits.per_minute,
        domain_per_minute: limits.domain_per_minute,
        domain_connections: limits.domain_connections,
        ramp: (ramp.per_minute > 0).then_some(ramp),
    }
}

/// What is wrong with senders and signature.
pub(super) fn findings(config: &Config) -> Vec<Finding> {
    let mail = &config.mail;
    let common = SenderConfig {
        from_name: mail.from_name.clone(),
        from_address: mail.from_address.clone(),
        reply_to: mail.reply_to.clone(),
        envelope_sender: mail.envelope_sender.clone(),
    };
    let check = |sender: &SenderConfig, section: &str| -> Vec<(String, String)> {
        let named = |key| if key == "from" { "from_address" } else { key };
        let found = addressing(config, sender).check().into_iter();
        found.map(|(key, why)| (format!("{section}.{}", named(key)), why)).collect()
    };
    let mut found = check(&common, "mail");
    for class in NoticeClass::ALL {
        let of_class = check(sender(config, class), &format!("mail.classes.{}", class.as_str()));
        // What is wrong with a value of [mail] is said once, of [mail].
        found.extend(of_class.into_iter().filter(|(key, _)| config.is_set(key)));
    }
    let mut findings: Vec<Finding> = found.into_iter().map(|(key, why)| config.finding(&key, why)).collect();
    findings.extend(signer(config).and_then(Result::err));
    findings.extend(misaligned(config));
    findings
}

/// A signature that speaks for none of the From domains proves nothing to DMARC.
fn misaligned(config: &Config) -> Option<Finding> {
    let domain = &config.mail.dkim.as_ref()?.domain;
    let froms = NoticeClass::ALL.map(|class| &*sender(config, class).from_address);
    let strangers = froms.into_iter().filter(|from| !DkimSigner::is_aligned(domain, from));
    let strangers: BTreeSet<&str> = strangers.filter_map(|from| from.rsplit_once('@')).map(|(_, to)| to).collect();
    let first = strangers.first()?;
    let message =
        format!("signs for {domain}, and mails come from {first}: receivers would not count the signature (DMARC)");
    Some(config.finding("mail.dkim.domain", message))
}
