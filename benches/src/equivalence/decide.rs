//! Whether two plans are said to compute the same.

use plumb_canon::{Canonicalizer, Obstacle, obstacles};
use plumb_ir::Arena;

use super::Pair;

/// What is said of a pair.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decision {
    pub(crate) equal: bool,
    /// Outputs that both plans have.
    pub(crate) width: usize,
}

/// Both plans are equal if they have one normal form, output by output.
///
/// What LIMIT picks from equal rows in no order is taken to be the same, as all who publish figures do.
pub(crate) fn decide(arena: &mut Arena, pair: &Pair) -> Decision {
    let mut canonicalizer = Canonicalizer::knowing(pair.facts.clone());
    let left = canonicalizer.canonical(arena, pair.left);
    let right = canonicalizer.canonical(arena, pair.right);
    let settled = !obstacles(arena, left.rel).iter().any(|it| matches!(it, Obstacle::Volatile(_)));
    let equal = settled && left.rel == right.rel && left.columns == right.columns;
    Decision { equal, width: left.columns.len().min(right.columns.len()) }
}
