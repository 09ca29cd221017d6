//! SQL, from its text to normal forms, of any bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| plumb_fuzz::plan(bytes));
