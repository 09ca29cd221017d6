//! A join that only picks rows is a condition.

use plumb_ir::{Arena, Field, From, Rel, RelId, Scalar, ScalarId, Tree};

use crate::{Apply, Known, Rewrite, Stage, facts::Grounds, scope::Scope, splice::deepen};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "semi-join",
    stage: Stage::Prune,
    page: include_str!("semi_join.md"),
    apply: Apply::Known(apply),
};

fn apply(arena: &mut Arena, known: &mut Known, rel: RelId) -> Option<RelId> {
    let joins = |rel: &Rel| rel.from().is_some_and(|id| arena.get_from(id).inputs.len() > 1);
    let below = match arena.get_rel(rel) {
        Rel::Distinct { input } => arena.get_rel(*input),
        other => other,
    };
    if !joins(below) {
        return None;
    }
    let parent = arena.shared_rel(rel);
    if let Rel::Distinct { input } = *parent {
        let inner = arena.shared_rel(input);
        let plain =
            matches!(*inner, Rel::Project { .. }) && crate::splice::no_windows(arena, &inner);
        let new =
            if plain { without_join(arena, known, &inner, Rows::CountOnce)? } else { return None };
        return Some(arena.rel(Rel::Distinct { input: new }));
    }
    // In a query that is only asked for rows, joins stay joins.
    if matches!(&*parent, Rel::Project { out, .. } if out.is_empty()) {
        return None;
    }
    let once = super::counts_once(arena, &parent);
    without_join(arena, known, &parent, if once { Rows::CountOnce } else { Rows::Count })
}

/// Whether it matters how often a row is there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rows {
    Count,
    CountOnce,
}

/// The relation without its first such join.
fn without_join(arena: &mut Arena, known: &mut Known, parent: &Rel, rows: Rows) -> Option<RelId> {
    let id = parent.from()?;
    let from = arena.shared_from(id);
    let Tree::Inner(parts) = &from.tree else { return None };
    let looked_at = looked_at(arena, parent, &from);
    let scope = known.scope(arena, id);
    for at in (0..u32::try_from(from.inputs.len()).ok()?).rev() {
        let free = parts.contains(&Tree::Input(at)) && !looked_at.contains(&at);
        let input = from.inputs[at as usize];
        if !free || arena.rel_reach(input) > 0 || !crate::obstacles(arena, input).is_empty() {
            continue;
        }
        let one = at_most_one(arena, &scope, at);
        let Some(grounds) = one.or((rows == Rows::CountOnce).then(Grounds::default)) else {
            continue;
        };
        if let Some(new) = picked(arena, parent, &from, at) {
            known.used.add(&grounds);
            return Some(new);
        }
    }
    None
}

/// Inputs that more than the filter looks at.
fn looked_at(arena: &Arena, parent: &Rel, from: &From) -> Vec<u32> {
    let count = from.inputs.len();
    let used = crate::uses::of_parts(arena, parent, &from.tree.conditions(), count);
    let seen = (0..).zip(used).filter(|(_, used)| used.named || !used.positions.is_empty());
    let lateral = from.inputs.iter().filter(|input| arena.rel_reach(**input) > 0);
    let lateral = lateral.flat_map(|input| crate::uses::of_lateral(arena, *input, count));
    seen.map(|(at, _)| at).chain(lateral).collect()
}

/// On what grounds the other inputs decide the row of one.
fn at_most_one(arena: &Arena, scope: &Scope, at: u32) -> Option<Grounds> {
    let others: Vec<u32> =
        (0..).zip(&scope.from.inputs).map(|(other, _)| other).filter(|it| *it != at).collect();
    let reach = scope.determines_with(arena, &[], &others);
    reach.rows.contains(&at).then_some(reach.grounds)
}

/// The relation without the input; the conditions that look at it ask whether there is a row.
fn picked(arena: &mut Arena, parent: &Rel, from: &From, at: u32) -> Option<RelId> {
    let count = from.inputs.len();
    let (own, rest): (Vec<ScalarId>, Vec<ScalarId>) = from
        .filter
        .iter()
        .partition(|id| crate::uses::of_condition(arena, **id, count).contains(&at));
    if own.iter().any(|id| arena.is_volatile(*id)) {
        return None;
    }
    let mut filter = Vec::new();
    for condition in own {
        let deeper = deepen(arena, condition, 1);
        filter.push(inside(arena, deeper, at));
    }
    let input = crate::remap::deepen_rel(arena, from.inputs[at as usize]);
    let below = arena.from(From { inputs: vec![input], tree: Tree::Input(0), filter });
    let rows = arena.rel(Rel::Project { from: below, out: Vec::new() });
    let exists = arena.scalar(Scalar::Exists(rows));
    let gone = Tree::Input(at);
    let Tree::Inner(parts) = &from.tree else { return None };
    let tree = Tree::Inner(parts.iter().filter(|part| **part != gone).cloned().collect());
    let filter = rest.into_iter().chain([exists]).collect();
    let from = From { filter, ..from.clone() };
    let nothing = |_: &mut Arena, _: u32, _: Field| None;
    super::empty::without(arena, parent, &from, &tree, &[at], &nothing)
}

/// A condition, seen from one scope further in, in which an input has come to stand.
fn inside(arena: &mut Arena, condition: ScalarId, at: u32) -> ScalarId {
    arena.rewrite(condition, 0, &mut |arena: &mut Arena, id: ScalarId, level: u32| match *arena
        .get_scalar(id)
    {
        Scalar::Column { depth, input, field } if depth == level + 1 && input == at => {
            Some(arena.scalar(Scalar::Column { depth: level, input: 0, field }))
        }
        _ => None,
    })
}
