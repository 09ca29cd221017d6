//! A relation on another `FROM`: every column it looks at is addressed anew.

use plumb_ir::{Arena, Field, From, Out, Part, Rel, RelId, Scalar, ScalarId, Tree};

use crate::splice::deepen;

/// What stands for a column of an old input, as seen from the new scope; `None` if the same column does.
pub(crate) type Columns<'a> = dyn Fn(&mut Arena, u32, Field) -> Option<ScalarId> + 'a;

/// How columns and inputs of one scope are addressed after a change.
pub(crate) struct Remap<'a> {
    pub(crate) columns: &'a Columns<'a>,
    /// The new number of an input that stays.
    pub(crate) inputs: &'a dyn Fn(u32) -> u32,
}

impl Remap<'_> {
    /// The relation on a new `FROM`, which is given in old terms but for its inputs' numbers.
    pub(crate) fn rel(
        &self,
        arena: &mut Arena,
        parent: &Rel,
        inputs: &[RelId],
        tree: &Tree,
        filter: &[ScalarId],
    ) -> RelId {
        let inputs = inputs.iter().map(|input| self.input(arena, *input)).collect();
        let tree = tree.map(&mut Tree::Input, &mut |id| self.scalar(arena, id));
        let filter = filter.iter().map(|id| self.scalar(arena, *id)).collect();
        let new = arena.from(From { inputs, tree, filter });
        let mut parent = arena.map_rel(parent, &mut |arena, part| match part {
            Part::From(_) => Part::From(new),
            Part::Scalar(id) => Part::Scalar(self.scalar(arena, id)),
            Part::Rel(rel) => Part::Rel(rel),
        });
        if let Rel::Project { out, .. } = &mut parent {
            for out in out {
                if let Out::Star { input, .. } = out {
                    *input = (self.inputs)(*input);
                }
            }
        }
        arena.rel(parent)
    }

    /// A relation that stands in the scope.
    pub(crate) fn input(&self, arena: &mut Arena, rel: RelId) -> RelId {
        arena.rewrite_rel(rel, 0, &mut |arena: &mut Arena, id: ScalarId, level: u32| {
            self.moved(arena, id, level)
        })
    }

    /// A scalar of the scope.
    pub(crate) fn scalar(&self, arena: &mut Arena, id: ScalarId) -> ScalarId {
        arena.rewrite(id, 0, &mut |arena: &mut Arena, id: ScalarId, level: u32| {
            self.moved(arena, id, level)
        })
    }

    fn moved(&self, arena: &mut Arena, id: ScalarId, level: u32) -> Option<ScalarId> {
        match arena.get_scalar(id) {
            Scalar::Column { depth, input, field } if *depth == level => {
                let (depth, input, field) = (*depth, *input, *field);
                if let Some(new) = (self.columns)(arena, input, field) {
                    return Some(deepen(arena, new, level));
                }
                let input = (self.inputs)(input);
                Some(arena.scalar(Scalar::Column { depth, input, field }))
            }
            Scalar::Either { depth, inputs, name } if *depth == level => {
                let (depth, name) = (*depth, *name);
                let mut inputs: Vec<u32> =
                    inputs.iter().map(|input| (self.inputs)(*input)).collect();
                inputs.sort_unstable();
                Some(arena.scalar(Scalar::Either { depth, inputs, name }))
            }
            _ => None,
        }
    }
}

/// Columns of a relation by position, in another order.
pub(crate) fn picked(arena: &mut Arena, rel: RelId, places: &[u32]) -> RelId {
    // It comes to stand in one more scope.
    let rel = deepen_rel(arena, rel);
    let from = From { inputs: vec![rel], tree: Tree::Input(0), filter: Vec::new() };
    let from = arena.from(from);
    let out = places.iter().map(|at| Out::Column(arena.column(0, Field::At(*at))));
    let out = out.collect();
    arena.rel(Rel::Project { from, out })
}

/// A relation as seen from one scope further in.
pub(crate) fn deepen_rel(arena: &mut Arena, rel: RelId) -> RelId {
    arena.rewrite_rel(rel, 0, &mut |arena: &mut Arena, id: ScalarId, level: u32| {
        redepthed(arena, id, level, &|depth| depth + 1)
    })
}

/// A column that looks at least so many scopes out, with another number of them.
pub(crate) fn redepthed(
    arena: &mut Arena,
    id: ScalarId,
    level: u32,
    depths: &dyn Fn(u32) -> u32,
) -> Option<ScalarId> {
    let (Scalar::Column { depth, .. } | Scalar::Either { depth, .. }) = arena.get_scalar(id) else {
        return None;
    };
    if *depth < level {
        return None;
    }
    let mut node = arena.get_scalar(id).clone();
    if let Scalar::Column { depth, .. } | Scalar::Either { depth, .. } = &mut node {
        *depth = depths(*depth);
    }
    Some(arena.scalar(node))
}

/// Whether a scalar is a column, of one input or of one of several: no other has an address of its own.
pub(crate) fn is_column(arena: &Arena, id: ScalarId) -> bool {
    matches!(arena.get_scalar(id), Scalar::Column { .. } | Scalar::Either { .. })
}
