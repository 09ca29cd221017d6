//! Simplifying the scalars of a relation by what is known where they stand.

use plumb_ir::{Arena, From, Part, Rel, RelId, Scalar, ScalarId};

use crate::{known::Known, scope::Scope};

/// Where a scalar stands.
pub(crate) struct Site<'a> {
    pub(crate) scope: &'a Scope,
    /// What holds of every row that gets here.
    pub(crate) truths: &'a [ScalarId],
    /// Whether it only matters if it is true.
    pub(crate) condition: bool,
}

/// One way to simplify scalars.
pub(crate) struct Rule {
    /// Names of calls and aggregates that it looks at, `case` and `cast`; a scalar without any stays.
    pub(crate) looks_at: &'static [&'static str],
    /// What stands for a scalar whose parts are done; `None` if it stays.
    pub(crate) apply: fn(&mut Arena, &mut Known, &Site<'_>, ScalarId) -> Option<ScalarId>,
}

/// The relation with a rule applied to all of its scalars, from the inside out.
pub(crate) fn simplified(
    arena: &mut Arena,
    known: &mut Known,
    rel: RelId,
    rule: &Rule,
) -> Option<RelId> {
    let parent = arena.get_rel(rel).clone();
    let id = parent.from()?;
    let scope = known.scope(arena, id);
    let filter = scope.from.filter.clone();
    // One condition at a time: two that say the same must not make each other go.
    for (at, condition) in filter.iter().enumerate() {
        let others: Vec<ScalarId> =
            filter.iter().enumerate().filter(|(it, _)| *it != at).map(|(_, id)| *id).collect();
        let site = Site { scope: &scope, truths: &others, condition: true };
        let new = simpler(arena, known, &site, *condition, rule);
        if new != *condition {
            let mut filter = filter;
            filter[at] = new;
            let from = From { filter, ..scope.from.clone() };
            let from = arena.from(from);
            return Some(crate::rewrite::with_from(arena, &parent, from));
        }
    }
    let site = Site { scope: &scope, truths: &[], condition: true };
    let tree = scope
        .from
        .tree
        .map(&mut plumb_ir::Tree::Input, &mut |id| simpler(arena, known, &site, id, rule));
    let site = Site { scope: &scope, truths: &filter, condition: false };
    let new: Rel = arena.map_rel(&parent, &mut |arena, part| match part {
        Part::Scalar(id) => Part::Scalar(simpler(arena, known, &site, id, rule)),
        Part::From(_) | Part::Rel(_) => part,
    });
    if tree == scope.from.tree {
        return (new != parent).then(|| arena.rel(new));
    }
    let from = From { tree, ..scope.from.clone() };
    let from = arena.from(from);
    Some(crate::rewrite::with_from(arena, &new, from))
}

/// Below AND and OR a condition stays a condition.
fn simpler(
    arena: &mut Arena,
    known: &mut Known,
    site: &Site<'_>,
    id: ScalarId,
    rule: &Rule,
) -> ScalarId {
    if !holds(arena, known, id, rule) {
        return id;
    }
    let junction = matches!(arena.as_call(id), Some(("and" | "or", _)));
    let inner = Site { condition: site.condition && junction, ..*site };
    let id = arena.map_scalar(
        id,
        &mut |arena, child| simpler(arena, known, &inner, child, rule),
        &mut |_, rel| rel,
    );
    (rule.apply)(arena, known, site, id).unwrap_or(id)
}

/// Whether a scalar holds anything that a rule looks at; what is known of it is kept.
fn holds(arena: &Arena, known: &mut Known, id: ScalarId, rule: &Rule) -> bool {
    let node = arena.get_scalar(id);
    let own = match node {
        Scalar::Call { function, .. } | Scalar::Aggregate { function, .. } => {
            rule.looks_at.contains(&arena.name(*function))
        }
        Scalar::Case { .. } => rule.looks_at.contains(&"case"),
        Scalar::Cast { .. } => rule.looks_at.contains(&"cast"),
        Scalar::Column { .. } | Scalar::Literal(_) | Scalar::Param(_) => return false,
        Scalar::Either { .. }
        | Scalar::Window { .. }
        | Scalar::Exists(_)
        | Scalar::In { .. }
        | Scalar::Subquery(_)
        | Scalar::Lambda { .. }
        | Scalar::Hole { .. } => false,
    };
    if own {
        return true;
    }
    let key = (std::ptr::from_ref(rule).addr(), id);
    if let Some(known) = known.held.get(&key) {
        return *known;
    }
    let held = node.children().iter().any(|child| holds(arena, known, *child, rule));
    known.held.insert(key, held);
    held
}
