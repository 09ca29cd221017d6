//! The columns of a relation: those that are looked at, in an order of their own.

use std::collections::BTreeSet;

use plumb_base::{Digest, Hasher};
use plumb_ir::{Arena, Field, From, FromId, Out, Rel, RelId, Scalar, ScalarId, SortKey, Tree};

use crate::uses::Used;

/// Which columns are kept.
#[derive(Clone, Copy)]
enum Keep<'a> {
    /// All, duplicates too: the columns of a dataset.
    All,
    /// Those that are looked at, equal ones once.
    Used(&'a Used),
}

/// Where each column of the old relation stands in the new one.
pub(crate) type Moved = Vec<Option<u32>>;

/// Puts the columns of a dataset in order; gives where each stands then.
pub(crate) fn root(arena: &mut Arena, mut rel: RelId) -> (RelId, Vec<u32>) {
    let mut columns: Vec<u32> = (0..width(arena, rel)).collect();
    for _ in 0..8 {
        let next = unwrapped(arena, rel).or_else(|| relayout(arena, rel, Keep::All));
        let Some((new, moved)) = next else { break };
        for column in &mut columns {
            *column = moved.get(*column as usize).copied().flatten().unwrap_or(*column);
        }
        rel = new;
    }
    (rel, columns)
}

/// The columns of an input that are looked at, in order; `None` if it is so already.
pub(crate) fn of_input(arena: &mut Arena, rel: RelId, used: &Used) -> Option<(RelId, Moved)> {
    relayout(arena, rel, Keep::Used(used))
}

/// How many columns are addressed by position.
pub(crate) fn width(arena: &Arena, rel: RelId) -> u32 {
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    match arena.get_rel(rel) {
        Rel::Project { out, .. } => count(out.len()),
        Rel::Aggregate { keys, calls, .. } => count(keys.len() + calls.len()),
        Rel::Values { width, .. } => *width,
        Rel::Distinct { input } | Rel::Limit { input, .. } => width(arena, *input),
        Rel::Union { inputs } => inputs.first().map_or(0, |input| width(arena, *input)),
        Rel::Set { left, .. } => width(arena, *left),
        Rel::Scan { .. } | Rel::Call { .. } | Rel::Opaque { .. } => 0,
    }
}

/// A projection that only puts all columns of its one input in another order: the input itself.
fn unwrapped(arena: &Arena, rel: RelId) -> Option<(RelId, Moved)> {
    let (input, columns) = picked(arena, rel)?;
    let distinct: BTreeSet<u32> = columns.iter().copied().collect();
    let whole = distinct.len() == columns.len() && columns.len() == width(arena, input) as usize;
    whole.then(|| (input, columns.into_iter().map(Some).collect()))
}

/// The one input of a projection that only picks columns by position, and which.
fn picked(arena: &Arena, rel: RelId) -> Option<(RelId, Vec<u32>)> {
    let Rel::Project { from, out } = arena.get_rel(rel) else { return None };
    let from = arena.get_from(*from);
    // One input may still be the filled side of an outer join with no input at all.
    let ([input], Tree::Input(0), []) =
        (from.inputs.as_slice(), &from.tree, from.filter.as_slice())
    else {
        return None;
    };
    let column = |out: &Out| {
        if let Out::Column(scalar) = out
            && let Scalar::Column { depth: 0, field: Field::At(at), .. } = arena.get_scalar(*scalar)
        {
            return Some(*at);
        }
        None
    };
    let columns: Vec<u32> = out.iter().map(column).collect::<Option<_>>()?;
    (!has_star(arena, *input)).then_some((*input, columns))
}

/// Whether some columns are reached by name only.
pub(crate) fn has_star(arena: &Arena, rel: RelId) -> bool {
    match arena.get_rel(rel) {
        Rel::Project { out, .. } => out.iter().any(|out| matches!(out, Out::Star { .. })),
        Rel::Distinct { input } | Rel::Limit { input, .. } => has_star(arena, *input),
        Rel::Union { inputs } => inputs.iter().any(|input| has_star(arena, *input)),
        Rel::Set { left, right, .. } => has_star(arena, *left) || has_star(arena, *right),
        Rel::Aggregate { .. } | Rel::Values { .. } => false,
        Rel::Scan { .. } | Rel::Call { .. } | Rel::Opaque { .. } => true,
    }
}

