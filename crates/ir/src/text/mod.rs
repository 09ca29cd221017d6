//! The text form: s-expressions that print and parse.
//!
//! It serves before/after cases of rewrites, snapshots and bug reports. A plan printed and parsed is the same
//! node again.

mod form;
mod parse;
mod print;

pub use parse::{ParseError, parse_rel, parse_scalar};
pub use print::{print_rel, print_scalar};

#[cfg(test)]
mod laws;
