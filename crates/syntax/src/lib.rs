//! Text to trees, file by file: SQL in every dialect.
//!
//! This crate never fails: what it cannot read is a problem with a place, and the rest goes on. It never looks
//! at a second file to read the first, and no type of a parser library leaves it.
#![warn(clippy::disallowed_methods, reason = "ask the World")]

pub mod sql;
