//! COUNT of a constant counts rows.

use plumb_ir::{Arena, Scalar, ScalarId};

use crate::{Apply, Rewrite, Stage};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "count-rows",
    stage: Stage::Scalars,
    page: include_str!("count_rows.md"),
    apply: Apply::Scalar(apply),
};

fn apply(arena: &mut Arena, scalar: ScalarId) -> Option<ScalarId> {
    let (Scalar::Aggregate { function, args, distinct: false, .. }
    | Scalar::Window { function, args, distinct: false, .. }) = arena.get_scalar(scalar)
    else {
        return None;
    };
    let [one] = args.as_slice() else { return None };
    let constant = arena.as_literal(*one).is_some_and(|literal| !literal.is_null());
    if !constant || arena.name(*function) != "count" {
        return None;
    }
    let mut new = arena.get_scalar(scalar).clone();
    if let Scalar::Aggregate { args, .. } | Scalar::Window { args, .. } = &mut new {
        args.clear();
    }
    Some(arena.scalar(new))
}
