//! Columns that nobody looks at go; the rest stand in an order of their own.

use crate::{
    Apply, Known, Rewrite, Stage,
    layout::{of_input, renumber, renumbered},
};
use plumb_ir::{Arena, From, RelId, ScalarId, Tree};

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
    for (number, used) in (0..).zip(used) {
        let input = arena.get_from(id).inputs[number as usize];
        let asked = (input, used);
        if known.laid_out.contains(&asked) {
            continue;
        }
        let Some((new, moved)) = of_input(arena, input, &asked.1) else {
            known.laid_out.insert(asked);
            continue;
        };
        let (parent, from) = (arena.get_rel(rel).clone(), arena.get_from(id).clone());
        let mut inputs = Vec::new();
        for (other, input) in (0..).zip(&from.inputs) {
            inputs.push(if other == number {
                new
            } else {
                arena.rewrite_rel(*input, 0, &mut |arena: &mut Arena, id: ScalarId, level: u32| {
                    renumbered(arena, id, level, number, &moved)
                })
            });
        }
        let filter = from.filter.iter().map(|id| renumber(arena, *id, number, &moved)).collect();
        let tree = from.tree.map(&mut Tree::Input, &mut |id| renumber(arena, id, number, &moved));
        let from = arena.from(From { inputs, tree, filter });
        let parent = super::with_from(arena, &parent, from);
        let parent = arena.get_rel(parent).clone();
        let new = arena.map_rel(&parent, &mut |arena, part| match part {
            plumb_ir::Part::Scalar(id) => {
                plumb_ir::Part::Scalar(renumber(arena, id, number, &moved))
            }
            other @ (plumb_ir::Part::From(_) | plumb_ir::Part::Rel(_)) => other,
        });
        return Some(arena.rel(new));
    }
    None
}
