//! Parts of one relation, put together and made distinct, are the rows that are in any of them.

use plumb_ir::{Arena, From, FromId, Out, Rel, RelId, ScalarId};

use crate::{Apply, Rewrite, Stage};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "distinct-parts",
    stage: Stage::Inline,
    page: include_str!("distinct_parts.md"),
    apply: Apply::Rel(apply),
};

/// Sides of a union that are compared with each other.
const SIDES: usize = 32;

fn apply(arena: &mut Arena, rel: RelId) -> Option<RelId> {
    let Rel::Distinct { input } = *arena.get_rel(rel) else { return None };
    let Rel::Union { inputs } = arena.get_rel(input) else { return None };
    let inputs = inputs.clone();
    if inputs.len() > SIDES {
        return None;
    }
    let mut sides: Vec<RelId> = Vec::new();
    for side in &inputs {
        let found = (0..sides.len()).find_map(|at| Some((at, either(arena, sides[at], *side)?)));
        match found {
            Some((at, both)) => sides[at] = both,
            None => sides.push(*side),
        }
    }
    if sides.len() == inputs.len() {
        return None;
    }
    let input = if let [one] = *sides { one } else { arena.rel(Rel::Union { inputs: sides }) };
    Some(arena.rel(Rel::Distinct { input }))
}

/// The rows of two parts that differ in their conditions only.
fn either(arena: &mut Arena, one: RelId, two: RelId) -> Option<RelId> {
    let ((first, out), (second, other)) = (projected(arena, one)?, projected(arena, two)?);
    let (first, second) = (arena.get_from(first).clone(), arena.get_from(second).clone());
    let same = out == other && first.inputs == second.inputs && first.tree == second.tree;
    // A row of both parts may have two values of `random()`, and would have one.
    if !same || arena.varies(one) || arena.varies(two) {
        return None;
    }
    let without = |of: &[ScalarId], other: &[ScalarId]| -> Vec<ScalarId> {
        of.iter().copied().filter(|it| !other.contains(it)).collect()
    };
    let rests = [without(&first.filter, &second.filter), without(&second.filter, &first.filter)];
    let mut filter = without(&first.filter, &rests[0]);
    // One that has no condition of its own has all rows of the other.
    if rests.iter().all(|rest| !rest.is_empty()) {
        let parts =
            rests.map(|rest| if let [only] = *rest { only } else { arena.call("and", rest) });
        filter.push(arena.call("or", parts.to_vec()));
    }
    let from = arena.from(From { filter, ..first });
    Some(arena.rel(Rel::Project { from, out }))
}

fn projected(arena: &Arena, rel: RelId) -> Option<(FromId, Vec<Out>)> {
    let parent = arena.get_rel(rel);
    let Rel::Project { from, out } = parent else { return None };
    crate::splice::no_windows(arena, parent).then(|| (*from, out.clone()))
}
