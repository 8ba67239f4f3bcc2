//! libFuzzer's entry to the target `smtp_reply`: see its body in `src/smtp_reply.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| makegood_fuzz::smtp_reply::run(data));
