//! A value and where it came from.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The layer a value came from, lowest first: a later one wins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    /// `config/default.toml`
    Default,
    /// The file.
    File {
        /// Which.
        path: PathBuf,
        /// In which line, from 1.
        line: usize,
    },
    /// `$CREDENTIALS_DIRECTORY`
    Credential(PathBuf),
    /// The environment: the variable's name.
    Env(String),
    /// The command line.
    Flag,
}

impl Origin {
    /// Higher wins.
    pub(super) fn rank(&self) -> u8 {
        match self {
            Origin::Default => 0,
            Origin::File { .. } => 1,
            Origin::Credential(_) => 2,
            Origin::Env(_) => 3,
            Origin::Flag => 4,
        }
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Origin::Default => write!(f, "default"),
            Origin::File { path, line } => write!(f, "file {}, line {line}", path.display()),
            Origin::Credential(path) => write!(f, "credential {}", path.display()),
            Origin::Env(name) => write!(f, "environment {name}"),
            Origin::Flag => write!(f, "command line"),
        }
    }
}

/// A value. No `Debug`: it may be a secret.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// Text.
    Text(String),
    /// A whole number.
    Number(i64),
    /// `true` or `false`.
    Flag(bool),
}

impl Value {
    /// What it is, in words for a finding.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Value::Text(_) => "text in quotes",
            Value::Number(_) => "a whole number",
            Value::Flag(_) => "true or false",
        }
    }

    /// Reads text as the kind of this value: the environment and the command line know no types, the defaults do, so
    /// that a password `0123` stays one.
    pub(super) fn parse_as(&self, text: &str) -> Option<Value> {
        match self {
            Value::Text(_) => Some(Value::Text(text.to_owned())),
            Value::Number(_) => text.trim().parse().ok().map(Value::Number),
            Value::Flag(_) => text.trim().parse().ok().map(Value::Flag),
        }
    }
}

/// A value, where it came from, and through which file.
#[derive(Clone)]
pub(super) struct Setting {
    /// What.
    pub(super) value: Value,
    /// From where.
    pub(super) origin: Origin,
    /// The file a `*_file` twin named, when the value was read from it.
    pub(super) through: Option<PathBuf>,
}

impl Setting {
    /// The layer, in words.
    pub(super) fn layer(&self) -> String {
        match &self.through {
            Some(path) => format!("{}, through {}", self.origin, Path::display(path)),
            None => self.origin.to_string(),
        }
    }
}

/// Settings by dotted key.
pub(super) type Values = BTreeMap<String, Setting>;
