//! A statement as CSV (RFC 4180), page by page, for a spreadsheet.

use std::io;

use csv::Writer;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::Line;

/// Columns, in the order in which they stand.
const COLUMNS: [&str; 15] = [
    "at",
    "entry",
    "kind",
    "amount",
    "balance",
    "cause",
    "reason",
    "proposal",
    "job",
    "job_title",
    "expires_at",
    "reverses",
    "reversed_by",
    "event_source",
    "event_id",
];

/// Lines as CSV. `first`: the names of the columns stand above them.
///
/// No text of others is a formula to a spreadsheet ([`spreadsheet_safe`]); moments are RFC 3339.
pub fn to_csv(lines: &[Line], first: bool) -> io::Result<Vec<u8>> {
    let mut writer = Writer::from_writer(Vec::new());
    if first {
        writer.write_record(COLUMNS)?;
    }
    for line in lines {
        let at = |at: OffsetDateTime| at.format(&Rfc3339).unwrap_or_default();
        let text = |text: &Option<String>| spreadsheet_safe(text.as_deref().unwrap_or_default());
        writer.write_record([
            at(line.at),
            spreadsheet_safe(&line.entry),
            spreadsheet_safe(&line.kind),
            line.amount.to_string(),
            line.balance.to_string(),
            spreadsheet_safe(&line.cause),
            text(&line.reason),
            text(&line.proposal),
            text(&line.job),
            text(&line.job_title),
            line.expires_at.map(at).unwrap_or_default(),
            text(&line.reverses),
            text(&line.reversed_by),
            text(&line.event_source),
            text(&line.event_id),
        ])?;
    }
    writer.into_inner().map_err(csv::IntoInnerError::into_error)
}

/// A text for a cell of CSV. One that a spreadsheet would take for a formula gets an apostrophe before it (OWASP
/// ASVS 5, 1.2.10).
fn spreadsheet_safe(text: &str) -> String {
    let runs = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝', '＋', '－', '＠']);
    if runs { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::spreadsheet_safe;

    #[test]
    fn no_cell_is_a_formula() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1"] {
            assert_eq!(spreadsheet_safe(formula), format!("'{formula}"));
        }
        assert_eq!(spreadsheet_safe("Logo = good"), "Logo = good");
    }
}
