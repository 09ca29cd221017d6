//! One row of constants that is joined is so many constants.

use plumb_ir::{Arena, Field, Rel, RelId, Tree};

use crate::{Apply, Rewrite, Stage};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "values-inline",
    stage: Stage::Inline,
    page: include_str!("values_inline.md"),
    apply: Apply::Rel(apply),
};

fn apply(arena: &mut Arena, rel: RelId) -> Option<RelId> {
    let parent = arena.get_rel(rel).clone();
    let from = arena.get_from(parent.from()?).clone();
    for (at, input) in (0..).zip(&from.inputs) {
        let Rel::Values { rows, .. } = arena.get_rel(*input) else { continue };
        let [row] = rows.as_slice() else { continue };
        let row = row.clone();
        // Windows over one row, and what looks outside, stay.
        if row.iter().any(|id| arena.scalar_reach(*id) > 0) {
            continue;
        }
        let Some(tree) = pruned(&from.tree, at) else { continue };
        let columns = |_: &mut Arena, input: u32, field: Field| match field {
            Field::At(position) if input == at => row.get(position as usize).copied(),
            _ => None,
        };
        let new = super::empty::without(arena, &parent, &from, &tree, &[at], &columns);
        if new.is_some() {
            return new;
        }
    }
    None
}

/// The tree without an input that is joined to all others, outside outer joins or on the side that they keep.
fn pruned(tree: &Tree, at: u32) -> Option<Tree> {
    match tree {
        Tree::Input(input) => (*input == at).then(|| Tree::Inner(Vec::new())),
        Tree::Inner(parts) => {
            let mut parts = parts.clone();
            let (index, part) =
                parts.iter().enumerate().find_map(|(it, part)| Some((it, pruned(part, at)?)))?;
            match part {
                Tree::Inner(none) if none.is_empty() => {
                    parts.remove(index);
                }
                part => parts[index] = part,
            }
            Some(if parts.len() == 1 { parts.swap_remove(0) } else { Tree::Inner(parts) })
        }
        Tree::Where { part, on } => {
            Some(Tree::Where { part: Box::new(pruned(part, at)?), on: on.clone() })
        }
        Tree::Left { left, right, on } => {
            let left = Box::new(pruned(left, at)?);
            Some(Tree::Left { left, right: right.clone(), on: on.clone() })
        }
        Tree::Full { .. } => None,
    }
}
