//! Plans to normal form: one plan for every way of writing it, a fingerprint, and the steps that led there.
//!
//! This crate never knows a dialect, never changes the meaning of a plan, and never says "equal" of what it
//! cannot compare node by node: a digest finds candidates, the nodes decide.
#![warn(clippy::disallowed_methods, reason = "ask the World")]

mod driver;
mod equal;
mod expand;
mod facts;
mod known;
mod label;
mod layout;
mod nulls;
mod obstacle;
mod remap;
mod rewrite;
mod scope;
mod splice;
mod subplan;
mod uses;
mod walk;

pub use driver::{Canonicalizer, Lemma};
pub use expand::{Model, expand};
pub use facts::{Column, Facts, Ground, ONE_TYPE, Reference, Table};
pub use known::Known;
pub use obstacle::{Obstacle, obstacles};
pub use plumb_ir::{atoms, relations, size};
pub use rewrite::made_of;
pub use subplan::{Shape, Subplan, subplans};

use plumb_base::Digest;
use plumb_ir::{Arena, RelId, ScalarId};
use serde::{Deserialize, Deserializer, Serialize, de::Error};

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
    /// On a relation whose inputs are done, with what is known of tables.
    Known(fn(&mut Arena, &mut Known, RelId) -> Option<RelId>),
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
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Canonical {
    /// The normal form. Its outputs have an order of their own.
    pub rel: RelId,
    /// Where each output of the original stands in the normal form.
    pub columns: Vec<u32>,
    /// Digest of the normal form, equal on every machine.
    pub fingerprint: Digest,
    /// Rewrites used, with how often, by name.
    #[serde(deserialize_with = "steps")]
    pub steps: Vec<(&'static str, usize)>,
    /// What must hold of tables for the normal form to be the same, by [`Facts::ground`].
    pub grounds: Vec<String>,
}

/// Steps that were written down, by the names of the rewrites.
fn steps<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<(&'static str, usize)>, D::Error> {
    let named = |(name, times): (&str, usize)| {
        let known = rewrites().iter().find(|rewrite| rewrite.name == name);
        known.map(|rewrite| (rewrite.name, times)).ok_or_else(|| D::Error::custom("no rewrite"))
    };
    Vec::<(&str, usize)>::deserialize(from)?.into_iter().map(named).collect()
}
