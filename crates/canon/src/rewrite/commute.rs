//! Arguments whose order does not matter, in an order of their own.

use plumb_ir::{Arena, ScalarId, function};

use crate::{Apply, Rewrite, Stage};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "commute",
    stage: Stage::Order,
    page: include_str!("commute.md"),
    apply: Apply::Scalar(apply),
};

fn apply(arena: &mut Arena, scalar: ScalarId) -> Option<ScalarId> {
    let (name, args) = arena.as_call(scalar)?;
    if !function(name).is_some_and(|it| it.commutative) {
        return None;
    }
    let name = name.to_owned();
    let mut sorted = args.to_vec();
    sorted.sort_by_key(|arg| arena.scalar_digest(*arg));
    (sorted != args).then(|| arena.call(&name, sorted))
}
