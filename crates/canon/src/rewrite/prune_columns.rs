//! Columns that nobody looks at go; the rest stand in an order of their own.

use crate::{
    Apply, Known, Rewrite, Stage,
    layout::{Moved, of_input, renumber, renumbered},
};
use plumb_ir::{Arena, From, Part, RelId, ScalarId, Tree};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "prune-columns",
    stage: Stage::Prune,
    page: include_str!("prune_columns.md"),
    apply: Apply::Known(apply),
};

fn apply(arena: &mut Arena, known: &mut Known, rel: RelId) -> Option<RelId> {
    let parent = arena.get_rel(rel);
    let id = parent.from()?;
    let used = crate::uses::of_inputs(arena, parent, arena.get_from(id));
    let mut new = rel;
    for (number, used) in (0..).zip(used) {
        let from = arena.get_rel(new).from().map(|id| arena.get_from(id))?;
        let asked = (from.inputs[number as usize], used);
        if known.laid_out.contains(&asked) {
            continue;
        }
        match of_input(arena, asked.0, &asked.1) {
            Some((input, moved)) => new = laid_out(arena, new, number, input, &moved)?,
            None => drop(known.laid_out.insert(asked)),
        }
    }
    (new != rel).then_some(new)
}

/// A relation with another input in place of one, whose columns moved.
fn laid_out(
    arena: &mut Arena,
    rel: RelId,
    number: u32,
    new: RelId,
    moved: &Moved,
) -> Option<RelId> {
    let parent = arena.shared_rel(rel);
    let from = arena.shared_from(parent.from()?);
    let mut inputs = Vec::with_capacity(from.inputs.len());
    for (other, input) in (0..).zip(&from.inputs) {
        inputs.push(if other == number {
            new
        } else {
            arena.rewrite_rel(*input, 0, &mut |arena: &mut Arena, id: ScalarId, level: u32| {
                renumbered(arena, id, level, number, moved)
            })
        });
    }
    let filter = from.filter.iter().map(|id| renumber(arena, *id, number, moved)).collect();
    let tree = from.tree.map(&mut Tree::Input, &mut |id| renumber(arena, id, number, moved));
    let from = arena.from(From { inputs, tree, filter });
    let new = arena.map_rel(&parent, &mut |arena, part| match part {
        Part::Scalar(id) => Part::Scalar(renumber(arena, id, number, moved)),
        Part::From(_) => Part::From(from),
        Part::Rel(_) => part,
    });
    Some(arena.rel(new))
}
