//! libFuzzer's entry to the target `letter`: see its body in `src/letter.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| makegood_fuzz::letter::run(data));
