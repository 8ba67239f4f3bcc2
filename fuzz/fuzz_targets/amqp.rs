//! libFuzzer's entry to the target `amqp`: see its body in `src/amqp.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| makegood_fuzz::amqp::run(data));
