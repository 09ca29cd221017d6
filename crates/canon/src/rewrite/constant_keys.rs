//! Grouping by a constant groups by nothing.

use plumb_ir::{Arena, Field, From, Out, Rel, RelId, ScalarId, Tree};

use crate::{Apply, Rewrite, Stage, remap::deepen_rel};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "constant-keys",
    stage: Stage::Prune,
    page: include_str!("constant_keys.md"),
    apply: Apply::Rel(apply),
};

fn apply(arena: &mut Arena, rel: RelId) -> Option<RelId> {
    let Rel::Aggregate { from, keys, calls, scalar: false } = arena.get_rel(rel).clone() else {
        return None;
    };
    let is_constant = |key: &ScalarId| arena.as_literal(*key).is_some();
    let (constants, rest): (Vec<ScalarId>, Vec<ScalarId>) =
        keys.iter().partition(|it| is_constant(it));
    if constants.is_empty() {
        return None;
    }
    let mut next = 0;
    let mut place = |arena: &mut Arena| {
        let column = arena.column(0, Field::At(next));
        next += 1;
        Out::Column(column)
    };
    let mut out: Vec<Out> = Vec::new();
    for key in &keys {
        out.push(if constants.contains(key) { Out::Column(*key) } else { place(arena) });
    }
    for _ in &calls {
        out.push(place(arena));
    }
    // Without any key left it still gives no row for no rows.
    let grouped = arena.rel(Rel::Aggregate { from, keys: rest, calls, scalar: false });
    let grouped = deepen_rel(arena, grouped);
    let from = From { inputs: vec![grouped], tree: Tree::Input(0), filter: Vec::new() };
    let from = arena.from(from);
    Some(arena.rel(Rel::Project { from, out }))
}
