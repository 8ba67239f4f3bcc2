//! Commands beside a running daemon, which sends what they leave, and carries out what they order.

use super::replaying::done;
use super::{Bench, canceled, job_rows};
use crate::cli::daemon::start;
use crate::support::rabbit::Vhost;

#[test]
fn a_daemon_at_work_does_not_disturb_a_replay_and_does_its_part() {
    for bench in Bench::each() {
        let vhost = Vhost::create();
        let bench = bench.env("MAKEGOOD_BROKER__URL", &vhost.url());
        let jobs: Vec<String> = (0..30).map(|n| format!("job-{n}")).collect();
        let events: Vec<_> = jobs.iter().map(|job| canceled(&format!("e-{job}"), job)).collect();
        assert_eq!(bench.process(&events)["dead_letters"], 30);
        let rows: String = jobs.iter().flat_map(|job| job_rows(job)).map(|row| format!("{row}\n")).collect();
        bench.desk.feed(&["import", "-"], rows).done();
        let (daemon, _) = start(&bench.desk);

        let replay =
            bench.dlq(&["replay", "--code", "job_unknown", "--limit", "20", "--reason", "here", "--json"]).json(0);
        assert_eq!((&replay["state"], &replay["done"]), (&"done".into(), &20.into()));
        bench.dlq(&["replay", "--code", "job_unknown", "--reason", "there", "--detach"]).done();
        bench.until("the daemon has carried out what was ordered", |bench| done(bench, 2) == 10);
        assert_eq!(bench.returns(), 30);
        bench.until("every notice is sent", |bench| {
            bench.scalar("select count(*) from notices where state <> 'sent'") == 0
        });
        assert_eq!(daemon.stop(), Some(0));
        assert_eq!(bench.desk.letters().len(), 30);
    }
}
