//! libFuzzer's entry to the target `http`: see its body in `src/http.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| makegood_fuzz::http::run(data));
