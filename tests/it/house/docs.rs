//! Holds the documents against the program: links, commands, outputs, keys, metrics, examples, SQL, names of tests.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use makegood::event::{DecodeError, DecodeLimits, Event, Message, decode};
use serde_json::Value;
use sqlx::AssertSqlSafe;
use sqlx::postgres::PgPool;
use sqlx::sqlite::SqlitePool;

use crate::support::postgres::Database;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A document: where it is, its prose, and its fenced blocks with what stands behind the fence.
struct Document {
    path: &'static str,
    prose: String,
    blocks: Vec<(String, String)>,
}

impl Document {
    fn read(path: &'static str) -> Self {
        let (mut prose, mut blocks) = (String::new(), Vec::<(String, String)>::new());
        let mut inside = false;
        for line in read(path).lines() {
            match line.strip_prefix("```") {
                Some(info) => {
                    inside = !inside;
                    if inside {
                        blocks.push((info.trim().to_owned(), String::new()));
                    }
                }
                None if inside => {
                    let block = &mut blocks.last_mut().expect("a block is open").1;
                    block.push_str(line);
                    block.push('\n');
                }
                None => {
                    prose.push_str(line);
                    prose.push('\n');
                }
            }
        }
        assert!(!inside, "{path}: a block is not closed");
        Document { path, prose, blocks }
    }

    /// What stands between backticks.
    fn code(&self) -> impl Iterator<Item = &str> {
        self.prose.lines().flat_map(|line| line.split('`').skip(1).step_by(2))
    }

    fn blocks_of(&self, info: &str) -> impl Iterator<Item = &str> {
        self.blocks.iter().filter(move |(found, _)| found == info).map(|(_, text)| text.as_str())
    }

    /// The rows of the table between a heading and the next one, cells trimmed, without its head.
    fn rows_under(&self, heading: &str) -> Vec<Vec<String>> {
        let section = self.prose.split(&format!("\n{heading}\n")).nth(1).expect(heading);
        let section = section.split("\n#").next().expect("a section");
        let is_row = |line: &&str| line.starts_with('|');
        let rows = section.lines().filter(is_row).map(|line| {
            let cells = line.trim().trim_start_matches('|').trim_end_matches('|').split('|');
            cells.map(|cell| cell.trim().to_owned()).collect::<Vec<_>>()
        });
        let rows: Vec<_> = rows.collect();
        let rule = rows.iter().position(|row| row[0].starts_with("---")).expect("a table");
        rows[rule + 1..].to_vec()
    }
}

fn documents() -> Vec<Document> {
    let paths = ["README.md", "CHANGELOG.md", "src/ARCHITECTURE.md", "docs/integration.md", "docs/operations.md"];
    let more = [
        "docs/deploy.md",
        "docs/letters.md",
        "docs/metrics.md",
        "docs/reasons.md",
        "docs/runbook.md",
        "docs/scaling.md",
        "docs/support.md",
        "docs/dead-letters.md",
        "docs/mail.md",
        "docs/privacy.md",
        "docs/audit.md",
        "docs/policy.md",
        "docs/console.md",
        "docs/security.md",
        "tests/scenarios/README.md",
    ];
    paths.into_iter().chain(more).map(Document::read).collect()
}

