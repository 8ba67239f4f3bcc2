//! `makegood reload`: checked here first, then by the daemon.

use super::Desk;
use super::daemon::start;
use crate::policy::world::TABLE;

/// A desk whose policy stands in a file. RabbitMQ is away: a reload does not need it.
fn desk() -> Desk {
    let desk =
        Desk::new().env("MAKEGOOD_BROKER__URL", "amqp://127.0.0.1:1").env("MAKEGOOD_POLICY__FILE", "policy.toml");
    desk.write("policy.toml", TABLE);
    desk
}

#[test]
fn the_daemon_puts_in_force_what_is_fit() {
    let desk = desk();
    let (daemon, address) = start(&desk);
    let fit = desk.run(&["reload", "--address", &address]).done();
    assert_eq!(fit, "policy and templates are in force; version of the policy: 2019-05\n");
    let answer = desk.run(&["reload", "--address", &address, "--json"]).json(0);
    assert_eq!((&answer["loaded"], &answer["policy"]), (&true.into(), &"2019-05".into()));

    // Wrong by itself: the daemon is not asked.
    desk.write("policy.toml", "[[version]]");
    desk.run(&["reload", "--address", &address]).failed(78, &["policy.file", "valid_from"]);
    // Fit by itself, but not in place of the one that has decided.
    desk.write("policy.toml", TABLE.replacen("hold_days = 14", "hold_days = 15", 1));
    assert!(desk.run(&["reload", "--dry-run"]).done().contains("the daemon was not asked"));
    let refused = desk.run(&["reload", "--address", &address]);
    assert!(refused.stderr.contains("keeps the policy"), "{}", refused.stderr);
    assert!(refused.ended(1).contains("version 2019-05, has begun"));
    assert_eq!(daemon.stop(), Some(0));
    desk.run(&["reload", "--address", &address]).failed(1, &["no daemon answers at", &address]);
}

#[test]
fn no_other_process_is_sent_a_signal() {
    let desk = desk();
    let (daemon, address) = start(&desk);
    let own = std::process::id().to_string();
    desk.run(&["reload", "--address", &address, "--pid", &own]).failed(1, &[&own, "is no makegood here"]);
    assert_eq!(daemon.stop(), Some(0));
}
