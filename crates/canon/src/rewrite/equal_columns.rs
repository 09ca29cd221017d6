//! Of scalars that a condition makes equal one stands for all.

use plumb_ir::{Arena, From, Literal, Part, RelId, Scalar, ScalarId, Tree};

use crate::{
    Apply, Known, Rewrite, Stage,
    equal::{Class, classes},
    facts::ONE_TYPE,
    scope::Scope,
    splice::deepen,
};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "equal-columns",
    stage: Stage::Predicates,
    page: include_str!("equal_columns.md"),
    apply: Apply::Known(apply),
};

fn apply(arena: &mut Arena, known: &mut Known, rel: RelId) -> Option<RelId> {
    let parent = arena.shared_rel(rel);
    let id = parent.from()?;
    if arena.get_from(id).filter.is_empty() {
        return None;
    }
    let scope = known.scope(arena, id);
    let (classes, rest) = classes(arena, &scope, known.facts.one_type);
    if classes.is_empty() {
        return None;
    }
    let swaps: Vec<Swap> = classes.iter().map(|class| Swap::new(arena, &scope, class)).collect();
    let mut used = false;
    // Conditions that are no equations, then equations whose sides speak through others.
    let mut filter: Vec<ScalarId> =
        rest.iter().map(|id| swapped(arena, *id, &swaps, &mut used)).collect();
    for (at, class) in classes.iter().enumerate() {
        let mut members: Vec<ScalarId> = Vec::new();
        for member in &class.members {
            let node = arena.get_scalar(*member);
            let whole = matches!(node, Scalar::Column { .. });
            let others: Vec<Swap> = swaps
                .iter()
                .enumerate()
                .filter(|(it, _)| *it != at)
                .map(|(_, it)| it.clone())
                .collect();
            let new = if whole { *member } else { swapped(arena, *member, &others, &mut used) };
            members.push(new);
        }
        members.sort_by_key(|id| arena.scalar_digest(*id));
        members.dedup();
        match class.constant {
            Some(constant) => {
                for member in members {
                    if let Some(Literal::Bool(holds)) = arena.as_literal(constant) {
                        let holds = *holds;
                        filter.push(super::signed(arena, member, holds));
                        continue;
                    }
                    // As commutative calls are written, or both would go on for ever.
                    let mut sides = vec![member, constant];
                    sides.sort_by_key(|id| arena.scalar_digest(*id));
                    filter.push(arena.call("eq", sides));
                }
            }
            None if members.len() == 1 => {
                let null = arena.call("is-null", members);
                filter.push(arena.call("not", vec![null]));
            }
            None if members.len() == 2 => filter.push(arena.call("eq", members)),
            None => filter.push(arena.call("all-equal", members)),
        }
    }
    let tree = conditions(arena, &scope.from.tree, scope.from.inputs.len(), &swaps, &mut used);
    let changed = arena.map_rel(&parent, &mut |arena, part| match part {
        Part::Scalar(id) => Part::Scalar(swapped(arena, id, &swaps, &mut used)),
        Part::From(_) | Part::Rel(_) => part,
    });
    let same = |one: &[ScalarId], two: &[ScalarId]| {
        let (mut one, mut two) = (one.to_vec(), two.to_vec());
        one.sort_unstable();
        two.sort_unstable();
        one == two
    };
    if changed == *parent && tree == scope.from.tree && same(&filter, &scope.from.filter) {
        return None;
    }
    if used && classes.iter().any(|class| !class.one_type) {
        let ground = known.facts.ground(ONE_TYPE);
        known.used.add(&crate::facts::Grounds::of(ground));
    }
    let from = arena.from(From { inputs: scope.from.inputs.clone(), tree, filter });
    Some(super::with_from(arena, &changed, from))
}

/// Members of a class and what stands for them.
#[derive(Clone)]
struct Swap {
    members: Vec<ScalarId>,
    speaker: ScalarId,
}

impl Swap {
    fn new(arena: &Arena, scope: &Scope, class: &Class) -> Self {
        let speaker = class.speaker(arena, scope);
        let members = class.members.iter().copied().filter(|id| *id != speaker).collect();
        Self { members, speaker }
    }
}

/// A scalar with speakers in place of members, also where subqueries look at them.
fn swapped(arena: &mut Arena, id: ScalarId, swaps: &[Swap], used: &mut bool) -> ScalarId {
    let new = arena.rewrite(id, 0, &mut |arena: &mut Arena, id: ScalarId, level: u32| {
        swaps
            .iter()
            .find_map(|swap| {
                let found = swap.members.iter().any(|member| {
                    if level == 0 { *member == id } else { is_deeper(arena, *member, id, level) }
                });
                found.then_some(swap.speaker)
            })
            .map(|speaker| deepen(arena, speaker, level))
    });
    *used |= new != id;
    new
}

/// Whether a scalar is a column as it is seen from so many scopes further in.
fn is_deeper(arena: &Arena, member: ScalarId, id: ScalarId, level: u32) -> bool {
    match (arena.get_scalar(member), arena.get_scalar(id)) {
        (
            Scalar::Column { depth: one, input: from, field },
            Scalar::Column { depth: two, input, field: other },
        ) => one + level == *two && from == input && field == other,
        _ => false,
    }
}

/// Conditions of left joins: what is kept has the values that the filter wants, or the row goes.
fn conditions(
    arena: &mut Arena,
    tree: &Tree,
    count: usize,
    swaps: &[Swap],
    used: &mut bool,
) -> Tree {
    match tree {
        Tree::Left { left, right, on } => {
            let kept = left.inputs();
            let visible = |arena: &Arena, id: ScalarId| {
                crate::uses::of_condition(arena, id, count).iter().all(|at| kept.contains(at))
            };
            let own: Vec<Swap> = swaps
                .iter()
                .filter(|swap| visible(arena, swap.speaker))
                .map(|swap| {
                    let members =
                        swap.members.iter().copied().filter(|id| visible(arena, *id)).collect();
                    Swap { members, speaker: swap.speaker }
                })
                .collect();
            let on = on.iter().map(|id| swapped(arena, *id, &own, used)).collect();
            Tree::Left {
                left: Box::new(conditions(arena, left, count, swaps, used)),
                right: right.clone(),
                on,
            }
        }
        Tree::Inner(parts) => Tree::Inner(
            parts.iter().map(|part| conditions(arena, part, count, swaps, used)).collect(),
        ),
        Tree::Input(_) | Tree::Where { .. } | Tree::Full { .. } => tree.clone(),
    }
}
