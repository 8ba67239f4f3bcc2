//! libFuzzer's entry to the target `event`: see its body in `src/event.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| makegood_fuzz::event::run(data));
