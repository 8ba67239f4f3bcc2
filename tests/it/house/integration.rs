//! What docs/integration.md says of views, tried: every event over a marketplace's own tables.

use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use sqlx::postgres::PgPool;

use crate::support::letter::{Letter, eml_files};
use crate::support::postgres::Database;

fn root() -> &'static std::path::Path {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn makegood(arguments: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_makegood"));
    command.current_dir(root()).env_remove("MAKEGOOD_CONFIG").args(arguments);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
    std::io::Write::write_all(&mut child.stdin.take().expect("stdin"), input.as_bytes()).expect("written");
    child.wait_with_output().expect("ends")
}

/// A small marketplace in its own words.
const MARKET: &str = "
    insert into market.users (id, display_name, mail, mail_confirmed, language, tz, blocked_at) values
        ('ana', 'Ana', 'ana@people.example', true, 'en', 'Europe/Berlin', null),
        ('ben', 'Ben', 'ben@people.example', true, null, null, null),
        ('eve', 'Eve', 'eve@people.example', false, null, null, null),
        ('mole', 'Mole Ltd', null, false, null, null, '2026-03-01 00:00Z'),
        ('baker', 'Baker', null, false, null, null, null);
    insert into market.wallets (id, team, owner_id, manager_id) values
        ('w-ana', false, 'ana', null), ('w-eve', false, 'eve', null), ('w-team', true, 'ben', null);
    insert into market.posts (id, posted_by, headline, status, status_at) values
        ('logo', 'baker', 'Logo for a bakery', 'taken back', '2026-03-02 12:00Z'),
        ('shop', 'mole', 'Web shop', 'live', '2026-02-20 12:00Z'),
        ('app', 'baker', 'App', 'taken down', '2026-03-02 12:00Z'),
        ('flyer', 'baker', 'Flyer', 'timed out', '2026-03-02 12:00Z');
    insert into market.bids (id, post_id, wallet_id, sent_by, sent_at, from_invite, status, status_at) values
        ('b1', 'logo', 'w-ana', 'ana', '2026-02-25 12:00Z', false, 'closed', '2026-03-02 11:00Z'),
        ('b2', 'logo', 'w-eve', 'eve', '2026-02-25 12:00Z', false, 'refused', '2026-03-01 12:00Z'),
        ('b3', 'shop', 'w-team', 'ana', '2026-02-25 12:00Z', false, 'talking', '2026-02-26 12:00Z'),
        ('b4', 'app', 'w-eve', 'eve', '2026-02-25 12:00Z', false, 'starred', '2026-02-26 12:00Z'),
        ('b5', 'app', 'w-ana', 'ana', '2026-02-25 12:00Z', false, 'contract', '2026-02-26 12:00Z'),
        ('b6', 'flyer', 'w-ana', 'ana', '2026-02-25 12:00Z', true, 'read', '2026-02-26 12:00Z');
    insert into market.contracts (id, bid_id, signed_at) values ('c1', 'b5', '2026-02-26 12:00Z');
    insert into connects_entries (entry_id, account_id, proposal_id, kind, amount, created_at)
        select 'grant-' || id, id, null, 'grant', 50, timestamptz '2026-01-01 00:00Z' from market.wallets
        union all
        select 'fee-' || id, wallet_id, id, 'fee', -8, sent_at from market.bids where not from_invite;
    update market.wallets w
        set connects = (select sum(e.amount) from connects_entries e where e.account_id = w.id);
";

fn event(n: usize, kind: &str, data: Value) -> String {
    let event = json!({
        "specversion": "1.0", "id": format!("e{n}"), "source": "/marketplace", "type": kind,
        "time": "2026-03-02T12:00:00Z", "data": data,
    });
    format!("{event}\n")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_views_shown_serve_every_event() {
    let (database, folder) = (Database::create().await, tempfile::tempdir().expect("a folder"));
    let url = format!("store.url={}", database.url());
    assert!(makegood(&["--set", &url, "migrate"], "").status.success());
    let postgres = PgPool::connect(&database.url()).await.expect("PostgreSQL");
    let views = std::fs::read_to_string(root().join("docs/examples/views.sql")).expect("the views");
    for sql in [views.as_str(), MARKET] {
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&postgres).await.expect("runs");
    }
    let events = [
        event(1, "job-canceled", json!({ "job_id": "logo", "cause": "dropped" })),
        event(2, "client-suspended", json!({ "client_id": "mole", "cause": "billing", "final": true })),
        event(3, "post-removed", json!({ "job_id": "app", "cause": "fraud" })),
        event(4, "job-expired", json!({ "job_id": "flyer" })),
        event(5, "proposal-declined", json!({ "proposal_id": "b2", "cause": "price" })),
        event(
            6,
            "invitation-withdrawn",
            json!({ "invitation_id": "i", "job_id": "logo", "person_id": "ben", "cause": "job-issue" }),
        ),
        event(
            7,
            "application-declined",
            json!({ "application_id": "a", "person_id": "ben", "cause": "media", "may_reapply": true }),
        ),
        event(8, "application-received", json!({ "application_id": "a", "person_id": "ben" })),
    ];
    let mail = format!("mail.folder.path={}", folder.path().display());
    let base = ["--set", &url, "--set", &mail];
    // The second time one proposal fills a batch: what was an event of one transaction fans out.
    for small in [&[][..], &["--set", "store.inline_proposals_max=1", "--set", "store.batch_proposals_max=1"]] {
        let output = makegood(&[&base[..], small, &["process", "--json"]].concat(), &events.concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let summary: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let (applied, known) = if small.is_empty() { (8, 0) } else { (0, 8) };
        assert_eq!((&summary["applied"], &summary["duplicates"]), (&json!(applied), &json!(known)), "{summary}");
    }
    let wallets = "select id || ' ' || connects from market.wallets order by id";
    let wallets: Vec<String> = sqlx::query_scalar(wallets).fetch_all(&postgres).await.expect("wallets");
    // Ana: 50, the contract's 8 spent. Eve: of two proposals one came back. The team: all.
    assert_eq!(wallets, ["w-ana 42", "w-eve 42", "w-team 50"]);
    let states = "select person_id || ' ' || state from notices where person_id = 'eve' order by 1";
    let states: Vec<String> = sqlx::query_scalar(states).fetch_all(&postgres).await.expect("notices");
    assert_eq!(states, ["eve undeliverable"; 2], "her address is not confirmed");
    let mut told: Vec<String> =
        eml_files(&folder.path().join("new")).iter().map(|mail| Letter::read(mail).to).collect();
    told.sort();
    let (ana, ben) = ("ana@people.example", "ben@people.example");
    assert_eq!(told, [ana, ana, ana, ben, ben, ben, ben], "of the team's proposal Ana and Ben, its owner");
    postgres.close().await;
}
