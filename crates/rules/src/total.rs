//! A number over all rows, whatever it is grouped by and whatever is joined to it: what definitions are compared at.

use plumb_ir::{Arena, Field, From, Literal, Out, Rel, RelId, Scalar, ScalarId, Tree};

use crate::formula::inputs_of;

/// A plan of one row with the number alone, 0 where there is nothing to count; `None` where it is no such number.
pub(crate) fn total(arena: &mut Arena, rel: RelId, at: u32) -> Option<RelId> {
    let (grouped, value) = over(arena, rel, at)?;
    let value = exact(arena, value);
    let none = arena.literal(Literal::Integer(0));
    let value = arena.call("coalesce", vec![value, none]);
    let from = From { inputs: vec![grouped], tree: Tree::Input(0), filter: Vec::new() };
    let from = arena.from(from);
    Some(arena.rel(Rel::Project { from, out: vec![Out::Column(value)] }))
}

/// A number before it is rounded.
fn exact(arena: &Arena, value: ScalarId) -> ScalarId {
    match arena.as_call(value) {
        Some((name, [inner, ..])) if name.ends_with("round") => exact(arena, *inner),
        _ => value,
    }
}

/// The grouping that makes a number, all rows as one group, and the number over its outputs.
fn over(arena: &mut Arena, rel: RelId, at: u32) -> Option<(RelId, ScalarId)> {
    match arena.get_rel(rel).clone() {
        Rel::Aggregate { from, keys, calls, .. } => {
            let keys = u32::try_from(keys.len()).ok()?;
            let value = arena.column(0, Field::At(at.checked_sub(keys)?));
            let whole = Rel::Aggregate { from, keys: Vec::new(), calls, scalar: true };
            Some((arena.rel(whole), value))
        }
        Rel::Project { from, out } => {
            let Out::Column(value) = out.get(at as usize)? else { return None };
            let from = arena.get_from(from).clone();
            let [input] = inputs(arena, *value)[..] else { return None };
            // A condition on groups, or on what is joined, says which rows count.
            if from.conditions().iter().any(|it| inputs(arena, *it).len() < 2) {
                return None;
            }
            made_of(arena, *from.inputs.get(input as usize)?, *value)
        }
        _ => None,
    }
}

/// A value over the outputs of a grouping, over the same with all rows as one group.
fn made_of(arena: &mut Arena, grouped: RelId, value: ScalarId) -> Option<(RelId, ScalarId)> {
    let Rel::Aggregate { from, keys, calls, .. } = arena.get_rel(grouped).clone() else {
        return None;
    };
    let keys = u32::try_from(keys.len()).ok()?;
    let mut lost = arena.rel_reach(grouped) > 0;
    let value = arena.rewrite(value, 0, &mut |arena: &mut Arena, id, level| {
        let Scalar::Column { depth, field, .. } = *arena.get_scalar(id) else {
            lost |= matches!(arena.get_scalar(id), Scalar::Window { .. } | Scalar::Either { .. });
            return None;
        };
        let call = match field {
            Field::At(at) if depth == 0 && level == 0 => at.checked_sub(keys),
            Field::At(_) | Field::Named(_) => None,
        };
        lost |= call.is_none();
        Some(call.map_or(id, |at| arena.column(0, Field::At(at))))
    });
    let whole = Rel::Aggregate { from, keys: Vec::new(), calls, scalar: true };
    (!lost).then(|| (arena.rel(whole), value))
}

fn inputs(arena: &Arena, scalar: ScalarId) -> Vec<u32> {
    let mut inputs = std::collections::BTreeSet::new();
    inputs_of(arena, scalar, &mut inputs);
    inputs.into_iter().collect()
}
