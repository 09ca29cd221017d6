//! A conjunction is so many conditions, each once.

use plumb_ir::{Arena, From, Literal, RelId, ScalarId};

use crate::{Apply, Rewrite, Stage};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "split-conditions",
    stage: Stage::Predicates,
    page: include_str!("split_conditions.md"),
    apply: Apply::Rel(apply),
};

fn apply(arena: &mut Arena, rel: RelId) -> Option<RelId> {
    let parent = arena.get_rel(rel).clone();
    let from = arena.get_from(parent.from()?).clone();
    let filter = split(arena, &from.filter);
    let tree = on(arena, &from.tree);
    if filter == from.filter && tree == from.tree {
        return None;
    }
    let new = arena.from(From { inputs: from.inputs, tree, filter });
    Some(super::with_from(arena, &parent, new))
}

fn on(arena: &Arena, tree: &plumb_ir::Tree) -> plumb_ir::Tree {
    use plumb_ir::Tree;
    let boxed = |tree: &Tree| Box::new(on(arena, tree));
    match tree {
        Tree::Input(input) => Tree::Input(*input),
        Tree::Inner(parts) => Tree::Inner(parts.iter().map(|part| on(arena, part)).collect()),
        Tree::Where { part, on } => Tree::Where { part: boxed(part), on: split(arena, on) },
        Tree::Left { left, right, on } => {
            Tree::Left { left: boxed(left), right: boxed(right), on: split(arena, on) }
        }
        Tree::Full { left, right, on } => {
            Tree::Full { left: boxed(left), right: boxed(right), on: split(arena, on) }
        }
    }
}

fn split(arena: &Arena, conditions: &[ScalarId]) -> Vec<ScalarId> {
    let mut all: Vec<ScalarId> = Vec::new();
    for condition in conditions {
        let parts = match arena.as_call(*condition) {
            Some(("and", parts)) => split(arena, parts),
            _ => vec![*condition],
        };
        for part in parts {
            let says_nothing = arena.as_literal(part) == Some(&Literal::Bool(true));
            if !says_nothing && !all.contains(&part) {
                all.push(part);
            }
        }
    }
    all
}