fn relayout(arena: &mut Arena, rel: RelId, keep: Keep<'_>) -> Option<(RelId, Moved)> {
    if let Rel::Project { from, out } = arena.get_rel(rel) {
        let (from, (out, moved)) = (*from, projected(arena, out, keep)?);
        return Some((arena.rel(Rel::Project { from, out }), moved));
    }
    match arena.get_rel(rel).clone() {
        Rel::Aggregate { from, keys, calls, scalar } => {
            aggregate(arena, from, &keys, &calls, scalar, keep)
        }
        Rel::Distinct { input } => {
            let all = Used { positions: (0..width(arena, input)).collect(), named: true };
            let keep = if let Keep::All = keep { Keep::All } else { Keep::Used(&all) };
            let (input, moved) = relayout(arena, input, keep)?;
            Some((arena.rel(Rel::Distinct { input }), moved))
        }
        Rel::Limit { input, order, limit, offset } => {
            let mut wanted = crate::uses::of_scalars(arena, &arena.get_rel(rel).scalars());
            if let Keep::Used(used) = keep {
                wanted.named |= used.named;
                wanted.positions.extend(used.positions.iter());
            }
            let keep = if let Keep::All = keep { Keep::All } else { Keep::Used(&wanted) };
            let (input, moved) = relayout(arena, input, keep)?;
            let order = order
                .iter()
                .map(|key| SortKey { value: renumber(arena, key.value, 0, &moved), ..*key })
                .collect();
            Some((arena.rel(Rel::Limit { input, order, limit, offset }), moved))
        }
        Rel::Union { inputs } => union(arena, &inputs, keep),
        Rel::Values { width, rows } => {
            let digest = |at: usize| {
                let mut hasher = Hasher::new("column");
                for row in &rows {
                    hasher.digest(arena.scalar_digest(row[at]));
                }
                hasher.finish()
            };
            let same = |a: usize, b: usize| rows.iter().all(|row| row[a] == row[b]);
            let (order, moved) = arrange(width as usize, keep, &digest, &same, &|_| false);
            if order.iter().copied().eq(0..width as usize) {
                return None;
            }
            let rows = rows.iter().map(|row| order.iter().map(|at| row[*at]).collect()).collect();
            let width = u32::try_from(order.len()).ok()?;
            Some((arena.rel(Rel::Values { width, rows }), moved))
        }
        Rel::Project { .. }
        | Rel::Scan { .. }
        | Rel::Set { .. }
        | Rel::Call { .. }
        | Rel::Opaque { .. } => None,
    }
}

/// The outputs of a projection in order, if they are not.
fn projected(arena: &Arena, out: &[Out], keep: Keep<'_>) -> Option<(Vec<Out>, Moved)> {
    let star = |at: usize| matches!(out[at], Out::Star { .. });
    // A star above passes on the columns of all stars here, one after the other: a union above may
    // match them by position, so they keep their order.
    let digest = |at: usize| match keep {
        Keep::Used(_) if star(at) => Digest::default(),
        Keep::Used(_) | Keep::All => out_digest(arena, &out[at]),
    };
    let same = |one: usize, two: usize| !star(one) && out[one] == out[two];
    let (order, moved) = arrange(out.len(), keep, &digest, &same, &star);
    if order.iter().map(|at| &out[*at]).eq(out) {
        return None;
    }
    Some((order.iter().map(|at| out[*at].clone()).collect(), moved))
}

/// All keys, as they decide which rows there are, and the calls that are looked at.
fn aggregate(
    arena: &mut Arena,
    from: FromId,
    keys: &[ScalarId],
    calls: &[ScalarId],
    scalar: bool,
    keep: Keep<'_>,
) -> Option<(RelId, Moved)> {
    let digest = |list: &[ScalarId], at: usize| arena.scalar_digest(list[at]);
    let everything =
        Used { positions: (0..u32::try_from(keys.len()).ok()?).collect(), named: false };
    let keep_keys = if let Keep::All = keep { Keep::All } else { Keep::Used(&everything) };
    let (key_order, key_moved) =
        arrange(keys.len(), keep_keys, &|at| digest(keys, at), &|a, b| keys[a] == keys[b], &|_| {
            false
        });
    let shift = u32::try_from(keys.len()).ok()?;
    let shifted = match keep {
        Keep::All => Used::default(),
        Keep::Used(used) => Used {
            positions: used.positions.iter().filter_map(|at| at.checked_sub(shift)).collect(),
            named: false,
        },
    };
    let keep_calls = if let Keep::All = keep { Keep::All } else { Keep::Used(&shifted) };
    let (call_order, call_moved) = arrange(
        calls.len(),
        keep_calls,
        &|at| digest(calls, at),
        &|a, b| calls[a] == calls[b],
        &|_| false,
    );
    let new_keys: Vec<ScalarId> = key_order.iter().map(|at| keys[*at]).collect();
    let new_calls: Vec<ScalarId> = call_order.iter().map(|at| calls[*at]).collect();
    if new_keys == keys && new_calls == calls {
        return None;
    }
    let behind = u32::try_from(new_keys.len()).ok()?;
    let moved =
        key_moved.into_iter().chain(call_moved.into_iter().map(|at| at.map(|at| at + behind)));
    let moved = moved.collect();
    let new = Rel::Aggregate { from, keys: new_keys, calls: new_calls, scalar };
    Some((arena.rel(new), moved))
}

