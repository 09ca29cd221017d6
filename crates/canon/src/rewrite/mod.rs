//! Rewrites: each file writes plans one way where there are several.

use plumb_ir::{Arena, FromId, Part, Rel, RelId};

/// A relation on another `FROM` whose columns are addressed alike.
fn with_from(arena: &mut Arena, rel: &Rel, from: FromId) -> RelId {
    let new = arena.map_rel(rel, &mut |_, part| match part {
        Part::From(_) => Part::From(from),
        Part::Scalar(_) | Part::Rel(_) => part,
    });
    arena.rel(new)
}

// shelf REWRITE: Rewrite (`cargo xtask gen`)
mod between;
mod boolean;
mod commute;
mod constant_keys;
mod count_rows;
mod distinct;
mod empty;
mod equal_columns;
mod exists_columns;
mod filter_below_grouping;
mod flatten_joins;
mod fold_constants;
mod hoist_left_joins;
mod in_list;
mod inline_projection;
mod left_join_to_inner;
mod merge_unions;
mod not_null;
mod order_inputs;
mod prune_columns;
mod split_conditions;
mod values_inline;
pub(crate) static ALL: &[&crate::Rewrite] = &[
    &between::REWRITE,
    &boolean::REWRITE,
    &commute::REWRITE,
    &constant_keys::REWRITE,
    &count_rows::REWRITE,
    &distinct::REWRITE,
    &empty::REWRITE,
    &equal_columns::REWRITE,
    &exists_columns::REWRITE,
    &filter_below_grouping::REWRITE,
    &flatten_joins::REWRITE,
    &fold_constants::REWRITE,
    &hoist_left_joins::REWRITE,
    &in_list::REWRITE,
    &inline_projection::REWRITE,
    &left_join_to_inner::REWRITE,
    &merge_unions::REWRITE,
    &not_null::REWRITE,
    &order_inputs::REWRITE,
    &prune_columns::REWRITE,
    &split_conditions::REWRITE,
    &values_inline::REWRITE,
];
