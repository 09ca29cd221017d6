//! What uses tell of tables that nobody describes.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::Name;
use plumb_ir::{Arena, Field, Rel, RelId, Scalar, ScalarId};

/// Notes columns of scans that are named beyond doubt; says whether some column is ambiguous.
pub fn learn(
    arena: &Arena,
    rel: RelId,
    learned: &mut BTreeMap<String, BTreeSet<Name>>,
    seen: &mut BTreeSet<RelId>,
) -> bool {
    if !seen.insert(rel) {
        return false;
    }
    let node = arena.get_rel(rel);
    let mut ambiguous = false;
    let inputs = node.from().map(|from| arena.get_from(from).inputs.clone()).unwrap_or_default();
    let mut scalars = node.scalars();
    scalars.extend(node.from().map(|from| arena.get_from(from).conditions()).unwrap_or_default());
    for scalar in scalars {
        ambiguous |= learn_scalar(arena, scalar, &inputs, learned, seen);
    }
    for below in inputs.into_iter().chain(node.inputs()) {
        ambiguous |= learn(arena, below, learned, seen);
    }
    ambiguous
}

fn learn_scalar(
    arena: &Arena,
    id: ScalarId,
    inputs: &[RelId],
    learned: &mut BTreeMap<String, BTreeSet<Name>>,
    seen: &mut BTreeSet<RelId>,
) -> bool {
    let scalar = arena.get_scalar(id);
    let mut ambiguous = matches!(scalar, Scalar::Either { .. });
    if let Scalar::Column { depth: 0, input, field: Field::Named(name) } = scalar
        && let Some(Rel::Scan { table }) =
            inputs.get(*input as usize).map(|input| arena.get_rel(*input))
    {
        let name = Name::new(arena.name(*name));
        learned.entry(arena.name(*table).to_owned()).or_default().insert(name);
    }
    for child in scalar.children() {
        ambiguous |= learn_scalar(arena, child, inputs, learned, seen);
    }
    if let Some(rel) = scalar.subquery() {
        ambiguous |= learn(arena, rel, learned, seen);
    }
    ambiguous
}
