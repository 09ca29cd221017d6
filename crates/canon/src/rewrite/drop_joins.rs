//! A left join that neither adds rows nor is looked at goes.

use plumb_ir::{Arena, Field, Rel, RelId, Tree};

use crate::{
    Apply, Known, Rewrite, Stage,
    facts::Grounds,
    scope::{Place, Scope},
};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "drop-joins",
    stage: Stage::Prune,
    page: include_str!("drop_joins.md"),
    apply: Apply::Known(apply),
};

fn apply(arena: &mut Arena, known: &mut Known, rel: RelId) -> Option<RelId> {
    let (outer, rel) = match arena.get_rel(rel) {
        Rel::Distinct { input } => (Some(rel), *input),
        _ => (None, rel),
    };
    let parent = arena.get_rel(rel).clone();
    let id = parent.from()?;
    if !holds_left(&arena.get_from(id).tree) {
        return None;
    }
    let scope = Scope::new(arena, known, id);
    // Where equal rows count once, it does not matter how many a join makes of one.
    let set = crate::splice::no_windows(arena, &parent)
        && (outer.is_some() && matches!(parent, Rel::Project { .. })
            || super::counts_once(arena, &parent));
    let mut joins = Vec::new();
    left_joins(&scope.from.tree, &mut joins);
    for (left, right) in joins {
        if looked_at(arena, &parent, &scope, &right) {
            continue;
        }
        let grounds = if set {
            Grounds::default()
        } else if let Some(grounds) = at_most_one(arena, &scope, &left, &right) {
            grounds
        } else {
            continue;
        };
        let tree = pruned(&scope.from.tree, &right);
        let nothing = |_: &mut Arena, _: u32, _: Field| None;
        let Some(new) = super::empty::without(arena, &parent, &scope.from, &tree, &right, &nothing)
        else {
            continue;
        };
        known.used.add(&grounds);
        return Some(match outer {
            Some(_) => arena.rel(Rel::Distinct { input: new }),
            None => new,
        });
    }
    None
}

fn holds_left(tree: &Tree) -> bool {
    match tree {
        Tree::Input(_) => false,
        Tree::Inner(parts) => parts.iter().any(holds_left),
        Tree::Where { part, .. } => holds_left(part),
        Tree::Left { .. } => true,
        Tree::Full { left, right, .. } => holds_left(left) || holds_left(right),
    }
}

/// The sides of all left joins.
fn left_joins(tree: &Tree, joins: &mut Vec<(Vec<u32>, Vec<u32>)>) {
    match tree {
        Tree::Input(_) => {}
        Tree::Inner(parts) => parts.iter().for_each(|part| left_joins(part, joins)),
        Tree::Where { part, .. } => left_joins(part, joins),
        Tree::Left { left, right, .. } => {
            joins.push((left.inputs(), right.inputs()));
            left_joins(left, joins);
            left_joins(right, joins);
        }
        Tree::Full { left, right, .. } => {
            left_joins(left, joins);
            left_joins(right, joins);
        }
    }
}

/// Whether anything but the join's own conditions looks at its filled side.
fn looked_at(arena: &Arena, parent: &Rel, scope: &Scope, right: &[u32]) -> bool {
    let mut rest = scope.from.clone();
    rest.tree = pruned(&rest.tree, right);
    // The inputs of the side itself may look at each other.
    let used = crate::uses::of_inputs_but(arena, parent, &rest, right);
    right.iter().any(|at| {
        used.get(*at as usize).is_none_or(|used| used.named || !used.positions.is_empty())
    })
}

/// The tree without the left join that fills these inputs.
fn pruned(tree: &Tree, gone: &[u32]) -> Tree {
    match tree {
        Tree::Input(_) => tree.clone(),
        Tree::Inner(parts) => Tree::Inner(parts.iter().map(|part| pruned(part, gone)).collect()),
        Tree::Where { part, on } => {
            Tree::Where { part: Box::new(pruned(part, gone)), on: on.clone() }
        }
        Tree::Left { left, right, .. } if right.inputs() == gone => pruned(left, gone),
        Tree::Left { left, right, on } => Tree::Left {
            left: Box::new(pruned(left, gone)),
            right: Box::new(pruned(right, gone)),
            on: on.clone(),
        },
        Tree::Full { left, right, on } => Tree::Full {
            left: Box::new(pruned(left, gone)),
            right: Box::new(pruned(right, gone)),
            on: on.clone(),
        },
    }
}

/// On what grounds each row of the left side has at most one match.
fn at_most_one(arena: &Arena, scope: &Scope, left: &[u32], right: &[u32]) -> Option<Grounds> {
    let given: Vec<Place> = Vec::new();
    let reach = scope.determines_with(arena, &given, left);
    let one = !right.is_empty() && right.iter().all(|at| reach.rows.contains(at));
    one.then_some(reach.grounds)
}
