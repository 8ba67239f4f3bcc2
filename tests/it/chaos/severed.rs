//! A few of every cut, on a small market.

use super::cutting::{self, Order};
use super::rig::Rig;
use crate::support::market::Scale;

const SCALE: Scale = Scale {
    events: 400,
    freelancers: 150,
    agencies: 20,
    crowds: &[60],
    suspensions: 20,
    overlaps_per_mille: 300,
    late_jobs: 4,
};

const SEED: u64 = 20_261_122;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_may_be_cut_at_any_moment_that_matters() {
    let rig = Rig::behind_doors(SEED, SCALE).await;
    let outcome = cutting::run(&rig, Order { each: 5, mail: 3, backends: 5 }).await;
    assert!(outcome.ok, "{}", outcome.json());
    for cut in ["commit_reply_cut", "commit_request_cut", "ack_cut", "confirm_cut"] {
        assert_eq!(outcome.injected[cut], 5, "{:?}", outcome.injected);
    }
    for cut in ["smtp_after_dot_taken", "smtp_after_dot_refused", "smtp_after_250"] {
        assert_eq!(outcome.injected[cut], 3, "{:?}", outcome.injected);
    }
    // Taken without a word and sent again by an operator: those, and no others, came twice.
    assert_eq!(outcome.verdict.duplicate_mail, 3, "{:?}", outcome.verdict);
}