fn makegood(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_makegood"));
    command.current_dir(root()).env_remove("MAKEGOOD_CONFIG").args(arguments);
    command.output().expect("the program runs")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

/// The anchor GitHub gives a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

#[test]
fn every_link_leads_somewhere() {
    let mut findings = Vec::new();
    for document in documents() {
        for (_, rest) in document.prose.match_indices("](").map(|(at, _)| document.prose.split_at(at + 2)) {
            let target = rest.split(')').next().unwrap_or_default();
            let (file, fragment) = target.split_once('#').unwrap_or((target, ""));
            if target.contains("://") {
                continue;
            }
            let folder = Path::new(document.path).parent().expect("a folder");
            let path = root().join(if file.is_empty() { PathBuf::from(document.path) } else { folder.join(file) });
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            let headings = text.lines().filter(|line| line.starts_with('#'));
            let mut anchors = headings.map(|line| anchor(line.trim_start_matches('#').trim()));
            if !path.exists() || !(fragment.is_empty() || anchors.any(|known| known == fragment)) {
                findings.push(format!("{}: {target}", document.path));
            }
        }
    }
    assert!(findings.is_empty(), "links that lead nowhere:\n{}", findings.join("\n"));
}

/// Sub-commands and flags of a line that begins with `makegood`.
fn parts(line: &str) -> (Vec<&str>, Vec<&str>) {
    let line = line.split(['#', '|', '>', '&']).next().unwrap_or_default();
    let words: Vec<&str> = line.split_whitespace().skip(1).collect();
    let verbs = words.iter().copied().take_while(|word| word.bytes().all(|b| b.is_ascii_lowercase()));
    let flags = words.iter().copied().filter(|word| word.starts_with("--"));
    let depth = match words.first() {
        // `console users add`: the one family of commands with three words.
        Some(&"console") => 3,
        // `explain account ID`: what it is, is no command.
        Some(&"explain") => 1,
        _ => 2,
    };
    (verbs.take(depth).collect(), flags.collect())
}

#[test]
fn every_command_shown_is_one() {
    let documents = documents();
    let mut lines = BTreeSet::new();
    for document in &documents {
        let blocks = document.blocks_of("sh").flat_map(str::lines);
        let shown = document
            .code()
            .chain(blocks)
            .chain(document.blocks.iter().map(|(info, _)| info.strip_prefix("text ").unwrap_or_default()));
        lines.extend(shown.map(str::trim).filter(|line| line.starts_with("makegood ")));
    }
    assert!(lines.len() > 15, "{lines:?}");
    for line in lines {
        let (verbs, flags) = parts(line);
        if verbs == ["help"] {
            continue;
        }
        let arguments: Vec<&str> = verbs.iter().copied().chain(["--help"]).collect();
        let output = makegood(&arguments);
        let help = stdout(&output);
        let usage = format!("Usage: makegood {}", verbs.join(" "));
        assert!(output.status.success() && help.contains(&usage), "{line}: no such command");
        for flag in flags {
            let known = help.split_whitespace().any(|word| word.trim_end_matches(',') == flag);
            assert!(known, "{line}: no such flag as {flag}");
        }
    }
}

#[test]
fn every_make_target_shown_is_one() {
    let makefile = read("Makefile");
    for document in documents() {
        let lines = document.blocks_of("sh").flat_map(str::lines).chain(document.code());
        for target in lines.filter_map(|line| line.strip_prefix("make ")) {
            let target = target.split_whitespace().next().expect("a target");
            assert!(makefile.lines().any(|line| line.starts_with(&format!("{target}:"))), "make {target}");
        }
    }
}

/// Where a document says which tests show something, there are some.
#[test]
fn every_test_that_a_document_names_exists() {
    let this = std::env::current_exe().expect("this program");
    let listed = stdout(&Command::new(this).arg("--list").output().expect("listed"));
    let mut seen = 0;
    for document in documents() {
        let lines = document.blocks_of("sh").flat_map(str::lines).chain(document.code());
        for line in lines.filter_map(|line| line.strip_prefix("make test ARGS=\"--test it -- ")) {
            let filters = line.split('"').next().expect("filters");
            for filter in filters.split_whitespace() {
                seen += 1;
                assert!(listed.lines().any(|test| test.contains(filter)), "{}: no test {filter}", document.path);
            }
        }
    }
    assert!(seen > 5, "{seen}");
}

/// A block whose fence names a command holds what that command prints; a line `…` stands for lines left out.
#[test]
fn output_shown_is_what_the_command_prints() {
    let mut seen = 0;
    for document in documents() {
        for (info, text) in &document.blocks {
            let Some(command) = info.strip_prefix("text makegood ") else { continue };
            let output = makegood(&command.split(' ').collect::<Vec<_>>());
            assert!(output.status.success(), "{command}");
            let printed = stdout(&output);
            let mut rest = printed.lines().filter(|line| !line.is_empty());
            let mut left_out = false;
            for line in text.lines().filter(|line| !line.is_empty()) {
                if line == "…" {
                    left_out = true;
                    continue;
                }
                let next = if left_out { rest.find(|printed| *printed == line) } else { rest.next() };
                assert_eq!(next, Some(line), "{}: {command}", document.path);
                left_out = false;
            }
            seen += 1;
        }
    }
    assert!(seen >= 3, "{seen} blocks");
}

fn keys() -> (BTreeSet<String>, BTreeSet<String>) {
    fn walk(table: &toml::Table, prefix: &str, keys: &mut BTreeSet<String>) {
        for (name, value) in table {
            let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
            if let toml::Value::Table(inner) = value {
                walk(inner, &key, keys);
            }
            keys.insert(key);
        }
    }
    let defaults: toml::Table = makegood::config::DEFAULT_TOML.parse().expect("TOML");
    let mut keys = BTreeSet::new();
    walk(&defaults, "", &mut keys);
    (defaults.keys().cloned().collect(), keys)
}

#[test]
fn every_configuration_key_named_exists() {
    let (sections, keys) = keys();
    let mut seen = BTreeSet::new();
    for document in documents() {
        for word in document.code() {
            let key = word.split([' ', '=']).next().unwrap_or_default();
            let section = key.split('.').next().unwrap_or_default();
            let shaped = key.bytes().all(|b| b.is_ascii_lowercase() || matches!(b, b'_' | b'.'));
            if shaped && key.contains('.') && sections.contains(section) {
                assert!(keys.contains(key), "{}: there is no key {key}", document.path);
                seen.insert(key.to_owned());
            }
        }
        for name in document.blocks_of("sh").flat_map(|block| block.split([' ', '\n'])) {
            let Some(key) = name.strip_prefix("MAKEGOOD_").and_then(|rest| rest.split('=').next()) else { continue };
            let key = key.to_lowercase().replace("__", ".");
            assert!(keys.contains(&key), "{}: there is no key {key}", document.path);
        }
    }
    assert!(seen.len() > 20, "{seen:?}");
}

#[test]
fn the_settings_of_the_policy_are_those_of_the_table() {
    let table: toml::Table = read("config/policy.toml").parse().expect("TOML");
    let settings = table["version"][0]["settings"].as_table().expect("settings");
    let known: BTreeMap<_, _> = settings.iter().map(|(name, value)| (name.clone(), value.to_string())).collect();
    let rows = Document::read("docs/operations.md").rows_under("## Policy");
    let plain = |cell: &String| cell.trim_matches('`').to_owned();
    let told: BTreeMap<_, _> = rows.iter().map(|row| (plain(&row[0]), plain(&row[1]))).collect();
    assert_eq!(told, known);
}

#[test]
fn the_exit_codes_are_those_of_the_program() {
    let row = |line: &str| {
        line.strip_prefix("//! | ").filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit())).map(str::to_owned)
    };
    let known: Vec<_> = read("src/cli/mod.rs").lines().filter_map(row).collect();
    let rows = Document::read("README.md").rows_under("## Exit codes");
    let told: Vec<_> = rows.iter().map(|row| format!("{} |", row.join(" | "))).collect();
    assert_eq!(told, known);
    assert_eq!(makegood(&["no-such-command"]).status.code(), Some(2));
    assert_eq!(makegood(&["--set", "broker.prefetch=0", "config", "check"]).status.code(), Some(78));
    assert_eq!(makegood(&["health", "--address", "127.0.0.1:1"]).status.code(), Some(1));
}

