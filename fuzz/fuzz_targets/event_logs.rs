//! Event logs of Spark, of any bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(init: plumb_fuzz::let_foreign_threads_panic(), |bytes: &[u8]| plumb_fuzz::event_logs(bytes));
