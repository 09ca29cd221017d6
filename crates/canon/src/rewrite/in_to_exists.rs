//! A condition that asks whether a value is in a query asks whether there is a row with it.

use plumb_ir::{Arena, Field, From, Rel, RelId, Scalar, ScalarId, Tree};

use crate::{Apply, Rewrite, Stage, remap::deepen_rel, splice::deepen};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "in-to-exists",
    stage: Stage::Predicates,
    page: include_str!("in_to_exists.md"),
    apply: Apply::Rel(apply),
};

fn apply(arena: &mut Arena, rel: RelId) -> Option<RelId> {
    let id = arena.get_rel(rel).from()?;
    let asks = |id: &ScalarId| matches!(arena.get_scalar(*id), Scalar::In { .. });
    if !arena.get_from(id).filter.iter().any(asks) {
        return None;
    }
    let mut from = arena.get_from(id).clone();
    let mut filter = Vec::new();
    for condition in &from.filter {
        filter.push(exists(arena, *condition).unwrap_or(*condition));
    }
    if filter == from.filter {
        return None;
    }
    from.filter = filter;
    let from = arena.from(from);
    Some(super::on_from(arena, rel, from))
}

/// The value is compared with each row; a comparison with NULL is not true, and here nothing else counts.
fn exists(arena: &mut Arena, condition: ScalarId) -> Option<ScalarId> {
    let Scalar::In { values, rel } = arena.get_scalar(condition).clone() else { return None };
    // A value that is another one each time it is asked for is asked for once a row.
    if values.iter().any(|value| arena.is_volatile(*value)) {
        return None;
    }
    if crate::layout::has_star(arena, rel)
        || values.len() != crate::layout::width(arena, rel) as usize
    {
        return None;
    }
    let input = deepen_rel(arena, rel);
    let mut filter = Vec::new();
    for (at, value) in (0..).zip(values) {
        let column = arena.column(0, Field::At(at));
        let value = deepen(arena, value, 1);
        filter.push(arena.call("eq", vec![column, value]));
    }
    let from = arena.from(From { inputs: vec![input], tree: Tree::Input(0), filter });
    let rows = arena.rel(Rel::Project { from, out: Vec::new() });
    Some(arena.scalar(Scalar::Exists(rows)))
}
