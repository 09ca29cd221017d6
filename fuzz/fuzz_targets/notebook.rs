//! Notebooks and Python programs, of any bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| plumb_fuzz::notebook(bytes));
