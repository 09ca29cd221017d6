//! Words that all floors share: places, names, money, problems, findings, and the outside world as a trait.
//!
//! This crate never reads a file, a clock, a variable or a network, never parses SQL, and knows no platform.
//! It stays small and boring: a change here rebuilds the house.
#![warn(clippy::disallowed_methods, reason = "ask the World")]

pub mod answer;
mod decimal;
mod digest;
mod finding;
mod flow;
mod map;
mod mapped;
mod memory;
mod message;
mod moment;
mod money;
mod name;
mod object;
pub mod path;
mod place;
mod problem;
pub mod record;
mod source;
pub mod sql;
mod watched;
mod world;

pub use decimal::Decimal;
pub use digest::{Digest, Hasher, short_id};
pub use finding::{Action, Evidence, Example, Finding, Owner, Reason, Saving, Subject};
pub use flow::Flow;
pub use map::SourceMap;
pub use mapped::MappedText;
pub use memory::MemoryWorld;
pub use message::{Message, Part};
pub use moment::Moment;
pub use money::{Currency, Money, Nanos};
pub use name::{Name, TableName};
pub use object::{ObjectPath, is_elsewhere};
pub use place::{Place, Position, Span};
pub use problem::{Coverage, Problem, Severity, Tally};
pub use source::{Lines, Source};
pub use watched::Watched;
pub use world::{Entry, Mark, Memory, Stream, World, WorldError};
