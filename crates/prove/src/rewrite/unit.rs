//! A plan as joined rows, a grouping of them, conditions on groups, and outputs.

use plumb_ir::{Arena, Field, From, Out, Rel, RelId, ScalarId, Tree};

/// What a plan is made of. Without a grouping, conditions stand in the filter of the join.
#[derive(Debug, Clone)]
pub(super) struct Unit {
    pub(super) from: From,
    pub(super) group: Option<Group>,
    /// Conditions on groups, over the outputs of the grouping.
    pub(super) having: Vec<ScalarId>,
    /// Over the outputs of the grouping if there is one, else over the join.
    pub(super) out: Vec<ScalarId>,
}

#[derive(Debug, Clone)]
pub(super) struct Group {
    pub(super) keys: Vec<ScalarId>,
    pub(super) calls: Vec<ScalarId>,
    pub(super) scalar: bool,
}

/// The ways in which a plan can be looked at, the most telling first.
pub(super) fn units(arena: &mut Arena, rel: RelId) -> Vec<Unit> {
    let mut found = Vec::new();
    found.extend(grouping(arena, rel));
    if let Rel::Project { from, out } = arena.get_rel(rel).clone() {
        let from = arena.get_from(from).clone();
        let columns = out.iter().map(|out| match out {
            Out::Column(scalar) => Some(*scalar),
            Out::Star { .. } => None,
        });
        let Some(out) = columns.collect::<Option<Vec<_>>>() else { return found };
        let inner = match (&from.tree, from.inputs.as_slice()) {
            (Tree::Input(0), [input]) => grouping(arena, *input),
            _ => None,
        };
        if let Some(inner) = inner {
            found.push(Unit { having: from.filter.clone(), out: out.clone(), ..inner });
        }
        found.push(Unit { from, group: None, having: Vec::new(), out });
    }
    found
}

/// A plan as rows that are only picked.
pub(super) fn whole(arena: &mut Arena, rel: RelId) -> Unit {
    let out = columns(arena, width(arena, rel));
    let from = From { inputs: vec![rel], tree: Tree::Input(0), filter: Vec::new() };
    Unit { from, group: None, having: Vec::new(), out }
}

fn grouping(arena: &mut Arena, rel: RelId) -> Option<Unit> {
    let (from, group) = match arena.get_rel(rel).clone() {
        Rel::Aggregate { from, keys, calls, scalar } => (from, Group { keys, calls, scalar }),
        Rel::Distinct { input } => {
            let Rel::Project { from, out } = arena.get_rel(input).clone() else { return None };
            let keys = out.iter().map(|out| match out {
                Out::Column(scalar) => Some(*scalar),
                Out::Star { .. } => None,
            });
            let keys = keys.collect::<Option<Vec<_>>>()?;
            (from, Group { keys, calls: Vec::new(), scalar: false })
        }
        _ => return None,
    };
    let out = columns(arena, group.keys.len() + group.calls.len());
    let from = arena.get_from(from).clone();
    Some(Unit { from, group: Some(group), having: Vec::new(), out })
}

fn columns(arena: &mut Arena, width: usize) -> Vec<ScalarId> {
    (0..).take(width).map(|at| arena.column(0, Field::At(at))).collect()
}

/// How many outputs a plan has that are addressed by position.
pub(super) fn width(arena: &Arena, rel: RelId) -> usize {
    match arena.get_rel(rel) {
        Rel::Project { out, .. } => out.len(),
        Rel::Aggregate { keys, calls, .. } => keys.len() + calls.len(),
        Rel::Values { width, .. } => *width as usize,
        Rel::Distinct { input } | Rel::Limit { input, .. } => width(arena, *input),
        Rel::Union { inputs } => inputs.first().map_or(0, |input| width(arena, *input)),
        Rel::Set { left, .. } => width(arena, *left),
        Rel::Scan { .. } | Rel::Call { .. } | Rel::Opaque { .. } => 0,
    }
}
