//! Exports of an information schema, of any bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| plumb_fuzz::csv_export(bytes));
