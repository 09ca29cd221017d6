//! Rewrites: each file writes plans one way where there are several.

use plumb_ir::{Arena, FromId, Part, Rel, RelId, Scalar, ScalarId, function};

pub use coarser_time::made_of;

/// A relation on another `FROM` whose columns are addressed alike.
pub(crate) fn with_from(arena: &mut Arena, rel: &Rel, from: FromId) -> RelId {
    let new = arena.map_rel(rel, &mut |_, part| match part {
        Part::From(_) => Part::From(from),
        Part::Scalar(_) | Part::Rel(_) => part,
    });
    arena.rel(new)
}

/// As [`with_from`], for a relation of the arena.
pub(crate) fn on_from(arena: &mut Arena, rel: RelId, from: FromId) -> RelId {
    arena.map_parts(rel, &mut |_, part| match part {
        Part::From(_) => Part::From(from),
        Part::Scalar(_) | Part::Rel(_) => part,
    })
}

/// Whether a relation makes the same of rows that are there once or several times.
fn counts_once(arena: &Arena, rel: &Rel) -> bool {
    let Rel::Aggregate { calls, .. } = rel else { return false };
    calls.iter().all(|call| match arena.get_scalar(*call) {
        Scalar::Aggregate { function: name, distinct, .. } => {
            let known = function(arena.name(*name)).filter(|it| !it.ordered);
            known.is_some_and(|it| {
                *distinct || it.measure.is_some_and(|it| it.duplicate_insensitive)
            })
        }
        _ => false,
    })
}

/// A formula or its denial.
fn signed(arena: &mut Arena, formula: ScalarId, holds: bool) -> ScalarId {
    if holds { formula } else { arena.call("not", vec![formula]) }
}

// shelf REWRITE: Rewrite (`cargo xtask gen`)
mod addition;
mod between;
mod boolean;
mod coarser_time;
mod commute;
mod comparisons;
mod constant_keys;
mod count_rows;
mod determined_keys;
mod distinct;
mod distinct_keyed;
mod distinct_parts;
mod distinct_within;
mod drop_joins;
mod empty;
mod equal_columns;
mod exists_columns;
mod filter_below_grouping;
mod flatten_joins;
mod fold_constants;
mod group_by_key;
mod hoist_left_joins;
mod in_list;
mod in_to_exists;
mod inline_projection;
mod left_join_to_inner;
mod limits;
mod merge_unions;
mod not_null;
mod one_row;
mod order_inputs;
mod prune_columns;
mod ranges;
mod roll_up;
mod same_type;
mod self_join;
mod semi_join;
mod split_conditions;
mod texts;
mod truth_values;
mod union_projection;
pub(crate) static ALL: &[&crate::Rewrite] = &[
    &addition::REWRITE,
    &between::REWRITE,
    &boolean::REWRITE,
    &coarser_time::REWRITE,
    &commute::REWRITE,
    &comparisons::REWRITE,
    &constant_keys::REWRITE,
    &count_rows::REWRITE,
    &determined_keys::REWRITE,
    &distinct::REWRITE,
    &distinct_keyed::REWRITE,
    &distinct_parts::REWRITE,
    &distinct_within::REWRITE,
    &drop_joins::REWRITE,
    &empty::REWRITE,
    &equal_columns::REWRITE,
    &exists_columns::REWRITE,
    &filter_below_grouping::REWRITE,
    &flatten_joins::REWRITE,
    &fold_constants::REWRITE,
    &group_by_key::REWRITE,
    &hoist_left_joins::REWRITE,
    &in_list::REWRITE,
    &in_to_exists::REWRITE,
    &inline_projection::REWRITE,
    &left_join_to_inner::REWRITE,
    &limits::REWRITE,
    &merge_unions::REWRITE,
    &not_null::REWRITE,
    &one_row::REWRITE,
    &order_inputs::REWRITE,
    &prune_columns::REWRITE,
    &ranges::REWRITE,
    &roll_up::REWRITE,
    &same_type::REWRITE,
    &self_join::REWRITE,
    &semi_join::REWRITE,
    &split_conditions::REWRITE,
    &texts::REWRITE,
    &truth_values::REWRITE,
    &union_projection::REWRITE,
];
