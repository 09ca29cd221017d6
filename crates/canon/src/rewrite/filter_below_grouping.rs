//! A filter on grouping keys filters the rows that are grouped.

use plumb_ir::{Arena, Field, From, FromId, Out, Rel, RelId, Scalar, ScalarId, Tree};

use crate::{Apply, Rewrite, Stage};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "filter-below-grouping",
    stage: Stage::Predicates,
    page: include_str!("filter_below_grouping.md"),
    apply: Apply::Rel(apply),
};

fn apply(arena: &mut Arena, rel: RelId) -> Option<RelId> {
    let id = arena.get_rel(rel).from()?;
    if arena.get_from(id).filter.is_empty() {
        return None;
    }
    let from = arena.shared_from(id);
    let at_top = |input: u32| match &from.tree {
        Tree::Input(only) => *only == input,
        Tree::Inner(parts) => parts.contains(&Tree::Input(input)),
        Tree::Where { .. } | Tree::Left { .. } | Tree::Full { .. } => false,
    };
    for (number, input) in (0..).zip(&from.inputs) {
        let Some(grouped) = Grouped::of(arena, *input).filter(|_| at_top(number)) else { continue };
        let moves: Vec<Option<ScalarId>> = from
            .filter
            .iter()
            .map(|condition| below_keys(arena, *condition, number, &grouped.keys))
            .collect();
        if moves.iter().all(Option::is_none) {
            continue;
        }
        let conditions: Vec<ScalarId> = moves.iter().flatten().copied().collect();
        let mut inputs = from.inputs.clone();
        inputs[number as usize] = grouped.filtered(arena, &conditions);
        let stay = from.filter.iter().zip(&moves).filter(|(_, moved)| moved.is_none());
        let filter = stay.map(|(condition, _)| *condition).collect();
        let new = arena.from(From { inputs, tree: from.tree.clone(), filter });
        return Some(super::on_from(arena, rel, new));
    }
    None
}

/// Rows that are put together by keys.
struct Grouped {
    from: FromId,
    keys: Vec<ScalarId>,
    /// What is made of each group; nothing, where rows are only told apart.
    calls: Option<Vec<ScalarId>>,
}

impl Grouped {
    fn of(arena: &Arena, rel: RelId) -> Option<Self> {
        match arena.get_rel(rel) {
            Rel::Aggregate { from, keys, calls, scalar: false } => {
                Some(Self { from: *from, keys: keys.clone(), calls: Some(calls.clone()) })
            }
            Rel::Distinct { input } => {
                let inner = arena.get_rel(*input);
                let windows = !crate::splice::no_windows(arena, inner);
                let Rel::Project { from, out } = inner else { return None };
                let key = |out: &Out| match out {
                    Out::Column(scalar) if !arena.is_volatile(*scalar) => Some(*scalar),
                    _ => None,
                };
                let keys = out.iter().map(key).collect::<Option<Vec<_>>>()?;
                (!windows).then_some(Self { from: *from, keys, calls: None })
            }
            _ => None,
        }
    }

    /// The same of the rows that meet more conditions.
    fn filtered(self, arena: &mut Arena, conditions: &[ScalarId]) -> RelId {
        let mut from = arena.get_from(self.from).clone();
        from.filter.extend(conditions);
        let from = arena.from(from);
        if let Some(calls) = self.calls {
            return arena.rel(Rel::Aggregate { from, keys: self.keys, calls, scalar: false });
        }
        let out = self.keys.into_iter().map(Out::Column).collect();
        let input = arena.rel(Rel::Project { from, out });
        arena.rel(Rel::Distinct { input })
    }
}

/// A condition over keys alone, as one over the rows that are grouped.
pub(super) fn below_keys(
    arena: &mut Arena,
    condition: ScalarId,
    input: u32,
    keys: &[ScalarId],
) -> Option<ScalarId> {
    let (mut only_keys, mut any) = (true, false);
    let moved = arena.rewrite(condition, 0, &mut |arena: &mut Arena, id: ScalarId, level: u32| {
        match *arena.get_scalar(id) {
            Scalar::Column { depth: 0, input: of, field: Field::At(at) } if level == 0 && of == input => {
                any = true;
                only_keys &= (at as usize) < keys.len();
                keys.get(at as usize).copied()
            }
            Scalar::Column { .. }
            | Scalar::Either { .. }
            | Scalar::Exists(_)
            | Scalar::In { .. }
            | Scalar::Subquery(_)
            // A key that holds a lambda must not get inside another: it would catch its parameters.
            | Scalar::Lambda { .. }
            | Scalar::Hole { .. } => {
                only_keys = false;
                Some(id)
            }
            Scalar::Literal(_)
            | Scalar::Call { .. }
            | Scalar::Case { .. }
            | Scalar::Cast { .. }
            | Scalar::Aggregate { .. }
            | Scalar::Window { .. }
            | Scalar::Param(_) => None,
        }
    });
    // What is another value each time it is asked for is asked for once a group, not once a row.
    (only_keys && any && !arena.is_volatile(moved)).then_some(moved)
}
