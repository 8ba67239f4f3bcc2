//! What one event costs by itself, step by step, without a broker, a database or a mail server: `make bench-micro`.
//!
//! See `benches/README.md`.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a bench that cannot go on ends")]
#![allow(
    clippy::indexing_slicing,
    clippy::cast_possible_wrap,
    clippy::needless_pass_by_value,
    reason = "the tests' harness, and figures"
)]
#![allow(unreachable_pub, reason = "`pub` in a shared file means: for every bench")]

use divan::counter::ItemsCount;
use divan::{AllocProfiler, Bencher, black_box};

#[allow(dead_code, clippy::allow_attributes, reason = "the tests' harness has more than a bench needs")]
#[path = "../tests/it/pipeline"]
mod pipeline {
    pub mod market;
}
#[allow(dead_code, clippy::allow_attributes, reason = "the tests' harness has more than a bench needs")]
#[path = "../tests/it/policy"]
mod policy {
    pub mod world;
}
#[path = "support/inbox.rs"]
mod inbox;
#[path = "../tests/it/house/steps.rs"]
mod steps;

use inbox::Inbox;
use steps::Steps;

/// Counts what each step allocates, too.
#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

/// Batches of each size.
const BATCHES: u32 = 20;

fn main() {
    divan::main();
}

#[divan::bench]
fn decode(bencher: Bencher<'_, '_>) {
    let steps = Steps::new(1);
    bencher.bench(|| black_box(&steps).decode());
}

#[divan::bench(args = [1, 20])]
fn decide(bencher: Bencher<'_, '_>, proposals: usize) {
    let steps = Steps::new(proposals);
    bencher.counter(ItemsCount::new(proposals)).with_inputs(|| steps.facts()).bench_values(|facts| steps.decide(facts));
}

#[divan::bench(args = ["en", "de", "ar"])]
fn render(bencher: Bencher<'_, '_>, language: &str) {
    let steps = Steps::new(1);
    let letter = steps.letter(language);
    bencher.bench(|| steps.render(black_box(&letter)));
}

#[divan::bench]
fn compose(bencher: Bencher<'_, '_>) {
    let steps = Steps::new(1);
    let rendered = steps.render(&steps.letter("en"));
    bencher.bench(|| steps.compose(black_box(&rendered)));
}

/// Everything between the messages of a batch and their commit, in an SQLite file of its own.
#[divan::bench(args = [1, 256], sample_count = BATCHES, sample_size = 1)]
fn apply_batch(bencher: Bencher<'_, '_>, events: usize) {
    let store = Inbox::new(events * BATCHES as usize);
    bencher.counter(ItemsCount::new(events)).bench(|| store.apply(events));
}
