//! libFuzzer's entry to the target `smtp`: see its body in `src/smtp.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| makegood_fuzz::smtp::run(data));
