//! How many instructions the steps of an event take, counted by callgrind: the same on a busy machine as on a quiet
//! one.
//!
//! Of the debug build, which is the one that is there: it takes several times as many as a release build, and more by
//! the same mistakes. The bounds are generous; `make bench-micro` tells the time.

use std::process::Command;

use super::steps::Steps;

/// How often each step is taken.
const TIMES: u64 = 20;

/// Instructions of one step at most: half as many again as were counted on 2026-11-26.
const BOUNDS: [(&str, u64); 4] =
    [("decode", 525_000), ("decide", 127_000), ("render", 9_550_000), ("compose", 6_130_000)];

// Names that callgrind finds.
#[inline(never)]
fn counted_decode(steps: &Steps) {
    assert_eq!(steps.decode().key.id, "event-1");
}

#[inline(never)]
fn counted_decide(steps: &Steps) {
    assert!(format!("{:?}", std::mem::discriminant(&steps.decide(steps.facts()))).starts_with("Discriminant"));
}

#[inline(never)]
fn counted_render(steps: &Steps) -> makegood::mail::Rendered {
    steps.render(&steps.letter("de"))
}

#[inline(never)]
fn counted_compose(steps: &Steps, rendered: &makegood::mail::Rendered) {
    assert!(!steps.compose(rendered).bytes().is_empty());
}

#[test]
fn the_steps_are_taken() {
    let steps = Steps::new(1);
    for _ in 0..TIMES {
        counted_decode(&steps);
        counted_decide(&steps);
        let rendered = counted_render(&steps);
        counted_compose(&steps, &rendered);
    }
}

#[test]
fn no_step_takes_many_more_instructions_than_it_did() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("callgrind.out");
    let ran = Command::new(crate::support::service("MAKEGOOD_TEST_VALGRIND"))
        .args(["--tool=callgrind", "--toggle-collect=*counted_*"])
        .arg(format!("--callgrind-out-file={}", file.display()))
        .arg(std::env::current_exe().expect("this program"))
        .args(["--exact", "house::counts::the_steps_are_taken"])
        .output()
        .expect("valgrind runs");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let told = Command::new("callgrind_annotate").args(["--inclusive=yes", "--threshold=100"]).arg(&file).output();
    let told = String::from_utf8(told.expect("callgrind_annotate runs").stdout).expect("text");
    let mut counts = Vec::new();
    for (step, bound) in BOUNDS {
        let name = format!("counts::counted_{step}");
        let line = told.lines().find(|line| line.contains(&name)).unwrap_or_else(|| panic!("no {name} in {told}"));
        let digits: String = line.split('(').next().expect("a number").chars().filter(char::is_ascii_digit).collect();
        counts.push((step, digits.parse::<u64>().expect("a number") / TIMES, bound));
    }
    let over: Vec<_> = counts.iter().filter(|(_, count, bound)| count > bound).collect();
    assert!(over.is_empty(), "(step, instructions, bound): {over:?} of {counts:?}");
}
