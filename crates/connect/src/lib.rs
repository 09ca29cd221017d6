//! The outside in: what lies in a folder becomes plain rows of [`plumb_base::record`].
//!
//! This crate never writes, never runs a project's tool, never parses SQL or templates, and never decides
//! what anything means. Only `disk.rs` touches the file system, and asks `git` what it remembers; everyone
//! else asks a [`plumb_base::World`].
#![warn(clippy::disallowed_methods, reason = "ask the World; only disk.rs has one")]

mod connector;
mod counted;
mod discover;
mod disk;
mod export;
mod git;
mod open;
mod path;
mod settings;
mod together;
mod versions;
mod walk;

pub use discover::{discover, discover_here, pages};
pub use disk::Disk;
pub use open::open;

pub(crate) use discover::Connector;
pub(crate) use plumb_tree::{json, mapped, text, yaml};
pub(crate) use walk::Walk;
