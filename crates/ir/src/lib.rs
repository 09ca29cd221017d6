//! The one plan language: relational and scalar operators, types, and a text form that prints and parses.
//!
//! This crate never knows a dialect, never holds the name of an output column, a place or a comment, and
//! never changes the meaning of what it is given. Bag semantics, three-valued logic.
#![warn(clippy::disallowed_methods, reason = "ask the World")]
#![warn(clippy::wildcard_enum_match_arm)]

mod arena;
mod catalog;
mod constant;
mod copy;
mod digest;
mod function;
mod literal;
mod outward;
mod reach;
mod rel;
mod scalar;
mod size;
pub mod text;
mod types;
mod typing;
mod visit;
mod within;

pub use arena::{Arena, FromId, RelId, ScalarId, Symbol};
pub use catalog::{Catalog, KnownColumn, Schema};
pub use copy::Copier;
pub use function::{
    Empty, Failing, Function, FunctionKind, GivesNull, Measure, Nulls, ResultType, Stability,
    function, functions,
};
pub use literal::Literal;
pub use rel::{From, Out, Rel, SetKind, Tree};
pub use scalar::{Bound, Field, Frame, FrameUnit, Scalar, SortKey};
pub use size::{atoms, relations, scans, size};
pub use types::Type;
pub use typing::{
    ColumnType, is_counted, is_counted_type, keeps_values, least_common, nullable, type_of,
};
pub use visit::{Children, Inputs, Map, Part, Rewrite, Scalars};
pub use within::Node;
