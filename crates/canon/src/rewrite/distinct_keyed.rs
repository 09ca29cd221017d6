//! Rows that a key tells apart are distinct already.

use plumb_ir::{Arena, Rel, RelId};

use crate::{Apply, Known, Rewrite, Stage};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "distinct-keyed",
    stage: Stage::Prune,
    page: include_str!("distinct_keyed.md"),
    apply: Apply::Known(apply),
};

fn apply(arena: &mut Arena, known: &mut Known, rel: RelId) -> Option<RelId> {
    let Rel::Distinct { input } = arena.get_rel(rel) else { return None };
    let input = *input;
    let props = known.props(arena, input);
    let key = props.keys.iter().filter(|key| key.with_nulls).min_by_key(|key| &key.grounds)?;
    known.used.add(&key.grounds);
    Some(input)
}
