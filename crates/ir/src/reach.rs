//! How far out a node looks, 0 where it depends on nothing around it; whether it gives the same each time, and whether
//! relations stand in it.

use crate::{Arena, From, Rel, Scalar, ScalarId, Stability, Symbol, function};

/// Set where a node holds a call that may give something else each time.
const VOLATILE: u32 = 1 << 31;

/// Set where a scalar holds a relation.
const RELATION: u32 = 1 << 30;

/// Both, which whatever stands above has, too.
const KEPT: u32 = VOLATILE | RELATION;

/// How far out a node looks, and whether it holds a volatile call or a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reach(u32);

impl Reach {
    const NOWHERE: Self = Self(0);

    /// How many scopes.
    pub(crate) fn scopes(self) -> u32 {
        self.0 & !KEPT
    }

    /// Whether a call in it may give something else each time.
    pub(crate) fn is_volatile(self) -> bool {
        self.0 & VOLATILE != 0
    }

    /// Whether a relation stands in it.
    pub(crate) fn holds_relation(self) -> bool {
        self.0 & RELATION != 0
    }

    fn to(scopes: u32) -> Self {
        Self(scopes)
    }

    fn and(self, other: Self) -> Self {
        let kept = (self.0 | other.0) & KEPT;
        Self(self.scopes().max(other.scopes()) | kept)
    }

    /// The same, seen from one scope further out.
    fn outwards(self) -> Self {
        Self(self.scopes().saturating_sub(1) | self.0 & KEPT)
    }
}

/// Scopes a scalar looks at, counted from the one it stands in: 1 if only that one.
pub(crate) fn of_scalar(arena: &Arena, scalar: &Scalar) -> Reach {
    let own = match scalar {
        Scalar::Column { depth, .. } | Scalar::Either { depth, .. } => Reach::to(depth + 1),
        Scalar::Call { function, .. }
        | Scalar::Aggregate { function, .. }
        | Scalar::Window { function, .. } => called(arena, *function),
        Scalar::Literal(_)
        | Scalar::Case { .. }
        | Scalar::Cast { .. }
        | Scalar::Exists(_)
        | Scalar::In { .. }
        | Scalar::Subquery(_)
        | Scalar::Lambda { .. }
        | Scalar::Param(_)
        | Scalar::Hole { .. } => Reach::NOWHERE,
    };
    let below = farthest(arena, &scalar.children());
    let inside = |rel| Reach(RELATION).and(arena.reach_of_rel(rel));
    own.and(below).and(scalar.subquery().map_or(Reach::NOWHERE, inside))
}

/// Scopes around a relation that it looks at.
pub(crate) fn of_rel(arena: &Arena, rel: &Rel) -> Reach {
    let own = farthest(arena, &rel.scalars()).outwards();
    let from = rel.from().map_or(Reach::NOWHERE, |from| arena.reach_of_from(from));
    let called = match rel {
        Rel::Call { function, .. } => called(arena, *function),
        Rel::Scan { .. }
        | Rel::Values { .. }
        | Rel::Project { .. }
        | Rel::Aggregate { .. }
        | Rel::Distinct { .. }
        | Rel::Union { .. }
        | Rel::Set { .. }
        | Rel::Limit { .. }
        | Rel::Opaque { .. } => Reach::NOWHERE,
    };
    let below = rel.inputs().into_iter().map(|input| arena.reach_of_rel(input));
    below.fold(own.and(from).and(called), Reach::and)
}

/// Scopes around a join that it looks at.
pub(crate) fn of_from(arena: &Arena, from: &From) -> Reach {
    let inputs = from.inputs.iter().map(|input| arena.reach_of_rel(*input));
    inputs.fold(farthest(arena, &from.conditions()), Reach::and).outwards()
}

fn farthest(arena: &Arena, scalars: &[ScalarId]) -> Reach {
    let all = scalars.iter().map(|scalar| arena.reach_of_scalar(*scalar));
    all.fold(Reach::NOWHERE, Reach::and)
}

fn called(arena: &Arena, name: Symbol) -> Reach {
    let volatile = function(arena.name(name)).is_some_and(|it| it.stability == Stability::Volatile);
    Reach(if volatile { VOLATILE } else { 0 })
}
