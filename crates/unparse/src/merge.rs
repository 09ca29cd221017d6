//! Which nodes stand on each other in one `SELECT`: grouping and `HAVING`, windows and `QUALIFY`, limits.

use plumb_ir::{Field, From, FromId, Out, Rel, RelId, Scalar, ScalarId, Tree};

use crate::{
    rel::Core,
    spelling::Feature,
    unspoken::Said,
    writer::{Bound, Writer},
};

/// How a projection stands on its only input.
enum Way {
    /// Conditions on groups.
    Having,
    /// Conditions on windows.
    Qualify,
    /// Some of its columns.
    Columns,
}

impl Writer<'_> {
    /// A projection in one `SELECT` with what it stands on, where there is a clause for it.
    pub(crate) fn merged(&mut self, id: FromId, out: &[Out]) -> Said<Option<Core>> {
        let arena = self.arena;
        let from = arena.get_from(id);
        let Some((input, way)) = self.way(from, out) else { return Ok(None) };
        self.scopes.push(vec![Bound::Hidden]);
        self.marks.push(self.taken.len());
        let core = self.core(input);
        let mut core = match core {
            Ok(core) => core,
            Err(why) => {
                self.close();
                return Err(why);
            }
        };
        if let Some(scope) = self.scopes.last_mut() {
            *scope = vec![Bound::Inline(core.outputs.clone())];
        }
        let filter = self.conditions(&from.filter);
        let outputs = self.outputs(out);
        self.close();
        match way {
            Way::Having => core.select.having.extend(filter?),
            Way::Qualify => core.select.qualify.extend(filter?),
            Way::Columns => {}
        }
        core.outputs = outputs?;
        Ok(Some(core))
    }

    fn way(&self, from: &From, out: &[Out]) -> Option<(RelId, Way)> {
        let ([input], Tree::Input(0)) = (from.inputs.as_slice(), &from.tree) else { return None };
        let values = out.iter().filter_map(|out| match out {
            Out::Column(scalar) => Some(*scalar),
            Out::Star { .. } => None,
        });
        let values: Vec<ScalarId> = values.collect();
        let all = || values.iter().chain(&from.filter);
        if all().any(|id| self.has_outer_look(*id)) {
            return None;
        }
        let columns = values.iter().all(|id| self.place(*id).is_some());
        match self.arena.get_rel(*input) {
            Rel::Aggregate { keys, calls, scalar, .. } => {
                let calls = keys.len()..keys.len() + calls.len();
                let measured = || all().any(|id| self.names(*id, &|at| calls.contains(&at)));
                (!scalar || measured()).then_some((*input, Way::Having))
            }
            Rel::Project { out: below, .. } => {
                let window = |at: usize| match below.get(at) {
                    Some(Out::Column(scalar)) => self.has_window(*scalar),
                    _ => false,
                };
                if !columns {
                    return None;
                }
                if from.filter.is_empty() {
                    return Some((*input, Way::Columns));
                }
                let chosen = from.filter.iter().any(|id| self.names(*id, &window));
                // Columns by name come through a star, and would not if the star were gone.
                let by_name = |id: &ScalarId| matches!(self.place(*id), Some(Field::Named(_)));
                let chosen = chosen && !values.iter().any(by_name);
                (chosen && self.spelling.has(Feature::Qualify)).then_some((*input, Way::Qualify))
            }
            Rel::Limit { input: below, .. } => {
                let plain = from.filter.is_empty() && columns && !self.is_distinct(*below);
                plain.then_some((*input, Way::Columns))
            }
            _ => None,
        }
    }

    /// Whether a relation gives each row once by `DISTINCT`: then it cannot lose a column later.
    fn is_distinct(&self, rel: RelId) -> bool {
        match self.arena.get_rel(rel) {
            Rel::Distinct { .. } => true,
            Rel::Limit { input, .. } => self.is_distinct(*input),
            Rel::Project { from, .. } => {
                let from = self.arena.get_from(*from);
                from.inputs.first().is_some_and(|input| {
                    matches!(self.arena.get_rel(*input), Rel::Limit { .. } | Rel::Project { .. })
                        && self.is_distinct(*input)
                })
            }
            _ => false,
        }
    }

    /// The place of a column of the only input.
    fn place(&self, scalar: ScalarId) -> Option<Field> {
        match self.arena.get_scalar(scalar) {
            Scalar::Column { depth: 0, field, .. } => Some(*field),
            _ => None,
        }
    }

    /// Whether a scalar names an output of the only input of which something holds.
    fn names(&self, scalar: ScalarId, holds: &dyn Fn(usize) -> bool) -> bool {
        match self.arena.get_scalar(scalar) {
            Scalar::Column { depth: 0, field: Field::At(at), .. } => holds(*at as usize),
            other => other.children().iter().any(|child| self.names(*child, holds)),
        }
    }

    fn has_window(&self, scalar: ScalarId) -> bool {
        let node = self.arena.get_scalar(scalar);
        matches!(node, Scalar::Window { .. })
            || node.children().iter().any(|child| self.has_window(*child))
    }

    /// Whether a statement inside a scalar sees something around it.
    fn has_outer_look(&self, scalar: ScalarId) -> bool {
        let node = self.arena.get_scalar(scalar);
        node.subquery().is_some_and(|rel| self.arena.rel_reach(rel) > 0)
            || node.children().iter().any(|child| self.has_outer_look(*child))
    }
}
