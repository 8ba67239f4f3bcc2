//! What a bench says: one table and one line of JSON on stdout, talk on stderr.

use std::process::ExitCode;

use serde_json::{Map, Value};

/// Figures in their order, and which bounds are broken.
#[derive(Debug, Default)]
pub struct Report {
    name: &'static str,
    rows: Vec<(String, String)>,
    json: Map<String, Value>,
    broken: Vec<String>,
}

impl Report {
    /// An empty one.
    pub fn new(name: &'static str) -> Self {
        Self { name, ..Self::default() }
    }

    /// A figure: its key in JSON, what it is called in the table, its value and unit.
    pub fn figure(&mut self, key: &str, label: &str, value: impl Into<Value>, unit: &str) {
        let value = value.into();
        let shown = value.as_f64().filter(|_| value.is_f64()).map_or_else(|| value.to_string(), short);
        self.rows.push((label.to_owned(), format!("{shown} {unit}").trim_end().to_owned()));
        self.json.insert(key.to_owned(), value.as_f64().filter(|_| value.is_f64()).map_or(value, rounded));
    }

    /// What must be true.
    pub fn bound(&mut self, holds: bool, otherwise: impl Into<String>) {
        if !holds {
            self.broken.push(otherwise.into());
        }
    }

    /// Prints it; the exit code says whether every bound held.
    pub fn print(mut self) -> ExitCode {
        let width = self.rows.iter().map(|(label, _)| label.len()).max().unwrap_or_default();
        println!("{}", self.name);
        for (label, value) in &self.rows {
            println!("  {label:width$}  {value:>16}");
        }
        for broken in &self.broken {
            println!("  BROKEN: {broken}");
        }
        let mut line = Map::from_iter([("bench".to_owned(), Value::from(self.name))]);
        line.append(&mut self.json);
        line.insert("ok".to_owned(), self.broken.is_empty().into());
        println!("{}", Value::Object(line));
        if self.broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

/// Three digits that count.
fn short(value: f64) -> String {
    let decimals = if value.abs() >= 100.0 {
        0
    } else if value.abs() >= 10.0 {
        1
    } else {
        3
    };
    format!("{value:.decimals$}")
}

fn rounded(value: f64) -> Value {
    ((value * 1000.0).round() / 1000.0).into()
}

/// The value below which `share` of them lie; 0 of none.
pub fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1);
    sorted.get((last as f64 * share).round() as usize).copied().unwrap_or_default()
}
