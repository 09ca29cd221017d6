//! Which columns may measure anything at all: few do, and only those are worth putting in words.

use plumb_ir::{Arena, Field, FromId, Out, Rel, RelId, Scalar, ScalarId};
use rustc_hash::FxHashMap;

use super::MEASURES;

/// Whether columns come by an aggregate that measures, each asked once.
pub(crate) struct Reach<'a> {
    arena: &'a Arena,
    outputs: FxHashMap<(RelId, Field), bool>,
    scalars: FxHashMap<(FromId, ScalarId), bool>,
}

impl<'a> Reach<'a> {
    pub(crate) fn new(arena: &'a Arena) -> Self {
        Self { arena, outputs: FxHashMap::default(), scalars: FxHashMap::default() }
    }

    /// Whether an output may measure something; it does not, where that is false.
    pub(crate) fn output(&mut self, rel: RelId, field: Field) -> bool {
        if let Some(known) = self.outputs.get(&(rel, field)) {
            return *known;
        }
        let measures = match (self.arena.get_rel(rel), field) {
            (Rel::Project { from, out }, Field::At(at)) => match out.get(at as usize) {
                Some(Out::Column(scalar)) => self.scalar(*from, *scalar),
                Some(Out::Star { .. }) | None => false,
            },
            (Rel::Project { from, out }, Field::Named(_)) => out.iter().any(|out| match out {
                Out::Star { input, .. } => self.input(*from, *input, field),
                Out::Column(_) => false,
            }),
            (Rel::Aggregate { from, keys, calls, .. }, Field::At(at)) => {
                let scalar = keys.iter().chain(calls).nth(at as usize);
                scalar.is_some_and(|scalar| self.scalar(*from, *scalar))
            }
            (Rel::Distinct { input }, _) => self.output(*input, field),
            // Rows of several places, or some of them, are values of their own.
            _ => false,
        };
        self.outputs.insert((rel, field), measures);
        measures
    }

    fn input(&mut self, from: FromId, input: u32, field: Field) -> bool {
        let rel = self.arena.get_from(from).inputs.get(input as usize).copied();
        rel.is_some_and(|rel| self.output(rel, field))
    }

    fn scalar(&mut self, from: FromId, id: ScalarId) -> bool {
        if let Some(known) = self.scalars.get(&(from, id)) {
            return *known;
        }
        let node = self.arena.get_scalar(id);
        let measures = match node {
            Scalar::Column { depth: 0, input, field } => self.input(from, *input, *field),
            // What stands further out is not looked for.
            Scalar::Column { .. } => true,
            Scalar::Aggregate { function, .. }
                if MEASURES.contains(&self.arena.name(*function)) =>
            {
                true
            }
            Scalar::Call { .. }
            | Scalar::Case { .. }
            | Scalar::Cast { .. }
            | Scalar::Aggregate { .. } => {
                node.children().into_iter().any(|child| self.scalar(from, child))
            }
            Scalar::Either { .. }
            | Scalar::Literal(_)
            | Scalar::Window { .. }
            | Scalar::Exists(_)
            | Scalar::In { .. }
            | Scalar::Subquery(_)
            | Scalar::Lambda { .. }
            | Scalar::Param(_)
            | Scalar::Hole { .. } => false,
        };
        self.scalars.insert((from, id), measures);
        measures
    }
}