#[test]
fn the_changelog_opens_with_what_is_coming_or_this_version() {
    let changelog = read("CHANGELOG.md");
    let first = changelog.lines().find(|line| line.starts_with("## ")).expect("a version");
    assert!(
        first == "## [Unreleased]" || first.starts_with(concat!("## [", env!("CARGO_PKG_VERSION"), "]")),
        "{first}"
    );
}

fn example(name: &str) -> String {
    read(&format!("docs/examples/{name}"))
}

fn decoded(name: &str) -> Result<Event, DecodeError> {
    let text = example(name);
    let message = if name.ends_with(".binary.json") {
        let parts: Value = serde_json::from_str(&text).expect("JSON");
        let headers = parts["headers"].as_object().expect("headers").iter();
        Message {
            body: parts["body"].to_string().into_bytes(),
            content_type: parts["content_type"].as_str().map(str::to_owned),
            headers: headers.map(|(name, value)| (name.clone(), value.as_str().expect("text").to_owned())).collect(),
            ..Message::default()
        }
    } else {
        Message::structured(text.into_bytes())
    };
    decode(&message, DecodeLimits { body_bytes_max: 262_144 })
}

#[test]
fn the_examples_are_what_they_are_said_to_be() {
    let document = Document::read("docs/integration.md");
    let rows = document.rows_under("### What is refused");
    let mut bad = BTreeMap::new();
    for row in &rows {
        let name = row[0].trim_start_matches('[').split(']').next().expect("a name").to_owned();
        bad.insert(name, (row[1].trim_matches('`').to_owned(), row[2].trim_matches('`').to_owned()));
    }
    let folder = std::fs::read_dir(root().join("docs/examples")).expect("the examples");
    let names = folder.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"));
    for name in names.filter(|name| Path::new(name).extension().is_some_and(|found| found == "json")) {
        match (decoded(&name), bad.remove(&name)) {
            (Ok(_), None) => {}
            (Err(error), Some((code, pointer))) => {
                assert_eq!((error.code(), error.pointer()), (code.as_str(), Some(pointer.as_str())), "{name}");
            }
            (outcome, told) => panic!("{name}: {outcome:?}, told {told:?}"),
        }
    }
    assert!(bad.is_empty(), "{bad:?} are not there");
    assert_eq!(decoded("job-canceled.json").map(|e| e.hash), decoded("job-canceled.binary.json").map(|e| e.hash));
    for block in document.blocks_of("json") {
        let event: Value = serde_json::from_str(block).expect("JSON");
        let name = format!("{}.json", event["type"].as_str().expect("a type"));
        assert_eq!(event, serde_json::from_str::<Value>(&example(&name)).expect("JSON"), "{name}");
    }
}

