//! A conjunction is so many conditions, each once.

use indexmap::IndexSet;
use plumb_ir::{Arena, From, Literal, RelId, ScalarId, Tree};

use crate::{Apply, Rewrite, Stage};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "split-conditions",
    stage: Stage::Predicates,
    page: include_str!("split_conditions.md"),
    apply: Apply::Rel(apply),
};

fn apply(arena: &mut Arena, rel: RelId) -> Option<RelId> {
    let from = arena.shared_from(arena.get_rel(rel).from()?);
    let filter = split(arena, &from.filter);
    let tree = on(arena, &from.tree);
    if filter == from.filter && tree == from.tree {
        return None;
    }
    let new = arena.from(From { inputs: from.inputs.clone(), tree, filter });
    Some(super::on_from(arena, rel, new))
}

fn on(arena: &mut Arena, tree: &Tree) -> Tree {
    match tree {
        Tree::Input(input) => Tree::Input(*input),
        Tree::Inner(parts) => Tree::Inner(parts.iter().map(|part| on(arena, part)).collect()),
        Tree::Where { part, on: conditions } => {
            let part = Box::new(on(arena, part));
            Tree::Where { part, on: split(arena, conditions) }
        }
        Tree::Left { left, right, on: conditions } => {
            let (left, right) = (Box::new(on(arena, left)), Box::new(on(arena, right)));
            Tree::Left { left, right, on: split(arena, conditions) }
        }
        Tree::Full { left, right, on: conditions } => {
            let (left, right) = (Box::new(on(arena, left)), Box::new(on(arena, right)));
            Tree::Full { left, right, on: split(arena, conditions) }
        }
    }
}

/// The parts of conditions, each once. One that is never true leaves nothing else to say.
fn split(arena: &mut Arena, conditions: &[ScalarId]) -> Vec<ScalarId> {
    let mut all = IndexSet::new();
    gather(arena, conditions, &mut all);
    let never = |part: &ScalarId| {
        matches!(arena.as_literal(*part), Some(Literal::Bool(false) | Literal::Null))
    };
    if all.iter().any(never) {
        return vec![arena.literal(Literal::Bool(false))];
    }
    all.into_iter().collect()
}

fn gather(arena: &Arena, conditions: &[ScalarId], all: &mut IndexSet<ScalarId>) {
    for condition in conditions {
        if let Some(("and", parts)) = arena.as_call(*condition) {
            gather(arena, parts, all);
        } else if arena.as_literal(*condition) != Some(&Literal::Bool(true)) {
            all.insert(*condition);
        }
    }
}
