//! How far out a node looks: 0 means it depends on nothing around it.

use crate::{Arena, From, Rel, Scalar, ScalarId};

/// Scopes a scalar looks at, counted from the one it stands in: 1 if only that one.
pub(crate) fn of_scalar(arena: &Arena, scalar: &Scalar) -> u32 {
    let own = match scalar {
        Scalar::Column { depth, .. } | Scalar::Either { depth, .. } => depth + 1,
        Scalar::Literal(_)
        | Scalar::Call { .. }
        | Scalar::Case { .. }
        | Scalar::Cast { .. }
        | Scalar::Aggregate { .. }
        | Scalar::Window { .. }
        | Scalar::Exists(_)
        | Scalar::In { .. }
        | Scalar::Subquery(_)
        | Scalar::Lambda { .. }
        | Scalar::Param(_)
        | Scalar::Hole { .. } => 0,
    };
    let below = farthest(arena, &scalar.children());
    own.max(below).max(scalar.subquery().map_or(0, |rel| arena.rel_reach(rel)))
}

/// Scopes around a relation that it looks at.
pub(crate) fn of_rel(arena: &Arena, rel: &Rel) -> u32 {
    let own = farthest(arena, &rel.scalars()).saturating_sub(1);
    let from = rel.from().map_or(0, |from| arena.from_reach(from));
    let below = rel.inputs().iter().map(|input| arena.rel_reach(*input)).max();
    own.max(from).max(below.unwrap_or(0))
}

/// Scopes around a join that it looks at.
pub(crate) fn of_from(arena: &Arena, from: &From) -> u32 {
    let inputs = from.inputs.iter().map(|input| arena.rel_reach(*input)).max().unwrap_or(0);
    inputs.max(farthest(arena, &from.conditions())).saturating_sub(1)
}

fn farthest(arena: &Arena, scalars: &[ScalarId]) -> u32 {
    scalars.iter().map(|scalar| arena.scalar_reach(*scalar)).max().unwrap_or(0)
}
