//! Where lists can be added, an addition of what is no list is one of numbers or times.

use plumb_ir::{Arena, RelId, ScalarId};

use crate::{
    Apply, Known, Rewrite, Stage,
    walk::{Rule, Site, simplified},
};

pub(crate) static REWRITE: Rewrite = Rewrite {
    name: "addition",
    stage: Stage::Predicates,
    page: include_str!("addition.md"),
    apply: Apply::Known(apply),
};

fn apply(arena: &mut Arena, known: &mut Known, rel: RelId) -> Option<RelId> {
    simplified(arena, known, rel, &RULE)
}

static RULE: Rule = Rule { looks_at: &["add-open"], around: &[], apply: plain };

fn plain(arena: &mut Arena, _: &mut Known, site: &Site<'_>, id: ScalarId) -> Option<ScalarId> {
    let (_, args) = arena.as_call(id).filter(|it| it.0 == "add-open")?;
    let args = args.to_vec();
    let counted = args.iter().any(|arg| site.scope.is_counted(arena, *arg));
    counted.then(|| arena.call("add", args))
}
