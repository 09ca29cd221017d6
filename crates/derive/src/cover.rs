//! Some rows of a query from a view, the others from the tables that both read.

use plumb_ir::{Arena, From, Out, Rel, RelId, Scalar, ScalarId, Tree};

use crate::{
    Relation,
    alike::{Classes, alike},
    propose::{At, Proposal, at},
    unit::Group,
};

impl At<'_> {
    /// The rows that the view has, and those that its own conditions leave out.
    pub(crate) fn covered(&self, arena: &mut Arena) -> Option<Proposal> {
        if self.query.opened || !self.filled.is_empty() {
            return None;
        }
        let lacking = self.lacking(arena)?;
        let mut others = self.query.from.clone();
        others.filter.push(not_held(arena, &lacking));
        let words = self.of_columns(arena);
        let (own, _) = self.from(arena, &words)?;
        let both = |arena: &mut Arena, out: &[ScalarId]| -> Option<RelId> {
            let said = out.iter().map(|it| words.say(arena, *it)).collect::<Option<Vec<_>>>()?;
            let arms = [rows(arena, own.clone(), &said), rows(arena, others.clone(), out)];
            Some(arena.rel(Rel::Union { inputs: arms.to_vec() }))
        };
        let Some(group) = &self.query.group else {
            let rel = both(arena, &self.query.out)?;
            return Some(Proposal { rel, relation: Relation::Union });
        };
        let parts = parts(arena, group);
        let inputs = vec![both(arena, &parts)?];
        let from = arena.from(From { inputs, tree: Tree::Input(0), filter: Vec::new() });
        let columns = at(arena, parts.len());
        let over = |scalar: ScalarId| {
            let place = parts.iter().position(|part| *part == scalar);
            place.map_or(scalar, |place| columns[place])
        };
        let keys: Vec<ScalarId> = group.keys.iter().map(|key| over(*key)).collect();
        let mut calls = group.calls.clone();
        for call in &mut calls {
            *call = arena.map_scalar(*call, &mut |_, part| over(part), &mut |_, rel| rel);
        }
        let width = keys.len() + calls.len();
        let grouped = arena.rel(Rel::Aggregate { from, keys, calls, scalar: group.scalar });
        let same = at(arena, width);
        let rel = self.outputs(arena, grouped, &same)?;
        Some(Proposal { rel, relation: Relation::Union })
    }

    /// Conditions of the view that the query does not have, if all are about one column and constants.
    fn lacking(&self, arena: &mut Arena) -> Option<Vec<ScalarId>> {
        let none = Classes::default();
        let mut lacking = Vec::new();
        for condition in &self.view.unit.from.filter {
            let told = self.place.told(arena, *condition)?;
            let here = &self.query.from.filter;
            if !here.iter().any(|other| alike(arena, &none, told, *other)) {
                lacking.push(told);
            }
        }
        let mut columns: Vec<ScalarId> = Vec::new();
        let mut work = lacking.clone();
        while let Some(id) = work.pop() {
            let scalar = arena.get_scalar(id);
            match scalar {
                Scalar::Column { depth: 0, .. } => columns.push(id),
                Scalar::Literal(_) | Scalar::Call { .. } | Scalar::Cast { .. } => {}
                _ => return None,
            }
            work.extend(scalar.children());
        }
        columns.sort_unstable();
        columns.dedup();
        (columns.len() == 1).then_some(lacking)
    }
}

/// Not all of them are true.
fn not_held(arena: &mut Arena, conditions: &[ScalarId]) -> ScalarId {
    let mut ways = Vec::new();
    for condition in conditions {
        ways.push(arena.call("not", vec![*condition]));
        ways.push(arena.call("is-null", vec![*condition]));
    }
    arena.call("or", ways)
}

fn rows(arena: &mut Arena, from: From, out: &[ScalarId]) -> RelId {
    let from = arena.from(from);
    arena.rel(Rel::Project { from, out: out.iter().copied().map(Out::Column).collect() })
}

/// What a grouping looks at: its keys, and all that its calls are given; each once.
fn parts(arena: &Arena, group: &Group) -> Vec<ScalarId> {
    let given = group.calls.iter().flat_map(|call| arena.get_scalar(*call).children());
    let mut parts: Vec<ScalarId> = Vec::new();
    for part in group.keys.iter().copied().chain(given) {
        let fixed = arena.as_literal(part).is_some();
        if !fixed && !parts.contains(&part) {
            parts.push(part);
        }
    }
    parts
}
