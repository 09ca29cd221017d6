//! Simplifying the scalars of a relation by what is known where they stand.

use std::sync::{PoisonError, RwLock};

use plumb_ir::{Arena, From, FromId, Part, RelId, Scalar, ScalarId, Symbol};
use rustc_hash::FxHashMap;

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
    /// Names of those that it looks at where they hold any of these.
    pub(crate) around: &'static [&'static str],
    /// What stands for a scalar whose parts are done; `None` if it stays.
    pub(crate) apply: Simplify,
}

type Simplify = fn(&mut Arena, &mut Known, &Site<'_>, ScalarId) -> Option<ScalarId>;

/// A rule by its bit.
struct Tried {
    bit: u64,
    apply: Simplify,
}

/// The relation with a rule applied to all of its scalars, from the inside out.
pub(crate) fn simplified(
    arena: &mut Arena,
    known: &mut Known,
    rel: RelId,
    rule: &'static Rule,
) -> Option<RelId> {
    let id = arena.get_rel(rel).from()?;
    let rule = &Tried { bit: known.held.bit(rule), apply: rule.apply };
    let stands = known.held.rel(arena, rel, id);
    let has = |held: u64| held & rule.bit != 0;
    let (outputs, on, filter) = (has(stands.outputs), has(stands.on), has(stands.filter));
    if !(outputs || on || filter) {
        return None;
    }
    let scope = known.scope(arena, id);
    if filter && let Some(filter) = filtered(arena, known, &scope, rule) {
        let from = arena.from(From { filter, ..(*scope.from).clone() });
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
            let from = arena.from(From { tree, ..(*scope.from).clone() });
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
    rule: &Tried,
) -> Option<Vec<ScalarId>> {
    let filter = &scope.from.filter;
    for (at, condition) in filter.iter().enumerate() {
        if known.held.scalar(arena, *condition) & rule.bit == 0 {
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
    rule: &Tried,
) -> ScalarId {
    if known.held.scalar(arena, id) & rule.bit == 0 {
        return id;
    }
    let junction = matches!(arena.as_call(id), Some(("and" | "or", _)));
    let inner = Site { condition: site.condition && junction, ..*site };
    let id = arena.map_scalar(
        id,
        &mut |arena, child| simpler(arena, known, &inner, child, rule),
        &mut |_, rel| rel,
    );
    let (own, around) = known.held.head(arena, id);
    if (own | around) & rule.bit == 0 {
        return id;
    }
    (rule.apply)(arena, known, site, id).unwrap_or(id)
}

/// What of which rules scalars hold: a bit for each rule that was asked about.
pub(crate) struct Held {
    rules: Vec<&'static Rule>,
    /// Rules that look at a name, and rules that look at it where it is around another.
    names: FxHashMap<Symbol, (u64, u64)>,
    /// By scalar; nothing where nobody asked.
    scalars: Vec<u64>,
    rels: FxHashMap<RelId, Stands>,
}

/// Every rule that anybody asked about: who begins anew knows all of them, and need not begin once more for each.
static RULES: RwLock<Vec<&'static Rule>> = RwLock::new(Vec::new());

impl Default for Held {
    fn default() -> Self {
        let rules = RULES.read().unwrap_or_else(PoisonError::into_inner).clone();
        Self { rules, names: FxHashMap::default(), scalars: Vec::new(), rels: FxHashMap::default() }
    }
}

/// Rules that look at something in the outputs of a relation, in what its joins ask for, and in its filter.
#[derive(Clone, Copy)]
struct Stands {
    outputs: u64,
    on: u64,
    filter: u64,
}

/// The bit of what was looked at.
const SEEN: u64 = 1 << 63;

impl Held {
    /// The bit of a rule. A rule that is new is one that nobody looked for so far.
    fn bit(&mut self, rule: &'static Rule) -> u64 {
        let at = |rules: &[&'static Rule]| rules.iter().position(|it| std::ptr::eq(*it, rule));
        let known = at(&self.rules).unwrap_or_else(|| {
            let mut all = RULES.write().unwrap_or_else(PoisonError::into_inner);
            let known = at(&all).unwrap_or(all.len());
            if known == all.len() {
                all.push(rule);
            }
            drop(all);
            *self = Self::default();
            known
        });
        1 << known
    }

    /// The rules that look at a name, and those that look at it around another.
    fn looking_at(&self, name: &str) -> (u64, u64) {
        let of = |names: fn(&Rule) -> &[&str]| {
            let rules = self.rules.iter().enumerate().filter(|(_, it)| names(it).contains(&name));
            rules.fold(0, |all, (at, _)| all | 1 << at)
        };
        (of(|rule| rule.looks_at), of(|rule| rule.around))
    }

    /// Rules that look at the head of a scalar, and those that look at it around another.
    fn head(&mut self, arena: &Arena, id: ScalarId) -> (u64, u64) {
        match arena.get_scalar(id) {
            Scalar::Call { function, .. } | Scalar::Aggregate { function, .. } => {
                let known = self.names.get(function).copied();
                known.unwrap_or_else(|| {
                    let rules = self.looking_at(arena.name(*function));
                    self.names.insert(*function, rules);
                    rules
                })
            }
            Scalar::Case { .. } => self.looking_at("case"),
            Scalar::Cast { .. } => self.looking_at("cast"),
            Scalar::Column { .. }
            | Scalar::Literal(_)
            | Scalar::Param(_)
            | Scalar::Either { .. }
            | Scalar::Window { .. }
            | Scalar::Exists(_)
            | Scalar::In { .. }
            | Scalar::Subquery(_)
            | Scalar::Lambda { .. }
            | Scalar::Hole { .. } => (0, 0),
        }
    }

    fn rel(&mut self, arena: &Arena, rel: RelId, from: FromId) -> Stands {
        if let Some(known) = self.rels.get(&rel) {
            return *known;
        }
        let from = arena.get_from(from);
        let mut all = |scalars: &[ScalarId]| {
            scalars.iter().fold(0, |rules, scalar| rules | self.scalar(arena, *scalar))
        };
        let outputs = all(&arena.get_rel(rel).scalars());
        let stands =
            Stands { outputs, on: all(&from.tree.conditions()), filter: all(&from.filter) };
        self.rels.insert(rel, stands);
        stands
    }

    fn scalar(&mut self, arena: &Arena, id: ScalarId) -> u64 {
        if let Some(known) = self.scalars.get(id.index()).filter(|known| **known != 0) {
            return *known;
        }
        let (own, _) = self.head(arena, id);
        let node = arena.get_scalar(id);
        let below = |rules, child| rules | self.scalar(arena, child);
        let rules = node.children().into_iter().fold(own | SEEN, below);
        if self.scalars.len() <= id.index() {
            self.scalars.resize(id.index() + 1, 0);
        }
        self.scalars[id.index()] = rules;
        rules
    }
}
