//! libFuzzer's entry to the target `bounce`: see its body in `src/bounce.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| makegood_fuzz::bounce::run(data));
