//! libFuzzer's entry to the target `policy`: see its body in `src/policy.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| makegood_fuzz::policy::run(data));
