//! A left join whose added rows are filtered out is an inner join.

use crate::{
    Apply, Rewrite, Stage,
    nulls::{of_inputs, rejects},
};
use plumb_ir::{Arena, From, RelId, ScalarId, Tree};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "left-join-to-inner",
    stage: Stage::Predicates,
    page: include_str!("left_join_to_inner.md"),
    apply: Apply::Rel(apply),
};

fn apply(arena: &mut Arena, rel: RelId) -> Option<RelId> {
    let id = arena.get_rel(rel).from()?;
    if matches!(arena.get_from(id).tree, Tree::Input(_)) {
        return None;
    }
    let from = arena.shared_from(id);
    let mut filter = from.filter.clone();
    let tree = tightened(arena, from.tree.clone(), &mut filter);
    if tree == from.tree {
        return None;
    }
    let new = arena.from(From { inputs: from.inputs.clone(), tree, filter });
    Some(super::on_from(arena, rel, new))
}

/// `above` is what every row must satisfy where the tree stands.
fn tightened(arena: &Arena, tree: Tree, above: &mut Vec<ScalarId>) -> Tree {
    match tree {
        Tree::Left { left, right, on } => {
            let filled = right.inputs();
            let among = |leaf: ScalarId| of_inputs(arena, leaf, &|input| filled.contains(&input));
            let inner = above.iter().any(|condition| rejects(arena, *condition, &among));
            let left = tightened(arena, *left, above);
            if inner {
                above.extend(on);
                return Tree::Inner(vec![left, *right]);
            }
            Tree::Left { left: Box::new(left), right, on }
        }
        Tree::Inner(parts) => {
            Tree::Inner(parts.into_iter().map(|part| tightened(arena, part, above)).collect())
        }
        Tree::Input(_) | Tree::Where { .. } | Tree::Full { .. } => tree,
    }
}