/// Loads the examples and applies their events.
fn tour(settings: &[&str], url: &str, import: bool) {
    let folder = tempfile::tempdir().expect("a folder");
    let mail = format!("mail.folder.path={}", folder.path().join("mail").display());
    let mut base = vec!["--set", url, "--set", &mail];
    base.extend(settings.iter().flat_map(|setting| ["--set", *setting]));
    let run = |arguments: &[&str]| {
        let output = makegood(&[&base[..], arguments].concat());
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        stdout(&output)
    };
    let files = ["clients.csv", "people.csv", "accounts.csv", "jobs.csv", "proposals.csv", "entries.ndjson"];
    let files = files.map(|name| format!("docs/examples/import/{name}"));
    let files: Vec<&str> = ["import"].into_iter().chain(files.iter().map(String::as_str)).collect();
    if import {
        assert!(run(&files).contains("0 rows were there already"));
        assert!(run(&files).contains("0 entries written; 19 rows were there already"));
    } else {
        let applied = run(&["process", "docs/examples/events.ndjson"]);
        assert!(applied.contains("3 applied") && applied.contains("2 proposals credited, 20 Connects"), "{applied}");
        let again = run(&["process", "docs/examples/events.ndjson"]);
        assert!(again.contains("3 known before") && again.contains("0 Connects returned"), "{again}");
        let letters = std::fs::read_dir(folder.path().join("mail/new")).expect("letters").count();
        assert_eq!(letters, 3);
    }
}

#[test]
fn the_tour_of_the_integration_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("store.url=sqlite:{}", folder.path().join("makegood.db").display());
    tour(&[], &url, true);
    tour(&[], &url, false);
    let output = makegood(&["publish", "--dry-run", "docs/examples/events.ndjson"]);
    assert_eq!(stdout(&output).trim(), "3 events are readable; nothing was published");
}

