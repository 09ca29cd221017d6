//! A filter on grouping keys filters the rows that are grouped.

use plumb_ir::{Arena, Field, From, Rel, RelId, Scalar, ScalarId, Tree};

use crate::{Apply, Rewrite, Stage};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "filter-below-grouping",
    stage: Stage::Predicates,
    page: include_str!("filter_below_grouping.md"),
    apply: Apply::Rel(apply),
};

fn apply(arena: &mut Arena, rel: RelId) -> Option<RelId> {
    let parent = arena.get_rel(rel).clone();
    let id = parent.from()?;
    let from = arena.get_from(id).clone();
    let at_top = |input: u32| match &from.tree {
        Tree::Input(only) => *only == input,
        Tree::Inner(parts) => parts.contains(&Tree::Input(input)),
        Tree::Where { .. } | Tree::Left { .. } | Tree::Full { .. } => false,
    };
    for (number, input) in (0..).zip(&from.inputs) {
        let Rel::Aggregate { from: below, keys, calls, scalar: false } =
            arena.get_rel(*input).clone()
        else {
            continue;
        };
        if !at_top(number) {
            continue;
        }
        let moves: Vec<Option<ScalarId>> = from
            .filter
            .iter()
            .map(|condition| below_keys(arena, *condition, number, &keys))
            .collect();
        if moves.iter().all(Option::is_none) {
            continue;
        }
        let mut inner = arena.get_from(below).clone();
        inner.filter.extend(moves.iter().flatten());
        let below = arena.from(inner);
        let grouped = arena.rel(Rel::Aggregate { from: below, keys, calls, scalar: false });
        let mut inputs = from.inputs.clone();
        inputs[number as usize] = grouped;
        let stay = from.filter.iter().zip(&moves).filter(|(_, moved)| moved.is_none());
        let filter = stay.map(|(condition, _)| *condition).collect();
        let new = arena.from(From { inputs, tree: from.tree, filter });
        return Some(super::with_from(arena, &parent, new));
    }
    None
}

/// A condition over keys alone, as one over the rows that are grouped.
pub(super) fn below_keys(
    arena: &mut Arena,
    condition: ScalarId,
    input: u32,
    keys: &[ScalarId],
) -> Option<ScalarId> {
    let (mut only_keys, mut any) = (true, false);
    let moved = arena.rewrite(condition, 0, &mut |arena: &mut Arena, id: ScalarId, level: u32| {
        match *arena.get_scalar(id) {
            Scalar::Column { depth: 0, input: of, field: Field::At(at) } if level == 0 && of == input => {
                any = true;
                only_keys &= (at as usize) < keys.len();
                keys.get(at as usize).copied()
            }
            Scalar::Column { .. }
            | Scalar::Either { .. }
            | Scalar::Exists(_)
            | Scalar::In { .. }
            | Scalar::Subquery(_)
            // A key that holds a lambda must not get inside another: it would catch its parameters.
            | Scalar::Lambda { .. }
            | Scalar::Hole { .. } => {
                only_keys = false;
                Some(id)
            }
            Scalar::Literal(_)
            | Scalar::Call { .. }
            | Scalar::Case { .. }
            | Scalar::Cast { .. }
            | Scalar::Aggregate { .. }
            | Scalar::Window { .. }
            | Scalar::Param(_) => None,
        }
    });
    (only_keys && any).then_some(moved)
}