/// One input of a union: some columns of a relation.
struct Arm {
    rel: RelId,
    /// Which columns it gives; `None` for a projection or rows written out, which give their own.
    columns: Option<Vec<u32>>,
}

impl Arm {
    /// Sees through a projection that only picks columns, and puts the columns of what is below in order, so
    /// that their order does not depend on how they were picked.
    fn new(arena: &mut Arena, input: RelId) -> Self {
        let (rel, columns) = match arena.get_rel(input) {
            Rel::Values { .. } => return Self { rel: input, columns: None },
            Rel::Project { .. } => match picked(arena, input) {
                // It stood in the scope of the projection, which goes.
                Some((rel, columns)) => (shifted(arena, rel, &|depth| depth - 1), columns),
                None => return Self { rel: input, columns: None },
            },
            Rel::Scan { .. }
            | Rel::Aggregate { .. }
            | Rel::Distinct { .. }
            | Rel::Union { .. }
            | Rel::Set { .. }
            | Rel::Limit { .. }
            | Rel::Call { .. }
            | Rel::Opaque { .. } => (input, (0..width(arena, input)).collect()),
        };
        let Some((rel, moved)) = relayout(arena, rel, Keep::All) else {
            return Self { rel, columns: Some(columns) };
        };
        let place = |at: u32| moved.get(at as usize).copied().flatten().unwrap_or(at);
        Self { rel, columns: Some(columns.into_iter().map(place).collect()) }
    }

    fn digest(&self, arena: &Arena, at: usize) -> Digest {
        let mut hasher = Hasher::new("arm");
        if let Some(columns) = &self.columns {
            hasher.digest(arena.rel_digest(self.rel)).number(u64::from(columns[at]));
        } else if let Rel::Project { from, out } = arena.get_rel(self.rel) {
            hasher.digest(arena.from_digest(*from)).digest(out_digest(arena, &out[at]));
        } else if let Rel::Values { rows, .. } = arena.get_rel(self.rel) {
            for row in rows {
                hasher.digest(arena.scalar_digest(row[at]));
            }
        }
        hasher.finish()
    }

    /// Whether two columns are the same node, not just of one digest.
    fn same(&self, arena: &Arena, one: usize, two: usize) -> bool {
        if let Some(columns) = &self.columns {
            return columns[one] == columns[two];
        }
        if let Rel::Project { out, .. } = arena.get_rel(self.rel) {
            return out[one] == out[two];
        }
        let Rel::Values { rows, .. } = arena.get_rel(self.rel) else { return one == two };
        rows.iter().all(|row| row[one] == row[two])
    }

    /// A relation with just these columns in this order.
    fn select(&self, arena: &mut Arena, order: &[usize]) -> RelId {
        if let Some(columns) = &self.columns {
            let columns: Vec<u32> = order.iter().map(|at| columns[*at]).collect();
            if columns.iter().copied().eq(0..width(arena, self.rel)) {
                return self.rel;
            }
            let rel = shifted(arena, self.rel, &|depth| depth + 1);
            let from = From { inputs: vec![rel], tree: Tree::Input(0), filter: Vec::new() };
            let from = arena.from(from);
            let out = columns.iter().map(|at| Out::Column(arena.column(0, Field::At(*at))));
            let out = out.collect();
            return arena.rel(Rel::Project { from, out });
        }
        if let Rel::Project { from, out } = arena.get_rel(self.rel) {
            let (from, out) = (*from, order.iter().map(|at| out[*at].clone()).collect());
            return arena.rel(Rel::Project { from, out });
        }
        let Rel::Values { rows, .. } = arena.get_rel(self.rel) else { return self.rel };
        let rows = rows.iter().map(|row| order.iter().map(|at| row[*at]).collect()).collect();
        let width = u32::try_from(order.len()).unwrap_or(u32::MAX);
        arena.rel(Rel::Values { width, rows })
    }
}

