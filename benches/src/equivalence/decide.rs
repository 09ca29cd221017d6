//! Whether two plans are said to compute the same.

use plumb_canon::{Canonicalizer, Obstacle, obstacles};
use plumb_ir::Arena;
use plumb_prove::{Choices, Effort, Outcome, Plan, Replayed, prove, replayed};

use super::Pair;

/// What is said of a pair.
#[derive(Debug, Clone)]
pub(crate) struct Decision {
    pub(crate) equal: bool,
    /// Outputs that both plans have.
    pub(crate) width: usize,
    /// Rules by which two normal forms were seen to be the same.
    pub(crate) between: Vec<(&'static str, usize)>,
    /// What was assumed beside the facts.
    pub(crate) grounds: Vec<String>,
}

/// Both plans are equal if they have one normal form, output by output, or if a proof is found.
///
/// In public sets, what LIMIT picks from equal rows in no order is taken to be the same, as all who publish figures
/// do. In ours, that is open.
pub(crate) fn decide(arena: &mut Arena, pair: &Pair, effort: Effort) -> Decision {
    let mut canonicalizer = Canonicalizer::knowing(pair.facts.clone());
    let left = canonicalizer.canonical(arena, pair.left);
    let right = canonicalizer.canonical(arena, pair.right);
    let width = left.columns.len().min(right.columns.len());
    let doubts = [obstacles(arena, left.rel), obstacles(arena, right.rel)].concat();
    let unequal = Decision { equal: false, width, between: Vec::new(), grounds: Vec::new() };
    if doubts.iter().any(|doubt| matches!(doubt, Obstacle::Volatile(_))) {
        return unequal;
    }
    let ours = !pair.facts.one_type();
    let open = |choices: Choices| ours && (choices.limit || choices.ties);
    if left.rel == right.rel && left.columns == right.columns {
        let chosen = |doubt: &Obstacle| matches!(doubt, Obstacle::Ties(_) | Obstacle::Limit);
        let open =
            doubts.iter().any(chosen) && open(plumb_prove::choices(arena, &pair.facts, &left));
        return Decision { equal: !open, ..unequal };
    }
    match prove(arena, &pair.facts, &left, &right, effort) {
        Outcome::Same { choices, rules, grounds } => {
            Decision { equal: !open(choices), width, between: rules, grounds }
        }
        Outcome::Unknown { .. } => unequal,
    }
}

/// How much of a proof the checker replays.
pub(crate) fn replay(arena: &mut Arena, pair: &Pair, decision: &Decision) -> Replayed {
    let outputs: Vec<u32> = (0..).take(decision.width).collect();
    let side = |rel| Plan { rel, outputs: &outputs };
    replayed(
        arena,
        &pair.facts,
        [side(pair.left), side(pair.right)],
        &decision.between,
        &decision.grounds,
    )
}
