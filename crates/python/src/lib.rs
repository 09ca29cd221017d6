//! Python: the SQL that a program hands to a platform, and where its text comes from.
//!
//! This crate never runs anything, never imports a module, never fails, and never parses SQL: it knows texts and
//! who takes them. No type of the parser library leaves it.
#![warn(clippy::disallowed_methods, reason = "ask the World")]

mod assigned;
mod branch;
mod command;
mod depth;
mod entry;
mod evaluate;
mod flow;
mod format;
mod frame;
mod key;
mod literal;
mod names;
mod program;
mod text;
mod walk;

#[cfg(test)]
mod page;

pub use names::Names;
pub use program::{Given, Hole, InPiece, Into, IntoKind, Piece, Program, Sql, Trouble, When, read};
pub use text::Unknown;
