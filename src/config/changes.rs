//! What `config/changes.toml` says about keys of older files: renamed, removed, or with another default.

use serde::Deserialize;

use super::Finding;
use super::value::{Origin, Value, Values};

const CHANGES_TOML: &str = include_str!("../../config/changes.toml");

/// All of them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Changes {
    change: Vec<Change>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    key: String,
    version: String,
    renamed_to: Option<String>,
    removed: Option<String>,
    default_was: Option<toml::Value>,
    why: String,
}

impl Changes {
    /// Those compiled in; none where the file is no TOML, which a test excludes.
    pub(super) fn known() -> Self {
        toml::from_str(CHANGES_TOML).unwrap_or(Self { change: Vec::new() })
    }

    /// What to do about a key that was one.
    pub(super) fn gone(&self, key: &str) -> Option<String> {
        let change = self.change.iter().find(|change| change.key == key && change.default_was.is_none())?;
        let Change { version, why, .. } = change;
        Some(match (&change.renamed_to, &change.removed) {
            (Some(to), _) => format!("is called {to} since {version}: {why}"),
            (None, Some(instead)) => format!("is gone since {version}: {why}; {instead}"),
            (None, None) => format!("changed in {version}: {why}"),
        })
    }

    /// Values that somebody set to what was the default once.
    pub(super) fn notes(&self, values: &Values) -> Vec<Finding> {
        let note = |change: &Change| {
            let setting = values.get(&change.key).filter(|setting| !matches!(setting.origin, Origin::Default))?;
            let is_old = match (&setting.value, change.default_was.as_ref()?) {
                (Value::Text(text), toml::Value::String(old)) => text == old,
                (Value::Number(number), toml::Value::Integer(old)) => i128::from(*number) == i128::from(*old),
                (Value::Flag(flag), toml::Value::Boolean(old)) => flag == old,
                _ => false,
            };
            let message = format!("was the default before {} and is not any more: {}", change.version, change.why);
            is_old.then(|| Finding { key: change.key.clone(), layer: setting.layer(), message })
        };
        self.change.iter().filter_map(note).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{CHANGES_TOML, Changes};

    #[test]
    fn what_is_compiled_in_can_be_read() {
        let changes: Changes = toml::from_str(CHANGES_TOML).expect("TOML of changes");
        for change in &changes.change {
            let whats = [change.renamed_to.is_some(), change.removed.is_some(), change.default_was.is_some()];
            assert_eq!(whats.iter().filter(|what| **what).count(), 1, "{}", change.key);
        }
    }

    #[test]
    fn a_key_that_is_gone_says_where_it_went() {
        let changes: Changes = toml::from_str(
            "[[change]]\nkey = 'a.b'\nversion = '2.0.0'\nrenamed_to = 'a.c'\nwhy = 'one word for one thing'\n\
             [[change]]\nkey = 'a.d'\nversion = '2.0.0'\nremoved = 'take the line away'\nwhy = 'it did nothing'\n",
        )
        .expect("TOML");
        assert_eq!(changes.gone("a.b").as_deref(), Some("is called a.c since 2.0.0: one word for one thing"));
        assert_eq!(changes.gone("a.d").as_deref(), Some("is gone since 2.0.0: it did nothing; take the line away"));
        assert_eq!(changes.gone("a.e"), None);
    }
}
