//! The text form of plans, of any bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| plumb_fuzz::ir_text(bytes));
