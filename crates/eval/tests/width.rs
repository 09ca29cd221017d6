//! How many outputs a plan of a page has.

use plumb_ir::{Arena, Rel, RelId};

pub(crate) fn width(arena: &Arena, rel: RelId) -> usize {
    match arena.get_rel(rel) {
        Rel::Values { width, .. } => *width as usize,
        Rel::Project { out, .. } => out.len(),
        Rel::Aggregate { keys, calls, .. } => keys.len() + calls.len(),
        Rel::Distinct { input } | Rel::Limit { input, .. } => width(arena, *input),
        Rel::Union { inputs } => inputs.first().map_or(0, |first| width(arena, *first)),
        Rel::Set { left, .. } => width(arena, *left),
        Rel::Scan { .. } | Rel::Call { .. } | Rel::Opaque { .. } => 0,
    }
}
