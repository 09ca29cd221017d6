//! Inputs of a join and its conditions, in an order that depends on what they are.

use plumb_ir::{Arena, From, Out, Part, Rel, RelId, Scalar, ScalarId, Tree};

use crate::{Apply, Known, Rewrite, Stage, remap::is_column};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "order-inputs",
    stage: Stage::Order,
    page: include_str!("order_inputs.md"),
    apply: Apply::Known(apply),
};

fn apply(arena: &mut Arena, known: &mut Known, rel: RelId) -> Option<RelId> {
    if known.ordered.contains(&rel) {
        return None;
    }
    let new = in_order(arena, known, rel)?;
    known.ordered.insert(new);
    (new != rel).then_some(new)
}

fn in_order(arena: &mut Arena, known: &mut Known, rel: RelId) -> Option<RelId> {
    let parent = arena.shared_rel(rel);
    let id = parent.from()?;
    let from = arena.shared_from(id);
    let order = if from.inputs.len() > 1 {
        let scope = known.scope(arena, id);
        let (classes, _) = crate::equal::classes(arena, &scope, known.facts.one_type);
        let classes: Vec<_> = classes.iter().map(|class| class.places(arena)).collect();
        crate::label::order(arena, &parent, &from, &classes)
    } else {
        (0..from.inputs.len()).collect()
    };
    let mut place = vec![0; order.len()];
    for (new, old) in (0_u32..).zip(&order) {
        place[*old] = new;
    }
    let stays = order.iter().copied().eq(0..order.len());
    if stays && matches!(from.tree, Tree::Input(_)) && ordered(arena, &from.filter) {
        return None;
    }
    let inputs: Vec<RelId> = order.iter().map(|old| from.inputs[*old]).collect();
    let inputs: Vec<RelId> = inputs
        .into_iter()
        .map(|input| {
            if stays {
                return input;
            }
            arena.rewrite_rel(input, 0, &mut |arena: &mut Arena, id: ScalarId, level: u32| {
                moved(arena, id, level, &place)
            })
        })
        .collect();
    let scalar = |arena: &mut Arena, id: ScalarId| {
        if stays {
            return id;
        }
        arena.rewrite(id, 0, &mut |arena: &mut Arena, id: ScalarId, level: u32| {
            moved(arena, id, level, &place)
        })
    };
    let mut tree =
        from.tree.map(&mut |input| Tree::Input(place[input as usize]), &mut |id| scalar(arena, id));
    sort(arena, &mut tree);
    // A lateral input may look at what another join brings: then the order of joins is not free.
    if inputs.iter().all(|input| arena.rel_reach(*input) == 0) {
        tree = chained(arena, tree, inputs.len());
    }
    let mut filter: Vec<ScalarId> = from.filter.iter().map(|id| scalar(arena, *id)).collect();
    filter.sort_by_key(|condition| arena.scalar_digest(*condition));
    let new = arena.from(From { inputs, tree, filter });
    let mut moved_rel = arena.map_rel(&parent, &mut |arena, part| match part {
        Part::From(_) => Part::From(new),
        Part::Scalar(id) => Part::Scalar(scalar(arena, id)),
        Part::Rel(_) => part,
    });
    if let Rel::Project { out, .. } = &mut moved_rel {
        for out in out {
            if let Out::Star { input, .. } = out {
                *input = place[*input as usize];
            }
        }
    }
    Some(arena.rel(moved_rel))
}

fn ordered(arena: &Arena, conditions: &[ScalarId]) -> bool {
    conditions.is_sorted_by_key(|condition| arena.scalar_digest(*condition))
}

fn moved(arena: &mut Arena, id: ScalarId, level: u32, place: &[u32]) -> Option<ScalarId> {
    let placed = |input: u32| place.get(input as usize).copied().unwrap_or(input);
    if !is_column(arena, id) {
        return None;
    }
    let mut node = arena.get_scalar(id).clone();
    match &mut node {
        Scalar::Column { depth, input, .. } if *depth == level => *input = placed(*input),
        Scalar::Either { depth, inputs, .. } if *depth == level => {
            for input in inputs.iter_mut() {
                *input = placed(*input);
            }
            inputs.sort_unstable();
        }
        Scalar::Column { .. }
        | Scalar::Either { .. }
        | Scalar::Literal(_)
        | Scalar::Call { .. }
        | Scalar::Case { .. }
        | Scalar::Cast { .. }
        | Scalar::Aggregate { .. }
        | Scalar::Window { .. }
        | Scalar::Exists(_)
        | Scalar::In { .. }
        | Scalar::Subquery(_)
        | Scalar::Lambda { .. }
        | Scalar::Param(_)
        | Scalar::Hole { .. } => return None,
    }
    Some(arena.scalar(node))
}

/// Parts of inner joins by their first input, sides of full joins likewise, conditions by content.
fn sort(arena: &Arena, tree: &mut Tree) {
    let first = |tree: &Tree| tree.inputs().into_iter().min();
    match tree {
        Tree::Input(_) => {}
        Tree::Inner(parts) => {
            for part in parts.iter_mut() {
                sort(arena, part);
            }
            parts.sort_by_key(first);
        }
        Tree::Where { part, on } => {
            sort(arena, part);
            on.sort_by_key(|condition| arena.scalar_digest(*condition));
        }
        Tree::Left { left, right, on } | Tree::Full { left, right, on } => {
            sort(arena, left);
            sort(arena, right);
            on.sort_by_key(|condition| arena.scalar_digest(*condition));
        }
    }
    if let Tree::Full { left, right, .. } = tree
        && first(left) > first(right)
    {
        std::mem::swap(left, right);
    }
}

/// Left joins one above the other, in the order of what they bring, as far as their conditions let them: two that
/// do not look at each other may change places.
fn chained(arena: &Arena, tree: Tree, count: usize) -> Tree {
    let (mut base, mut joins) = (tree, Vec::new());
    while let Tree::Left { left, right, on } = base {
        joins.push((right, on));
        base = *left;
    }
    joins.reverse();
    let mut ready = base.inputs();
    let mut chain = base;
    while !joins.is_empty() {
        let fits = |(right, on): &(Box<Tree>, Vec<ScalarId>)| {
            let own = right.inputs();
            let seen = |input: &u32| ready.contains(input) || own.contains(input);
            on.iter().all(|condition| {
                crate::uses::of_condition(arena, *condition, count).iter().all(seen)
            })
        };
        let free = (0..joins.len()).filter(|at| fits(&joins[*at]));
        // The first of a chain always fits; without any, the chain stays as it came.
        let next = free.min_by_key(|at| joins[*at].0.inputs().into_iter().min()).unwrap_or(0);
        let (right, on) = joins.remove(next);
        ready.extend(right.inputs());
        chain = Tree::Left { left: Box::new(chain), right, on };
    }
    chain
}
