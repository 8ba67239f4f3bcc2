//! libFuzzer's entry to the target `dead_letter`: see its body in `src/dead_letter.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| makegood_fuzz::dead_letter::run(data));
