//! A model, and a file of macros, of any bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| plumb_fuzz::template(bytes));
