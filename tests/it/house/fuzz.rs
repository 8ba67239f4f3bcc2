//! The kept corpus of `fuzz/`, replayed through the bodies of its targets: what once was found stays found, and a
//! target that no longer fits the code does not wait for the next `make fuzz` to say so.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

#[path = "../../../fuzz/src/lib.rs"]
mod targets;

/// All of it lies in git.
const CORPUS_BYTES_MAX: u64 = 500_000;

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus")
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut entries: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    entries.sort();
    entries
}

fn replay(name: &str) {
    let (_, run) = targets::TARGETS.into_iter().find(|(target, _)| *target == name).expect("a target");
    let files = entries(&corpus().join(name));
    assert!(files.len() >= 5, "{name}: no corpus");
    for file in files {
        // A panic in it is the finding; cargo shows this line with it.
        println!("{}", file.display());
        run(&std::fs::read(&file).expect("an input"));
    }
}

macro_rules! replayed {
    ($($target:ident)+) => {
        $(
            #[test]
            fn $target() {
                replay(stringify!($target));
            }
        )+

        #[test]
        fn every_target_is_replayed_and_built() {
            let replayed = BTreeSet::from([$(stringify!($target)),+]);
            assert_eq!(replayed, targets::TARGETS.map(|(name, _)| name).into_iter().collect());
            let manifest = include_str!("../../../fuzz/Cargo.toml");
            for name in replayed {
                assert!(manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")), "{name} has no binary");
            }
        }
    };
}

replayed! { amqp bounce dead_letter event http letter policy smtp smtp_reply }

/// Seeds that a changed format turns into rubbish would leave the fuzzer to find the format again.
#[test]
fn the_seeds_are_still_read() {
    let seed = |name: &str| std::fs::read(corpus().join(name)).expect("a seed");
    for name in ["line", "line_settled", "line_head", "line_history"] {
        let letter = makegood::store::ndjson::parse(&seed(&format!("dead_letter/{name}")));
        assert!(letter.is_ok(), "{name}: {:?}", letter.err());
    }
    let limits = makegood::event::DecodeLimits { body_bytes_max: 262_144 };
    for name in ["job-canceled", "job-canceled.binary", "client-suspended", "post-removed", "native_time"] {
        let message = targets::event::message(&seed(&format!("event/{name}")));
        assert!(makegood::event::decode(&message, limits).is_ok(), "{name}");
    }
    let policy = String::from_utf8(seed("policy/built_in")).expect("text");
    assert!(makegood::policy::Policy::parse(&policy).is_ok());
}

#[test]
fn the_corpus_stays_small() {
    let files = entries(&corpus()).into_iter().flat_map(|folder| entries(&folder));
    let bytes: u64 = files.map(|file| file.metadata().expect("a file").len()).sum();
    assert!(bytes < CORPUS_BYTES_MAX, "{bytes} bytes");
}
