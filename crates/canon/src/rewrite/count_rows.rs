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
    let mut new = arena.get_scalar(scalar).clone();
    let (Scalar::Aggregate { function, args, distinct, .. }
    | Scalar::Window { function, args, distinct, .. }) = &mut new
    else {
        return None;
    };
    let [one] = args.as_slice() else { return None };
    let constant = arena.as_literal(*one).is_some_and(|literal| !literal.is_null());
    if !constant || *distinct || arena.name(*function) != "count" {
        return None;
    }
    args.clear();
    Some(arena.scalar(new))
}
