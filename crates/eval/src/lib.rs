//! What plans mean: their rows over small tables, and the tables on which two plans differ.
//!
//! This crate never guesses: what the plan language leaves open, what it does not know and what depends on
//! the order of rows that tie is `Unable`, and no difference is built on it. It never panics on a plan, never
//! computes longer than its budget, and never looks at a rewrite: it shares no code with what it judges.
#![warn(clippy::disallowed_methods, reason = "ask the World")]

mod bag;
mod cast;
mod constraints;
mod date;
mod evaluator;
mod function;
mod height;
mod insert;
mod join;
mod looks;
mod measure;
mod number;
mod order;
mod refute;
mod rel;
mod scalar;
mod set;
mod unable;
mod value;
mod window;

pub use bag::{Bag, Column, Database, Head, Label, Row, Table};
pub use constraints::{ColumnConstraint, Constraints, Reference, TableConstraints};
pub use evaluator::{Budget, Meaning, TextOrder, rows};
pub use insert::{inserts, shown};
pub use number::{Number, NumberKind};

pub use refute::{Difference, Effort, Outcome, Side, databases, refute, refuted_on};
pub use unable::Unable;
pub use value::{Interval, Value};