/// The SQL that is shown runs on both databases, or on the one it is for.
#[tokio::test]
async fn the_sql_shown_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = format!("sqlite:{}", folder.path().join("makegood.db").display());
    let database = Database::create().await;
    for url in [&file, &database.url()] {
        assert!(makegood(&["--set", &format!("store.url={url}"), "migrate"]).status.success());
    }
    let sqlite = SqlitePool::connect(&file).await.expect("SQLite");
    let postgres = PgPool::connect(&database.url()).await.expect("PostgreSQL");
    let mut seen = 0;
    for document in documents() {
        for sql in document.blocks_of("sql") {
            sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
                .execute(&sqlite)
                .await
                .unwrap_or_else(|e| panic!("SQLite: {sql}: {e}"));
            sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
                .execute(&postgres)
                .await
                .unwrap_or_else(|e| panic!("PostgreSQL: {sql}: {e}"));
            seen += 1;
        }
        if document.path == "docs/integration.md" {
            let seed = "insert into accounts (account_id, kind, owner_id) values ('account-ana', 'freelancer', 'ana');
                insert into connects_entries (entry_id, account_id, kind, amount, created_at)
                values ('grant', 'account-ana', 'grant', 20, now());
                update accounts set balance = 20";
            sqlx::raw_sql(seed).execute(&postgres).await.expect("an account");
            for sql in document.blocks_of("sql postgres") {
                let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
                sql.execute(&postgres).await.expect("the marketplace's own charge");
                seen += 1;
            }
        }
    }
    assert!(seen >= 1, "{seen} blocks");
    postgres.close().await;
}

/// What is said about views: the facts stand in the marketplace's own tables, makegood sees views of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_facts_may_be_views() {
    let database = Database::create().await;
    let url = format!("store.url={}", database.url());
    assert!(makegood(&["--set", &url, "migrate"]).status.success());
    tour(&[], &url, true);
    let postgres = PgPool::connect(&database.url()).await.expect("PostgreSQL");
    for table in ["clients", "people", "accounts", "jobs", "proposals"] {
        let sql =
            format!("alter table {table} rename to own_{table}; create view {table} as select * from own_{table}");
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&postgres).await.expect(table);
    }
    tour(&["store.inline_proposals_max=1", "store.batch_proposals_max=1"], &url, false);
    let moved = sqlx::query_scalar::<_, i64>("select sum(balance)::bigint from own_accounts where balance > 0");
    assert_eq!(moved.fetch_one(&postgres).await.expect("a sum"), 60 - 8 - 10 + 4 - 9 + 14 + 40 - 6 + 6);
    postgres.close().await;
}

/// Sources below a folder, each with the path of its module.
fn modules(folder: &str) -> Vec<(String, String)> {
    let files = walkdir::WalkDir::new(root().join(folder)).into_iter();
    files
        .filter_map(|entry| entry.ok().filter(|e| e.path().extension().is_some_and(|found| found == "rs")))
        .map(|entry| {
            let path = entry.path().strip_prefix(root().join(folder)).expect("below").with_extension("");
            let text = std::fs::read_to_string(entry.path()).expect("a source");
            (path.display().to_string().replace('/', "::").trim_end_matches("::mod").to_owned(), text)
        })
        .collect()
}

/// Every item of security.md names tests, which exist: here, or beside what they test.
#[test]
fn every_test_named_for_security_exists() {
    let document = Document::read("docs/security.md");
    let sources: Vec<(String, String)> = modules("tests/it").into_iter().chain(modules("src")).collect();
    let rows = document.rows_under("## ASVS 5.0");
    assert!(rows.len() > 30, "{}", rows.len());
    for row in rows {
        let tests: Vec<&str> = row[3].split('`').skip(1).step_by(2).collect();
        assert!(!tests.is_empty(), "{} has no test", row[0]);
        for name in tests {
            let (module, function) = name.rsplit_once("::").expect("a path");
            let there = |text: &str| text.contains(&format!("fn {function}("));
            assert!(sources.iter().any(|(path, text)| path == module && there(text)), "{name} is not there");
        }
    }
}

#[test]
fn every_test_named_in_the_architecture_exists() {
    let sources = modules("tests/it");
    let document = Document::read("src/ARCHITECTURE.md");
    let named = document.prose.lines().filter_map(|line| line.split("Test: ").nth(1));
    let names: Vec<&str> = named.flat_map(|line| line.split('`').skip(1).step_by(2)).collect();
    assert!(names.len() > 15, "{names:?}");
    for name in names {
        let (module, function) = name.rsplit_once("::").expect("a path");
        let there = |text: &str| text.contains(&format!("fn {function}("));
        assert!(sources.iter().any(|(path, text)| path == module && there(text)), "{name} is not there");
    }
    let invariants = document.prose.split("## Invariants").nth(1).and_then(|rest| rest.split("\n## ").next());
    let invariants = invariants.expect("a section");
    assert_eq!(invariants.matches("\n- **No").count(), invariants.matches("Test: ").count(), "one without a test");
}
