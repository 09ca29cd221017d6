//! A plan as joined rows, a grouping of them, conditions on groups, and outputs.

use plumb_ir::{Arena, Field, From, Out, Rel, RelId, Scalar, ScalarId, Tree};

/// What a plan is made of. Without a grouping, conditions stand in the filter of the join.
#[derive(Debug, Clone)]
pub(crate) struct Unit {
    pub(crate) from: From,
    pub(crate) group: Option<Group>,
    /// Conditions on groups, over the outputs of the grouping.
    pub(crate) having: Vec<ScalarId>,
    /// Over the outputs of the grouping if there is one, else over the join.
    pub(crate) out: Vec<ScalarId>,
    /// Whether rows that another table must match are joined with it, perhaps more than once.
    pub(crate) opened: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub(crate) keys: Vec<ScalarId>,
    pub(crate) calls: Vec<ScalarId>,
    pub(crate) scalar: bool,
}

/// The ways in which a plan can be looked at, the most telling first.
pub(crate) fn units(arena: &mut Arena, rel: RelId) -> Vec<Unit> {
    let mut found = plain(arena, rel);
    let opened: Vec<Unit> = found.iter().filter_map(|unit| opened(arena, unit)).collect();
    found.extend(opened);
    found
}

/// Rows of which another table must have a match, as a join with it: normal forms write a join by a key that way.
fn opened(arena: &mut Arena, unit: &Unit) -> Option<Unit> {
    let mut new = Unit { opened: true, ..unit.clone() };
    new.from.filter.clear();
    let mut parts = vec![unit.from.tree.clone()];
    for condition in &unit.from.filter {
        let Some(other) = matched(arena, *condition) else {
            new.from.filter.push(*condition);
            continue;
        };
        let first = u32::try_from(new.from.inputs.len()).ok()?;
        parts.extend((first..).take(other.inputs.len()).map(Tree::Input));
        new.from.inputs.extend(other.inputs);
        for condition in other.filter {
            // A conjunct of the inner scope, where its inputs come after those of the outer one.
            let moved = arena.rewrite(condition, 0, &mut |arena: &mut Arena, id, level| {
                let Scalar::Column { depth, input, field } = *arena.get_scalar(id) else {
                    return None;
                };
                let (depth, input) = match depth.checked_sub(level)? {
                    0 => (depth, input + first),
                    _ => (depth - 1, input),
                };
                Some(arena.scalar(Scalar::Column { depth, input, field }))
            });
            new.from.filter.push(moved);
        }
    }
    let more = parts.len() > 1;
    let flat = parts.into_iter().flat_map(|part| match part {
        Tree::Inner(parts) => parts,
        other => vec![other],
    });
    new.from.tree = Tree::Inner(flat.collect());
    more.then_some(new)
}

/// The join in which a condition wants a row, if nothing below it looks out.
fn matched(arena: &Arena, condition: ScalarId) -> Option<From> {
    let Scalar::Exists(rel) = arena.get_scalar(condition) else { return None };
    let Rel::Project { from, .. } = arena.get_rel(*rel) else { return None };
    let from = arena.get_from(*from);
    let plain = match &from.tree {
        Tree::Input(_) => true,
        Tree::Inner(parts) => parts.iter().all(|part| matches!(part, Tree::Input(_))),
        Tree::Left { .. } | Tree::Full { .. } | Tree::Where { .. } => false,
    };
    let alone = from.inputs.iter().all(|input| arena.rel_reach(*input) == 0);
    (plain && alone).then(|| from.clone())
}

fn plain(arena: &mut Arena, rel: RelId) -> Vec<Unit> {
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
        found.push(Unit { from, group: None, having: Vec::new(), out, opened: false });
    }
    found
}

/// A plan as rows that are only picked.
pub(crate) fn whole(arena: &mut Arena, rel: RelId) -> Unit {
    let out = columns(arena, width(arena, rel));
    let from = From { inputs: vec![rel], tree: Tree::Input(0), filter: Vec::new() };
    Unit { from, group: None, having: Vec::new(), out, opened: false }
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
    Some(Unit { from, group: Some(group), having: Vec::new(), out, opened: false })
}

fn columns(arena: &mut Arena, width: usize) -> Vec<ScalarId> {
    (0..).take(width).map(|at| arena.column(0, Field::At(at))).collect()
}

/// How many outputs a plan has that are addressed by position.
pub(crate) fn width(arena: &Arena, rel: RelId) -> usize {
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
