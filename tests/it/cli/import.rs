//! `makegood import`: NDJSON and CSV, once and again, and rows that are wrong.

use super::{Desk, MARKET};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Far more than it takes, on a busy machine and unoptimised.
const BIG_MAX: Duration = Duration::from_secs(120);
const BIG_ROWS: usize = 20_000;

fn rows() -> Vec<Map<String, Value>> {
    MARKET.lines().map(|line| serde_json::from_str(line).expect("a row")).collect()
}

fn by_table() -> BTreeMap<String, Vec<Map<String, Value>>> {
    let mut tables: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for mut row in rows() {
        let table = row.remove("table").expect("a table");
        tables.entry(table.as_str().expect("a name").to_owned()).or_default().push(row);
    }
    tables
}

/// What an import of the whole marketplace answers.
fn written(desk: &Desk, files: &[&str]) {
    let tables = by_table();
    let json = desk.run(&[&["import", "--json"], files].concat()).json(0);
    for (table, rows) in &tables {
        assert_eq!(json[table], rows.len(), "{table} of {json}");
    }
    assert_eq!(json["unchanged"], 0);
    let again = desk.run(&[&["import", "--json"], files].concat()).json(0);
    assert_eq!(again["unchanged"], rows().len());
    assert!(tables.keys().all(|table| again[table] == 0), "{again}");
}

/// The facts are the demo's: the events return the same.
fn same_facts(desk: &Desk) {
    let summary = desk.feed(&["process", "--json", "--no-mail"], super::EVENTS).json(3);
    assert_eq!((&summary["credits"], &summary["connects"]), (&json!(8), &json!(73)));
}

#[test]
fn rows_that_name_their_table() {
    let desk = Desk::new();
    desk.write("market.ndjson", MARKET);
    written(&desk, &["market.ndjson"]);
    same_facts(&desk);
    let text = desk.run(&["import", "market.ndjson"]).done();
    assert!(text.ends_with(&format!("{} rows were there already\n", rows().len())), "{text}");
}

#[test]
fn files_named_after_tables_in_any_order() {
    let desk = Desk::new();
    for (table, rows) in by_table() {
        let lines: String = rows.iter().map(|row| format!("{}\n", Value::Object(row.clone()))).collect();
        desk.write(&format!("{table}.ndjson"), lines);
    }
    let files =
        ["entries.ndjson", "proposals.ndjson", "jobs.ndjson", "accounts.ndjson", "people.ndjson", "clients.ndjson"];
    written(&desk, &files);
    same_facts(&desk);
}

#[test]
fn csv_for_every_table() {
    let desk = Desk::new();
    let mut files = Vec::new();
    for (table, rows) in by_table() {
        let columns: Vec<String> =
            rows.iter().flat_map(Map::keys).cloned().collect::<std::collections::BTreeSet<_>>().into_iter().collect();
        let mut text = format!("{}\n", columns.join(","));
        for row in &rows {
            let cell = |column: &String| match row.get(column) {
                None => String::new(),
                Some(Value::String(text)) => format!("\"{}\"", text.replace('"', "\"\"")),
                Some(other) => other.to_string(),
            };
            text.push_str(&format!("{}\n", columns.iter().map(cell).collect::<Vec<_>>().join(",")));
        }
        files.push(format!("{table}.csv"));
        desk.write(&format!("{table}.csv"), text);
    }
    files.reverse();
    written(&desk, &files.iter().map(String::as_str).collect::<Vec<_>>());
    same_facts(&desk);
}

#[test]
fn stdin_and_a_dry_run() {
    let desk = Desk::new();
    let told = desk.feed(&["import", "--dry-run", "-"], MARKET).done();
    assert_eq!(told, format!("{} rows are readable; nothing was written\n", rows().len()));
    assert_eq!(desk.feed(&["import", "--dry-run", "--json", "-"], MARKET).json(0)["rows"], rows().len());
    assert_eq!(desk.list("var"), Vec::<String>::new(), "no database");
    assert_eq!(desk.feed(&["import", "--json", "-"], MARKET).json(0)["unchanged"], 0);
}

#[test]
fn a_wrong_row_is_named_with_file_line_and_field() {
    let desk = Desk::new();
    let person = "{\"person_id\": \"a\"}\n";
    let cases: [(&str, String, &[&str]); 10] = [
        ("people.ndjson", format!("{person}{{\"person_id\": 7}}\n"), &["people.ndjson:2", "people.person_id"]),
        ("people.ndjson", format!("{person}\n{{\"nmae\": \"x\"}}\n"), &["people.ndjson:3", "nmae"]),
        ("people.ndjson", format!("{person}{{\n"), &["people.ndjson:2", "no JSON"]),
        ("people.ndjson", "[]\n".to_owned(), &["people.ndjson:1", "a row is a JSON object"]),
        ("people.ndjson", "{\"table\": \"jobs\"}\n".to_owned(), &["people.ndjson:1", "jobs", "people"]),
        ("mixed.ndjson", "{\"table\": \"jbos\"}\n".to_owned(), &["mixed.ndjson:1", "jbos", "is no table"]),
        ("mixed.ndjson", person.to_owned(), &["mixed.ndjson:1", "which table?"]),
        ("entries.csv", "entry_id,account_id,kind,amount\ne,a,fee,many\n".to_owned(), &["entries.csv:2", "amount"]),
        ("mixed.csv", "person_id\na\n".to_owned(), &["mixed.csv", "which table?"]),
        ("people.txt", person.to_owned(), &["people.txt", "must end in"]),
    ];
    for (name, text, words) in cases {
        desk.write(name, text);
        desk.run(&["import", name]).failed(1, words);
        desk.run(&["import", "--dry-run", name]).failed(1, words);
    }
}

#[test]
fn a_row_the_database_refuses_is_named() {
    let desk = Desk::new();
    let row = json!({
        "entry_id": "e", "account_id": "nobody", "kind": "grant", "amount": 5, "created_at": "2026-01-01T00:00:00Z",
    });
    desk.write("entries.ndjson", row.to_string());
    desk.run(&["import", "entries.ndjson"]).failed(1, &["entries.ndjson:1", "nobody"]);
    desk.write("jobs.csv", "job_id,client_id,title,state,state_since\nj,c,t,lost,2026-01-01T00:00:00Z\n");
    desk.run(&["import", "jobs.csv"]).failed(1, &["jobs.csv:2", "job j: state", "open"]);
}

#[test]
fn many_rows_take_a_bounded_time() {
    let desk = Desk::with_market();
    let entry = |number: usize| {
        json!({
            "entry_id": format!("bulk-{number}"), "account_id": "amara-own", "kind": "grant", "amount": 1,
            "created_at": "2026-11-01T00:00:00Z",
        })
    };
    let lines: String = (0..BIG_ROWS).map(|number| format!("{}\n", entry(number))).collect();
    desk.write("entries.ndjson", lines);
    let began = Instant::now();
    assert_eq!(desk.run(&["import", "--json", "entries.ndjson"]).json(0)["entries"], BIG_ROWS);
    assert_eq!(desk.run(&["import", "--json", "entries.ndjson"]).json(0)["unchanged"], BIG_ROWS);
    assert!(began.elapsed() < BIG_MAX, "{:?}", began.elapsed());
}
