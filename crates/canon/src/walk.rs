//! Simplifying the scalars of a relation by what is known where they stand.

use plumb_ir::{Arena, From, Part, RelId, Scalar, ScalarId};

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
    let node = arena.get_rel(rel);
    let id = node.from()?;
    let from = arena.get_from(id);
    let mut hold = |scalars: &[ScalarId]| scalars.iter().any(|it| holds(arena, known, *it, rule));
    let on = from.tree.conditions();
    let (outputs, on, filter) = (hold(&node.scalars()), hold(&on), hold(&from.filter));
    if !(outputs || on || filter) {
        return None;
    }
    let scope = known.scope(arena, id);
    if filter && let Some(filter) = filtered(arena, known, &scope, rule) {
        let from = arena.from(From { filter, ..scope.from.clone() });
        return Some(crate::rewrite::on_from(arena, rel, from));
    }
    let mut new = rel;
    if on {
        let site = Site { scope: &scope, truths: &[], condition: true };
        let tree = scope
            .from
            .tree
            .map(&mut plumb_ir::Tree::Input, &mut |id| simpler(arena, known, &site, id, rule));
        if tree != scope.from.tree {
            let from = arena.from(From { tree, ..scope.from.clone() });
            new = crate::rewrite::on_from(arena, new, from);
        }
    }
    if outputs {
        let truths = &scope.from.filter;
        let site = Site { scope: &scope, truths, condition: false };
        new = arena.map_parts(new, &mut |arena, part| match part {
            Part::Scalar(id) => Part::Scalar(simpler(arena, known, &site, id, rule)),
            Part::From(_) | Part::Rel(_) => part,
        });
    }
    (new != rel).then_some(new)
}

/// The filter with its first condition simplified of those that can be.
///
/// One at a time: two that say the same must not make each other go.
fn filtered(
    arena: &mut Arena,
    known: &mut Known,
    scope: &Scope,
    rule: &Rule,
) -> Option<Vec<ScalarId>> {
    let filter = &scope.from.filter;
    for (at, condition) in filter.iter().enumerate() {
        if !holds(arena, known, *condition, rule) {
            continue;
        }
        let others: Vec<ScalarId> =
            filter.iter().enumerate().filter(|(it, _)| *it != at).map(|(_, id)| *id).collect();
        let site = Site { scope, truths: &others, condition: true };
        let new = simpler(arena, known, &site, *condition, rule);
        if new != *condition {
            let mut filter = filter.clone();
            filter[at] = new;
            return Some(filter);
        }
    }
    None
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

/// Whether scalars hold anything that a rule looks at, as far as it was asked: by rule, then by scalar.
#[derive(Default)]
pub(crate) struct Held(Vec<(&'static [&'static str], Vec<Option<bool>>)>);

impl Held {
    fn of(&mut self, rule: &Rule) -> &mut Vec<Option<bool>> {
        let known = self.0.iter().position(|(names, _)| std::ptr::eq(*names, rule.looks_at));
        let at = known.unwrap_or_else(|| {
            self.0.push((rule.looks_at, Vec::new()));
            self.0.len() - 1
        });
        &mut self.0[at].1
    }
}

/// Whether a scalar holds anything that a rule looks at; what is known of it is kept.
fn holds(arena: &Arena, known: &mut Known, id: ScalarId, rule: &Rule) -> bool {
    held(arena, known.held.of(rule), id, rule)
}

fn held(arena: &Arena, known: &mut Vec<Option<bool>>, id: ScalarId, rule: &Rule) -> bool {
    if let Some(Some(known)) = known.get(id.index()) {
        return *known;
    }
    let node = arena.get_scalar(id);
    let own = match node {
        Scalar::Call { function, .. } | Scalar::Aggregate { function, .. } => {
            rule.looks_at.contains(&arena.name(*function))
        }
        Scalar::Case { .. } => rule.looks_at.contains(&"case"),
        Scalar::Cast { .. } => rule.looks_at.contains(&"cast"),
        Scalar::Column { .. }
        | Scalar::Literal(_)
        | Scalar::Param(_)
        | Scalar::Either { .. }
        | Scalar::Window { .. }
        | Scalar::Exists(_)
        | Scalar::In { .. }
        | Scalar::Subquery(_)
        | Scalar::Lambda { .. }
        | Scalar::Hole { .. } => false,
    };
    let all = own || node.children().into_iter().any(|child| held(arena, known, child, rule));
    if known.len() <= id.index() {
        known.resize(id.index() + 1, None);
    }
    known[id.index()] = Some(all);
    all
}
