//! Grouping by a constant groups by nothing.

use plumb_ir::{Arena, Field, From, Part, Rel, RelId, Scalar, ScalarId, Tree};

use crate::{Apply, Rewrite, Stage};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "constant-keys",
    stage: Stage::Prune,
    page: include_str!("constant_keys.md"),
    apply: Apply::Rel(apply),
};

fn apply(arena: &mut Arena, rel: RelId) -> Option<RelId> {
    let parent = arena.get_rel(rel).clone();
    let from = arena.get_from(parent.from()?).clone();
    for (number, input) in (0..).zip(&from.inputs) {
        // On a side that an outer join fills, the constant would be NULL where nothing matches.
        if !kept(&from.tree, number) {
            continue;
        }
        let Rel::Aggregate { from: below, keys, calls, scalar: false } =
            arena.get_rel(*input).clone()
        else {
            continue;
        };
        let constants: Vec<Option<ScalarId>> =
            keys.iter().map(|key| arena.as_literal(*key).map(|_| *key)).collect();
        if constants.iter().all(Option::is_none) {
            continue;
        }
        let rest = keys.into_iter().zip(&constants).filter(|(_, constant)| constant.is_none());
        let keys = rest.map(|(key, _)| key).collect();
        // Without any key left it still gives no row for no rows.
        let grouped = arena.rel(Rel::Aggregate { from: below, keys, calls, scalar: false });
        let above = Above { input: number, constants };
        let mut inputs: Vec<RelId> = Vec::new();
        for (other, input) in (0..).zip(&from.inputs) {
            inputs.push(if other == number { grouped } else { above.rel(arena, *input) });
        }
        let filter = from.filter.iter().map(|id| above.scalar(arena, *id)).collect();
        let tree = from.tree.map(&mut Tree::Input, &mut |id| above.scalar(arena, id));
        let new = arena.from(From { inputs, tree, filter });
        let parent = arena.map_rel(&parent, &mut |arena, part| match part {
            Part::From(_) => Part::From(new),
            Part::Scalar(id) => Part::Scalar(above.scalar(arena, id)),
            Part::Rel(rel) => Part::Rel(rel),
        });
        return Some(arena.rel(parent));
    }
    None
}

/// Whether the input stands where no outer join fills its columns.
fn kept(tree: &Tree, input: u32) -> bool {
    match tree {
        Tree::Input(own) => *own == input,
        Tree::Inner(parts) => parts.iter().any(|part| kept(part, input)),
        Tree::Where { part, .. } => kept(part, input),
        Tree::Left { left, .. } => kept(left, input),
        Tree::Full { .. } => false,
    }
}

/// What looks at the grouping, when its constant keys are gone.
struct Above {
    input: u32,
    constants: Vec<Option<ScalarId>>,
}

impl Above {
    fn rel(&self, arena: &mut Arena, rel: RelId) -> RelId {
        arena.rewrite_rel(rel, 0, &mut |arena: &mut Arena, id: ScalarId, level: u32| {
            self.moved(arena, id, level)
        })
    }

    fn scalar(&self, arena: &mut Arena, id: ScalarId) -> ScalarId {
        arena.rewrite(id, 0, &mut |arena: &mut Arena, id: ScalarId, level: u32| {
            self.moved(arena, id, level)
        })
    }

    fn moved(&self, arena: &mut Arena, id: ScalarId, level: u32) -> Option<ScalarId> {
        let Scalar::Column { depth, input, field: Field::At(at) } = *arena.get_scalar(id) else {
            return None;
        };
        if depth != level || input != self.input {
            return None;
        }
        if let Some(Some(constant)) = self.constants.get(at as usize) {
            return Some(*constant);
        }
        let gone = self.constants.iter().take(at as usize).flatten().count();
        let at = at - u32::try_from(gone).ok()?;
        Some(arena.scalar(Scalar::Column { depth, input, field: Field::At(at) }))
    }
}
