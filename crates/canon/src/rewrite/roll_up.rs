//! A grouping of groups is a coarser grouping.

use plumb_ir::{Arena, Field, Rel, RelId, Scalar, ScalarId, Tree};

use crate::{Apply, Rewrite, Stage};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "roll-up",
    stage: Stage::Inline,
    page: include_str!("roll_up.md"),
    apply: Apply::Rel(apply),
};

fn apply(arena: &mut Arena, rel: RelId) -> Option<RelId> {
    let Rel::Aggregate { from, keys, calls, scalar } = arena.get_rel(rel).clone() else {
        return None;
    };
    let outer = arena.get_from(from);
    let [input] = outer.inputs.as_slice() else { return None };
    let input = *input;
    if outer.tree != Tree::Input(0) || !outer.filter.is_empty() || arena.rel_reach(input) > 0 {
        return None;
    }
    let Rel::Aggregate { from, keys: inner, calls: measures, scalar: false } =
        arena.get_rel(input).clone()
    else {
        return None;
    };
    let keys: Vec<ScalarId> = keys
        .into_iter()
        .map(|key| super::filter_below_grouping::below_keys(arena, key, 0, &inner))
        .collect::<Option<_>>()?;
    let groups = Groups { keys: &inner, measures: &measures, total: scalar };
    let calls: Vec<ScalarId> =
        calls.into_iter().map(|call| groups.through(arena, call)).collect::<Option<_>>()?;
    Some(arena.rel(Rel::Aggregate { from, keys, calls, scalar }))
}

/// The groups that are grouped again.
struct Groups<'a> {
    keys: &'a [ScalarId],
    measures: &'a [ScalarId],
    /// Whether there is one row for no groups, too.
    total: bool,
}

impl Groups<'_> {
    /// A measure of groups as one of their rows.
    fn through(&self, arena: &mut Arena, call: ScalarId) -> Option<ScalarId> {
        let Scalar::Aggregate { function, args, distinct, filter: None, order } =
            arena.get_scalar(call).clone()
        else {
            return None;
        };
        let [value] = args.as_slice() else { return None };
        let name = arena.name(function).to_owned();
        // How often a key stands in a group does not matter.
        if matches!(name.as_str(), "min" | "max") || name == "count" && distinct {
            let key = super::filter_below_grouping::below_keys(arena, *value, 0, self.keys);
            if let Some(key) = key {
                let args = vec![key];
                let call = Scalar::Aggregate { function, args, distinct, filter: None, order };
                return Some(arena.scalar(call));
            }
        }
        let Scalar::Column { depth: 0, input: 0, field: Field::At(at) } = arena.get_scalar(*value)
        else {
            return None;
        };
        let measure = *self.measures.get((*at as usize).checked_sub(self.keys.len())?)?;
        let Scalar::Aggregate { function: inner, distinct: once, .. } = arena.get_scalar(measure)
        else {
            return None;
        };
        let plain = !distinct && !*once;
        match (name.as_str(), arena.name(*inner)) {
            ("sum", "sum") if plain => Some(measure),
            // For no groups a sum is NULL, and a count is not.
            ("sum", "count") if plain && !self.total => Some(measure),
            ("min", "min") | ("max", "max") => Some(measure),
            _ => None,
        }
    }
}
