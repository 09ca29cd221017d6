//! Measurements that need the insides: run by `cargo xtask bench`, in release.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a developer's tool reads files and speaks plainly"
)]

mod attribution;
mod corridor;
mod equivalence;
mod mining;
mod plans;
mod reading;
mod records;
mod search;
mod soundness;
mod unparse;

use std::process::ExitCode;

use mimalloc::MiMalloc;

// As in the binary that is measured.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// What stops a measurement: a sentence is enough.
pub(crate) type Fault = Box<dyn std::error::Error + Send + Sync>;

const USAGE: &str = "\
usage: plumb-bench attribution [--days N] [--seed N]
       plumb-bench corridor [--data DIR] [--rounds N] [--json]
       plumb-bench equivalence [--data DIR] [--refute] [--rules] [--steps N] [--json] [--show ID] [--list]
       plumb-bench mining [--data DIR] [--count N] [--json]
       plumb-bench pairs
       plumb-bench plans [--pages|--unparsed] [--count N] [--seed N]
       plumb-bench reading --data DIR [--tables FILE] [--open N] [--functions N] [--json]
       plumb-bench records [--count N] [--digest]
       plumb-bench search [--data DIR] [--count N] [--json]
       plumb-bench soundness [--data DIR] [--rounds N] [--seed N] [--json]
       plumb-bench unparse [--data DIR] [--as DIALECT] [--why N] [--show REASON]";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args.split_first() {
        Some((&"equivalence", rest)) => equivalence::run(rest),
        Some((&"soundness", rest)) => soundness::run(rest),
        Some((&"pairs", [])) => equivalence::ours::print(),
        Some((&"plans", rest)) => plans::run(rest),
        Some((&"attribution", rest)) => attribution::run(rest),
        Some((&"reading", rest)) => reading::run(rest),
        Some((&"records", rest)) => records::run(rest),
        Some((&"mining", rest)) => mining::run(rest),
        Some((&"search", rest)) => search::run(rest),
        Some((&"corridor", rest)) => corridor::run(rest),
        Some((&"unparse", rest)) => unparse::run(rest),
        _ => Err(USAGE.into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::FAILURE
        }
    }
}
