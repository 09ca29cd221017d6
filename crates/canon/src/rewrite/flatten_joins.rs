//! Inner joins have no nesting and no order; conditions stand as high as they may.

use plumb_ir::{Arena, From, RelId, ScalarId, Tree};

use crate::{Apply, Rewrite, Stage};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "flatten-joins",
    stage: Stage::Predicates,
    page: include_str!("flatten_joins.md"),
    apply: Apply::Rel(apply),
};

fn apply(arena: &mut Arena, rel: RelId) -> Option<RelId> {
    let id = arena.get_rel(rel).from()?;
    if matches!(arena.get_from(id).tree, Tree::Input(_)) {
        return None;
    }
    let from = arena.shared_from(id);
    let mut filter = from.filter.clone();
    let tree = flat(from.tree.clone(), &mut filter);
    if tree == from.tree && filter == from.filter {
        return None;
    }
    let new = arena.from(From { inputs: from.inputs.clone(), tree, filter });
    Some(super::on_from(arena, rel, new))
}

/// A tree without nested inner joins; conditions that may move up go to `up`.
fn flat(tree: Tree, up: &mut Vec<ScalarId>) -> Tree {
    match tree {
        Tree::Input(_) => tree,
        Tree::Inner(parts) => {
            let mut all = Vec::new();
            for part in parts {
                match flat(part, up) {
                    Tree::Inner(inner) => all.extend(inner),
                    other @ (Tree::Input(_)
                    | Tree::Where { .. }
                    | Tree::Left { .. }
                    | Tree::Full { .. }) => {
                        all.push(other);
                    }
                }
            }
            if all.len() == 1 { all.swap_remove(0) } else { Tree::Inner(all) }
        }
        Tree::Where { part, on } => {
            up.extend(on);
            flat(*part, up)
        }
        Tree::Left { left, right, mut on } => {
            let left = Box::new(flat(*left, up));
            // On the side that is filled, a condition decides what matches.
            let right = Box::new(flat(*right, &mut on));
            Tree::Left { left, right, on }
        }
        Tree::Full { left, right, on } => {
            let side = |tree: Tree| {
                let mut kept = Vec::new();
                let part = Box::new(flat(tree, &mut kept));
                if kept.is_empty() { part } else { Box::new(Tree::Where { part, on: kept }) }
            };
            Tree::Full { left: side(*left), right: side(*right), on }
        }
    }
}
