//! Templates of dbt, rendered without dbt: what is known is computed, what is not becomes a hole.
//!
//! This crate never fails, never runs a query and never asks the outside for more than a variable by name; no
//! type of a parser library leaves it. The parser is minijinja's; the evaluator is ours, because dbt needs
//! mutable values, macros that return values, both worlds of an incremental model, and a way back from rendered
//! text to the template.
#![warn(clippy::disallowed_methods, reason = "ask the World")]

mod call;
mod columns;
mod config;
mod container;
mod context;
mod digest;
mod evaluate;
mod execute;
mod filter;
mod format;
mod graph;
mod hole;
mod host;
mod json;
mod library;
mod loose;
mod lower;
mod memo;
mod module;
mod moment;
mod naming;
mod operate;
mod prepare;
mod print;
mod promised;
mod regex;
mod relation;
mod render;
mod run;
mod settle;
mod survey;
mod template;
mod test;
mod text;
mod value;

pub use hole::{Hole, HoleKind};
pub use library::Library;
pub use loose::{is_template, render_alone};
pub use render::{Ref, Rendered, SourceRef, Variant};

mod page;
