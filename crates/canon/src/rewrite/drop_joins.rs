//! A left join that neither adds rows nor is looked at goes.

use plumb_ir::{Arena, Field, From, Rel, RelId, ScalarId, Tree};

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
    let parent = arena.shared_rel(rel);
    let id = parent.from()?;
    if !holds_left(&arena.get_from(id).tree) {
        return None;
    }
    let scope = known.scope(arena, id);
    // Where equal rows count once, it does not matter how many a join makes of one.
    let set = crate::splice::no_windows(arena, &parent)
        && (outer.is_some() && matches!(*parent, Rel::Project { .. })
            || super::counts_once(arena, &parent));
    let looks = Looks::new(arena, &parent, &scope.from);
    let mut joins = Vec::new();
    left_joins(&scope.from.tree, &mut joins);
    for (left, right) in joins {
        if looks.at(&right) {
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

/// What looks at the inputs of a join.
struct Looks {
    /// Whether the relation, its filter or an inner join does, by input.
    always: Vec<bool>,
    /// Inputs that each left join brings, and those that its conditions look at.
    joins: Vec<(Vec<u32>, Vec<u32>)>,
    /// Inputs that each lateral input looks at.
    lateral: Vec<(u32, Vec<u32>)>,
}

impl Looks {
    fn new(arena: &Arena, parent: &Rel, from: &From) -> Self {
        let count = from.inputs.len();
        let mut looks = Self { always: vec![false; count], joins: Vec::new(), lateral: Vec::new() };
        let mut conditions = from.filter.clone();
        looks.tree(arena, &from.tree, count, &mut conditions);
        let used = crate::uses::of_parts(arena, parent, &conditions, count);
        for (slot, used) in looks.always.iter_mut().zip(used) {
            *slot = used.named || !used.positions.is_empty();
        }
        for (at, input) in (0..).zip(&from.inputs).filter(|(_, it)| arena.rel_reach(**it) > 0) {
            looks.lateral.push((at, crate::uses::of_lateral(arena, *input, count)));
        }
        looks
    }

    /// Conditions of left joins go to them, all others to the list.
    fn tree(&mut self, arena: &Arena, tree: &Tree, count: usize, others: &mut Vec<ScalarId>) {
        match tree {
            Tree::Input(_) => {}
            Tree::Inner(parts) => parts.iter().for_each(|it| self.tree(arena, it, count, others)),
            Tree::Where { part, on } => {
                others.extend(on);
                self.tree(arena, part, count, others);
            }
            Tree::Left { left, right, on } => {
                let seen = on.iter().flat_map(|it| crate::uses::of_condition(arena, *it, count));
                self.joins.push((right.inputs(), seen.collect()));
                self.tree(arena, left, count, others);
                self.tree(arena, right, count, others);
            }
            Tree::Full { left, right, on } => {
                others.extend(on);
                self.tree(arena, left, count, others);
                self.tree(arena, right, count, others);
            }
        }
    }

    /// Whether anything but the filled side and its own join looks at the filled side.
    fn at(&self, right: &[u32]) -> bool {
        let hits = |seen: &[u32]| seen.iter().any(|input| right.contains(input));
        let inside = |brought: &[u32]| {
            !brought.is_empty() && brought.iter().all(|input| right.contains(input))
        };
        right.iter().any(|at| self.always.get(*at as usize).is_none_or(|used| *used))
            || self.joins.iter().any(|(brought, seen)| !inside(brought) && hits(seen))
            || self.lateral.iter().any(|(at, seen)| !right.contains(at) && hits(seen))
    }
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
