//! Secrets from files: `*_file` twins and systemd credentials. And masks, for everything that is shown.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::Finding;
use super::value::{Origin, Setting, Value, Values};

/// The keys that hold secrets. Each has a twin that ends in `_file`.
pub(super) const SECRETS: [&str; 6] =
    ["broker.management_url", "broker.url", "http.bounces_token", "mail.dkim.key", "mail.smtp.password", "store.url"];

/// Longest secret file in bytes: no password is longer, and a wrong path may name anything.
const SECRET_BYTES_MAX: u64 = 64 * 1024;

/// Replaces each secret that a twin or a credential gives, in order of the layers: in one layer a secret and its twin
/// exclude each other.
pub(super) fn resolve(values: &mut Values, credentials: Option<&Path>, findings: &mut Vec<Finding>) {
    for key in SECRETS {
        if let Some((path, origin)) = source_of(key, values, credentials, findings) {
            match read(&path) {
                Ok(secret) => {
                    let through = (!matches!(origin, Origin::Credential(_))).then_some(path);
                    values.insert(key.to_owned(), Setting { value: Value::Text(secret), origin, through });
                }
                Err(message) => {
                    let key = if matches!(origin, Origin::Credential(_)) { key.to_owned() } else { twin(key) };
                    let message = format!("{}: {message}", path.display());
                    findings.push(Finding { key, layer: origin.to_string(), message });
                }
            }
        }
    }
}

fn twin(key: &str) -> String {
    format!("{key}_file")
}

/// Which file gives this secret, if one does.
fn source_of(
    key: &str, values: &Values, credentials: Option<&Path>, findings: &mut Vec<Finding>,
) -> Option<(PathBuf, Origin)> {
    let plain = values.get(key).filter(|setting| is_set(setting));
    let plain_rank = plain.map(|setting| setting.origin.rank());
    let mut best: Option<(PathBuf, Origin)> = None;
    if let Some(file) = values.get(&twin(key)).filter(|setting| is_set(setting)) {
        let rank = file.origin.rank();
        if plain_rank == Some(rank) && rank > Origin::Default.rank() {
            let message = format!("is set together with {key}: one of them must go");
            findings.push(Finding { key: twin(key), layer: file.origin.to_string(), message });
        } else if plain_rank.is_none_or(|plain| rank > plain)
            && let Value::Text(path) = &file.value
        {
            best = Some((PathBuf::from(path), file.origin.clone()));
        }
    }
    let credential = credentials.map(|folder| folder.join(key)).filter(|path| path.exists());
    if let Some(path) = credential {
        let origin = Origin::Credential(path.clone());
        let below = best.as_ref().map(|(_, origin)| origin.rank()).max(plain_rank);
        if below.is_none_or(|below| origin.rank() > below) {
            best = Some((path, origin));
        }
    }
    best
}

fn is_set(setting: &Setting) -> bool {
    setting.value != Value::Text(String::new())
}

fn read(path: &Path) -> Result<String, String> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(SECRET_BYTES_MAX + 1).read_to_end(&mut bytes))
        .map_err(|error| format!("cannot be read: {error}"))?;
    if bytes.len() as u64 > SECRET_BYTES_MAX {
        return Err(format!("is longer than {SECRET_BYTES_MAX} bytes"));
    }
    let text = String::from_utf8(bytes).map_err(|_| "is not UTF-8".to_owned())?;
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.is_empty() { Err("is empty".to_owned()) } else { Ok(text.to_owned()) }
}

/// A secret as it may be shown: of a URL all but the password and telling parameters, of anything else nothing.
pub(super) fn mask(secret: &str) -> String {
    if secret.is_empty() {
        return String::new();
    }
    if let Some(path) = secret.strip_prefix("sqlite:") {
        return format!("sqlite:{}", mask_query(path));
    }
    let Some((scheme, rest)) = secret.split_once("://").filter(|(scheme, _)| is_scheme(scheme)) else {
        return MASK.to_owned();
    };
    // The last `@`, so that a password with an unescaped `@` or `/` in it is hidden whole.
    match rest.rsplit_once('@') {
        Some((login, place)) => {
            let (user, password) = login.split_once(':').map_or((login, ""), |(user, _)| (user, MASK));
            let colon = if password.is_empty() { "" } else { ":" };
            format!("{scheme}://{user}{colon}{password}@{}", mask_query(place))
        }
        None => format!("{scheme}://{}", mask_query(rest)),
    }
}

const MASK: &str = "***";

fn is_scheme(scheme: &str) -> bool {
    !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// Hides the value of each parameter whose name is not known to be harmless.
fn mask_query(place: &str) -> String {
    const HARMLESS: [&str; 9] = [
        "application_name",
        "channel_max",
        "connection_timeout",
        "frame_max",
        "heartbeat",
        "host",
        "mode",
        "port",
        "sslmode",
    ];
    let Some((path, query)) = place.split_once('?') else { return place.to_owned() };
    let shown: Vec<String> = query
        .split('&')
        .map(|parameter| match parameter.split_once('=') {
            Some((name, _)) if !HARMLESS.contains(&name) => format!("{name}={MASK}"),
            _ => parameter.to_owned(),
        })
        .collect();
    format!("{path}?{}", shown.join("&"))
}

#[cfg(test)]
mod tests {
    use super::mask;

    #[test]
    fn a_mask_hides_every_password() {
        for (secret, shown) in [
            ("", ""),
            ("hunter2", "***"),
            ("hunter2 with://strange@things", "***"),
            ("sqlite:var/makegood.db", "sqlite:var/makegood.db"),
            ("sqlite:x.db?mode=rwc&key=hunter2", "sqlite:x.db?mode=rwc&key=***"),
            ("amqp://127.0.0.1:5672", "amqp://127.0.0.1:5672"),
            ("amqp://guest@host/v", "amqp://guest@host/v"),
            ("amqp://guest:hunter2@host:5672/%2f?heartbeat=5", "amqp://guest:***@host:5672/%2f?heartbeat=5"),
            ("postgres://u:hun/ter@2@host/db", "postgres://u:***@host/db"),
            ("postgres://host/db?user=u&password=hunter2", "postgres://host/db?user=***&password=***"),
            ("postgres://:hunter2@host/db", "postgres://:***@host/db"),
        ] {
            assert_eq!(mask(secret), shown);
        }
    }
}