/// A relation that comes to stand in another scope: what it looks at outside is at another depth.
fn shifted(arena: &mut Arena, rel: RelId, depths: &dyn Fn(u32) -> u32) -> RelId {
    arena.rewrite_rel(rel, 0, &mut |arena: &mut Arena, id: ScalarId, level: u32| {
        crate::remap::redepthed(arena, id, level, depths)
    })
}

/// Columns of all arms move together.
fn union(arena: &mut Arena, inputs: &[RelId], keep: Keep<'_>) -> Option<(RelId, Moved)> {
    if inputs.iter().any(|input| has_star(arena, *input)) {
        return None;
    }
    let count = width(arena, *inputs.first()?) as usize;
    let arms: Vec<Arm> = inputs.iter().map(|input| Arm::new(arena, *input)).collect();
    let digest = |at: usize| {
        let mut digests: Vec<Digest> = arms.iter().map(|arm| arm.digest(arena, at)).collect();
        digests.sort_unstable();
        let mut hasher = Hasher::new("union");
        for digest in digests {
            hasher.digest(digest);
        }
        hasher.finish()
    };
    let same = |one: usize, two: usize| arms.iter().all(|arm| arm.same(arena, one, two));
    let (order, moved) = arrange(count, keep, &digest, &same, &|_| false);
    let new: Vec<RelId> = arms.iter().map(|arm| arm.select(arena, &order)).collect();
    let union = arena.rel(Rel::Union { inputs: new.clone() });
    (new != inputs).then_some((union, moved))
}

/// Old positions in their new order, and where each old one went.
fn arrange(
    count: usize,
    keep: Keep<'_>,
    digest: &dyn Fn(usize) -> Digest,
    same: &dyn Fn(usize, usize) -> bool,
    star: &dyn Fn(usize) -> bool,
) -> (Vec<usize>, Moved) {
    let wanted = |at: &usize| match keep {
        Keep::All => true,
        Keep::Used(used) if star(*at) => used.named,
        Keep::Used(used) => u32::try_from(*at).is_ok_and(|at| used.positions.contains(at)),
    };
    let mut kept: Vec<(Digest, usize)> =
        (0..count).filter(wanted).map(|at| (digest(at), at)).collect();
    kept.sort_unstable();
    let mut order: Vec<(Digest, usize)> = Vec::new();
    let mut moved: Moved = vec![None; count];
    let mut last = 0;
    for (digest, at) in kept {
        // Equal ones have equal digests, so they stand side by side.
        if order.last().is_none_or(|(other, _)| *other != digest) {
            last = order.len();
        }
        let twin = match keep {
            Keep::All => None,
            Keep::Used(_) => order[last..].iter().position(|(_, other)| same(*other, at)),
        };
        let position = twin.map_or_else(
            || {
                order.push((digest, at));
                order.len() - 1
            },
            |twin| last + twin,
        );
        moved[at] = u32::try_from(position).ok();
    }
    (order.into_iter().map(|(_, at)| at).collect(), moved)
}

fn out_digest(arena: &Arena, out: &Out) -> Digest {
    match out {
        Out::Column(scalar) => arena.scalar_digest(*scalar),
        Out::Star { input, except } => {
            let mut hasher = Hasher::new("star");
            hasher.number(u64::from(*input));
            for name in except {
                hasher.text(arena.name(*name));
            }
            hasher.finish()
        }
    }
}

/// A scalar after the columns of one input moved, in every scope that looks at it.
pub(crate) fn renumber(arena: &mut Arena, scalar: ScalarId, at: u32, moved: &Moved) -> ScalarId {
    arena.rewrite(scalar, 0, &mut |arena: &mut Arena, id: ScalarId, level: u32| {
        renumbered(arena, id, level, at, moved)
    })
}

/// As [`renumber`], for one scalar on the way.
pub(crate) fn renumbered(
    arena: &mut Arena,
    id: ScalarId,
    level: u32,
    at: u32,
    moved: &Moved,
) -> Option<ScalarId> {
    if let Scalar::Column { depth, input, field: Field::At(position) } = *arena.get_scalar(id)
        && depth == level
        && input == at
    {
        let new = moved.get(position as usize).copied().flatten().unwrap_or(position);
        return Some(arena.scalar(Scalar::Column { depth, input, field: Field::At(new) }));
    }
    None
}
