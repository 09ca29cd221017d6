//! What is put under more scopes than it was bound for looks farther out.

use plumb_ir::{Arena, RelId, Scalar, ScalarId};

use crate::scope::Resolver;

impl Resolver<'_> {
    /// A scalar of a scope so many levels out, as seen from here.
    pub(crate) fn deepen(&mut self, id: ScalarId, by: u32) -> ScalarId {
        deepened(self.arena, id, by)
    }

    /// A relation that is put under one more `FROM` than it was bound for.
    pub(crate) fn under(&mut self, rel: RelId) -> RelId {
        self.deeper(rel, 1)
    }

    /// A relation that is put under so many more scopes than it was bound for.
    pub(crate) fn deeper(&mut self, rel: RelId, by: u32) -> RelId {
        self.arena.rewrite_rel(rel, 0, &mut |arena: &mut Arena, id: ScalarId, level: u32| {
            farther(arena, id, level, by)
        })
    }
}

/// A scalar that is put under so many more scopes than it was bound for.
pub(crate) fn deepened(arena: &mut Arena, id: ScalarId, by: u32) -> ScalarId {
    if by == 0 {
        return id;
    }
    arena.rewrite(id, 0, &mut |arena: &mut Arena, id: ScalarId, level: u32| {
        farther(arena, id, level, by)
    })
}

/// A column from outside, so many scopes farther out.
pub(crate) fn farther(arena: &mut Arena, id: ScalarId, level: u32, by: u32) -> Option<ScalarId> {
    match arena.get_scalar(id).clone() {
        Scalar::Column { depth, input, field } if depth >= level => {
            Some(arena.scalar(Scalar::Column { depth: depth + by, input, field }))
        }
        Scalar::Either { depth, inputs, name } if depth >= level => {
            Some(arena.scalar(Scalar::Either { depth: depth + by, inputs, name }))
        }
        _ => None,
    }
}
