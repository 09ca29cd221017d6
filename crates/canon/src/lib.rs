//! Plans to normal form: one plan for every way of writing it, a fingerprint, and the steps that led there.
//!
//! This crate never knows a dialect, never changes the meaning of a plan, and never says "equal" of what it
//! cannot compare node by node: a digest finds candidates, the nodes decide.
#![warn(clippy::disallowed_methods, reason = "ask the World")]
#![warn(clippy::wildcard_enum_match_arm)]

mod driver;
mod expand;
mod label;
mod layout;
mod nulls;
mod obstacle;
mod rewrite;
mod splice;
mod subplan;
mod uses;

pub use driver::Canonicalizer;
pub use expand::{Model, atoms, expand, size};
pub use obstacle::{Obstacle, obstacles};
pub use subplan::{Shape, Subplan, subplans};

use plumb_base::Digest;
use plumb_ir::{Arena, RelId, ScalarId};

/// When a rewrite is tried: earlier stages first, on every node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Nested statements become one.
    Inline,
    /// Values are written one way.
    Scalars,
    /// Conditions stand where they belong.
    Predicates,
    /// What nobody looks at goes away.
    Prune,
    /// What has no order gets one.
    Order,
}

/// How a rewrite works. Both keep the outputs of the node: their number, order and meaning.
#[derive(Clone, Copy)]
pub enum Apply {
    /// On a scalar whose children are done.
    Scalar(fn(&mut Arena, ScalarId) -> Option<ScalarId>),
    /// On a relation whose inputs are done.
    Rel(fn(&mut Arena, RelId) -> Option<RelId>),
}

/// One rewrite: its page says what it does, in plans before and after.
pub struct Rewrite {
    /// Name in kebab-case.
    pub name: &'static str,
    /// When it is tried.
    pub stage: Stage,
    /// Its page.
    pub page: &'static str,
    /// What it does; `None` if there is nothing to do.
    pub apply: Apply,
}

/// Every rewrite, by name.
pub fn rewrites() -> &'static [&'static Rewrite] {
    rewrite::ALL
}

/// A plan in normal form.
#[derive(Debug, Clone)]
pub struct Canonical {
    /// The normal form. Its outputs have an order of their own.
    pub rel: RelId,
    /// Where each output of the original stands in the normal form.
    pub columns: Vec<u32>,
    /// Digest of the normal form, equal on every machine.
    pub fingerprint: Digest,
    /// Rewrites used, with how often, by name.
    pub steps: Vec<(&'static str, usize)>,
}
