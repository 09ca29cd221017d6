//! A row joined to itself by its key is one row.

use plumb_ir::{Arena, Field, Rel, RelId, ScalarId, Tree};

use crate::{Apply, Known, Rewrite, Stage, equal::Class};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "self-join",
    stage: Stage::Prune,
    page: include_str!("self_join.md"),
    apply: Apply::Known(apply),
};

/// Inputs of a join that are compared with each other.
const INPUTS: usize = 32;

fn apply(arena: &mut Arena, known: &mut Known, rel: RelId) -> Option<RelId> {
    let id = arena.get_rel(rel).from()?;
    let from = arena.get_from(id);
    if from.inputs.len() < 2 || from.inputs.len() > INPUTS {
        return None;
    }
    let pairs = twins(arena, &from.inputs, &from.tree);
    if pairs.is_empty() {
        return None;
    }
    let (parent, from) = (arena.get_rel(rel).clone(), from.clone());
    let scope = known.scope(arena, id);
    let (classes, _) = crate::equal::classes(arena, &scope, known.facts.one_type);
    for (one, two) in pairs {
        let said = (from.filter.as_slice(), classes.as_slice());
        let key = scope.inputs[one as usize].keys.iter().find(|key| {
            key.columns.iter().all(|field| equated(arena, said, (one, *field), (two, *field)))
        });
        let Some(grounds) = key.map(|key| key.grounds.clone()) else { continue };
        let tree = without(&from.tree, two);
        let columns = |arena: &mut Arena, input: u32, field: Field| {
            (input == two).then(|| arena.column(one, field))
        };
        let new = super::empty::without(arena, &parent, &from, &tree, &[two], &columns);
        if let Some(new) = new {
            known.used.add(&grounds);
            return Some(new);
        }
    }
    None
}

/// Inputs that are the same rows, and stand where no outer join fills them.
fn twins(arena: &Arena, inputs: &[RelId], tree: &Tree) -> Vec<(u32, u32)> {
    let Tree::Inner(parts) = tree else { return Vec::new() };
    let at_top = |input: u32| parts.contains(&Tree::Input(input));
    let mut pairs = Vec::new();
    for (one, first) in (0..).zip(inputs) {
        for (two, second) in (0..).zip(inputs).skip(one as usize + 1) {
            // Rows that somebody picks at random are picked twice.
            let same = first == second
                && at_top(one)
                && at_top(two)
                && arena.rel_reach(*first) == 0
                && (matches!(arena.get_rel(*first), Rel::Scan { .. })
                    || crate::obstacles(arena, *first).is_empty());
            if same {
                pairs.push((one, two));
            }
        }
    }
    pairs
}

/// Whether two columns are equal in every row: a condition says it of the two, or of both with others.
fn equated(
    arena: &mut Arena,
    (filter, classes): (&[ScalarId], &[Class]),
    one: (u32, Field),
    two: (u32, Field),
) -> bool {
    let sides = [one, two].map(|(input, field)| arena.column(input, field));
    filter.iter().any(|condition| match arena.as_call(*condition) {
        Some(("eq", args)) => args == sides || args == [sides[1], sides[0]],
        _ => false,
    }) || classes
        .iter()
        .any(|class| class.one_type && sides.iter().all(|side| class.members.contains(side)))
}

fn without(tree: &Tree, gone: u32) -> Tree {
    match tree {
        Tree::Inner(parts) => {
            Tree::Inner(parts.iter().filter(|part| **part != Tree::Input(gone)).cloned().collect())
        }
        Tree::Input(_) | Tree::Where { .. } | Tree::Left { .. } | Tree::Full { .. } => tree.clone(),
    }
}
