//! A migration that says it expands takes nothing away: daemons of the version before go on beside it.

use std::path::Path;

/// The first migration for which the rule holds: programs before it refused every newer schema.
const RULE_SINCE: u32 = 11;
/// What a contracting migration says.
const RAISES: &str = "update makegood_schema set needs";
/// What a program of the version before would stumble over.
const TAKES_AWAY: [&str; 6] = ["drop ", "rename ", "truncate ", "set not null", " type ", "revoke "];

/// Around the body of a function: what it does when it is called is not done by the migration.
const BODY: &str = "$function$";

/// The first word of a migration that takes something away, where it does not say that it contracts.
fn wrongly_expands(sql: &str) -> Option<&'static str> {
    let sql = sql.to_lowercase();
    let code: String = sql.split(BODY).step_by(2).collect();
    // A function that is made here nobody has called yet.
    let of_its_own = |line: &str| {
        let function = line.strip_prefix("revoke execute on function ").and_then(|rest| rest.split('(').next());
        function.is_some_and(|name| code.contains(&format!("create function {name}(")))
    };
    let counts = |line: &&str| !line.trim_start().starts_with("--") && !of_its_own(line);
    let code: String = code.lines().filter(counts).collect::<Vec<_>>().join("\n");
    TAKES_AWAY.into_iter().find(|word| code.contains(word) && !code.contains(RAISES))
}

#[test]
fn what_expands_takes_nothing_away() {
    for folder in ["postgres", "sqlite"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/migrations").join(folder);
        let mut seen = 0;
        for file in std::fs::read_dir(&folder).expect("migrations") {
            let path = file.expect("a file").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            let number: u32 = name.split('_').next().and_then(|digits| digits.parse().ok()).expect("a number");
            seen = seen.max(number);
            let sql = std::fs::read_to_string(&path).expect("SQL");
            if number >= RULE_SINCE {
                assert_eq!(wrongly_expands(&sql), None, "{name}: raise makegood_schema.needs, or only add");
            }
        }
        assert!(seen + 1 >= RULE_SINCE, "{seen}");
    }
}

#[test]
fn the_rule_knows_the_one_from_the_other() {
    assert_eq!(wrongly_expands("-- drop nothing\nalter table events add column note text;"), None);
    assert_eq!(wrongly_expands("alter table events drop column note;"), Some("drop "));
    assert_eq!(wrongly_expands("alter table events alter column note set not null;"), Some("set not null"));
    assert_eq!(wrongly_expands("drop table things;\nupdate makegood_schema set needs = 12;"), None);
    let made = "create function f() returns void as $function$ drop table part $function$;\nrevoke execute on function";
    assert_eq!(wrongly_expands(&format!("{made} f() from public;")), None);
    assert_eq!(wrongly_expands(&format!("{made} g() from public;")), Some("revoke "));
    assert_eq!(wrongly_expands(&format!("{made} f() from public;\ndrop table things;")), Some("drop "));
}
