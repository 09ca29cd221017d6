//! A value that is converted to the type it has stays as it is.

use plumb_ir::{Arena, RelId, Scalar, ScalarId, Type};

use crate::{
    Apply, Known, Rewrite, Stage,
    walk::{Rule, Site, simplified},
};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "same-type",
    stage: Stage::Predicates,
    page: include_str!("same_type.md"),
    apply: Apply::Known(apply),
};

fn apply(arena: &mut Arena, known: &mut Known, rel: RelId) -> Option<RelId> {
    simplified(arena, known, rel, &RULE)
}

static RULE: Rule = Rule { looks_at: &["cast"], around: &[], apply: unconverted };

fn unconverted(
    arena: &mut Arena,
    _: &mut Known,
    site: &Site<'_>,
    id: ScalarId,
) -> Option<ScalarId> {
    let Scalar::Cast { value, to, .. } = arena.get_scalar(id) else { return None };
    // Of moments and of numbers that are not whole, a type does not say how exact they are.
    let exact = matches!(to, Type::Text | Type::Bool | Type::Date | Type::Int(_));
    (exact && site.scope.type_of(arena, *value) == *to).then_some(*value)
}
