//! Left joins stand above inner ones.

use plumb_ir::{Arena, From, RelId, ScalarId, Tree};

use crate::{Apply, Rewrite, Stage};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "hoist-left-joins",
    stage: Stage::Predicates,
    page: include_str!("hoist_left_joins.md"),
    apply: Apply::Rel(apply),
};

fn apply(arena: &mut Arena, rel: RelId) -> Option<RelId> {
    let id = arena.get_rel(rel).from()?;
    if matches!(arena.get_from(id).tree, Tree::Input(_)) {
        return None;
    }
    let from = arena.shared_from(id);
    // A lateral input may look at what a left join brings: then it may not come before it.
    if from.inputs.iter().any(|input| arena.rel_reach(*input) > 0) {
        return None;
    }
    let tree = hoisted(from.tree.clone());
    if tree == from.tree {
        return None;
    }
    let new = arena.from(From { inputs: from.inputs.clone(), tree, filter: from.filter.clone() });
    Some(super::on_from(arena, rel, new))
}

/// `(a LEFT JOIN b) × c` is `(a × c) LEFT JOIN b`: whether a row of `a` has a match does not depend on `c`.
fn hoisted(tree: Tree) -> Tree {
    match tree {
        Tree::Input(_) => tree,
        Tree::Inner(parts) => {
            let mut joins: Vec<(Box<Tree>, Vec<ScalarId>)> = Vec::new();
            let mut bases = Vec::new();
            for part in parts {
                let mut base = hoisted(part);
                let mut above = Vec::new();
                while let Tree::Left { left, right, on } = base {
                    above.push((right, on));
                    base = *left;
                }
                joins.extend(above.into_iter().rev());
                bases.push(base);
            }
            let base = if bases.len() == 1 { bases.swap_remove(0) } else { Tree::Inner(bases) };
            joins.into_iter().fold(base, |left, (right, on)| Tree::Left {
                left: Box::new(left),
                right,
                on,
            })
        }
        Tree::Where { part, on } => Tree::Where { part: Box::new(hoisted(*part)), on },
        Tree::Left { left, right, on } => {
            Tree::Left { left: Box::new(hoisted(*left)), right: Box::new(hoisted(*right)), on }
        }
        Tree::Full { left, right, on } => {
            Tree::Full { left: Box::new(hoisted(*left)), right: Box::new(hoisted(*right)), on }
        }
    }
}
