//! Queries over a view that may give what a query gives; a proof has to decide.

use plumb_ir::{Arena, Field, From, Out, Rel, RelId, Scalar, ScalarId, Symbol, Tree};

use crate::{
    Relation,
    alike::{Classes, alike},
    place::{Place, places, replaced},
    roll::Roll,
    unit::{Group, Unit, width},
    words::Words,
};

/// A query over the view.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Proposal {
    pub(crate) rel: RelId,
    pub(crate) relation: Relation,
}

/// A view that is read as a table.
pub(crate) struct Table<'a> {
    pub(crate) scan: RelId,
    pub(crate) unit: &'a Unit,
    /// By output.
    pub(crate) names: &'a [Option<Symbol>],
}

/// What may be said with the view in place of a part of the query.
pub(crate) fn proposals(arena: &mut Arena, view: &Table<'_>, query: &Unit) -> Vec<Proposal> {
    let mut found = Vec::new();
    for place in places(arena, &view.unit.from, &query.from) {
        for (tree, filled) in trees(arena, view.unit, &place, query) {
            let at = At { view, query, place: &place, tree, filled };
            match &view.unit.group {
                None => {
                    let proposal = at.of_rows(arena);
                    found.extend(proposal);
                    // A row that has several matches stands there once.
                    if let Some(Proposal { rel, .. }) = proposal
                        && query.opened
                        && query.group.is_none()
                    {
                        let rel = arena.rel(Rel::Distinct { input: rel });
                        found.push(Proposal { rel, relation: at.grouped() });
                    }
                }
                Some(group) => at.of_groups(arena, group, &mut found),
            }
        }
    }
    found
}

/// What may be said with some rows from the view, the others from what the query reads.
pub(crate) fn unions(arena: &mut Arena, view: &Table<'_>, query: &Unit) -> Vec<Proposal> {
    let mut found = Vec::new();
    if view.unit.group.is_some() {
        return found;
    }
    for place in places(arena, &view.unit.from, &query.from) {
        for (tree, filled) in trees(arena, view.unit, &place, query) {
            found.extend(At { view, query, place: &place, tree, filled }.covered(arena));
        }
    }
    found
}

/// How the query joins the view, and which values may not be NULL for it: an outer join has rows that an inner
/// one has not.
fn trees(
    arena: &mut Arena,
    view: &Unit,
    place: &Place,
    query: &Unit,
) -> Vec<(Tree, Vec<ScalarId>)> {
    let mut found = Vec::new();
    let Some(own) = place.tree(arena, &view.from.tree) else { return found };
    if let Some(tree) = replaced(arena, &query.from.tree, &own) {
        found.push((tree, Vec::new()));
    } else if let Tree::Left { right, on, .. } = &own {
        let inner = Tree::Inner(own.inputs().into_iter().map(Tree::Input).collect());
        let filled = right.inputs();
        let of_right = |arena: &Arena, id: &ScalarId| match arena.get_scalar(*id) {
            Scalar::Column { depth: 0, input, .. } => filled.contains(input),
            _ => false,
        };
        let columns = on.iter().flat_map(|on| arena.get_scalar(*on).children());
        let columns: Vec<ScalarId> = columns.filter(|id| of_right(arena, id)).collect();
        if let Some(tree) = replaced(arena, &query.from.tree, &inner) {
            found.push((tree, columns));
        }
    }
    found
}

/// A view at a place in a query.
pub(crate) struct At<'a> {
    pub(crate) view: &'a Table<'a>,
    pub(crate) query: &'a Unit,
    pub(crate) place: &'a Place,
    tree: Tree,
    pub(crate) filled: Vec<ScalarId>,
}

impl At<'_> {
    /// From a view that does not group.
    fn of_rows(&self, arena: &mut Arena) -> Option<Proposal> {
        let words = self.of_columns(arena);
        let (from, relation) = self.from(arena, &words)?;
        self.said(arena, &words, from, relation)
    }

    /// What can be said with the columns of a view that does not group.
    pub(crate) fn of_columns(&self, arena: &mut Arena) -> Words<'_> {
        let mut known = Vec::new();
        for (scalar, name) in self.view.unit.out.iter().zip(self.view.names) {
            let Some(name) = name else { continue };
            let column = arena.column(0, Field::Named(*name));
            for told in self.told(arena, *scalar) {
                known.push((told, column));
                known.extend(inverse(arena, told, column));
            }
        }
        self.words(arena, known)
    }

    /// A value of the view over the query, or columns that the view makes equal to it.
    fn told(&self, arena: &mut Arena, scalar: ScalarId) -> Vec<ScalarId> {
        if let Some(told) = self.place.told(arena, scalar) {
            return vec![told];
        }
        let classes = Classes::of(arena, &self.view.unit.from.filter, None);
        let equal = classes.equal_to(scalar).into_iter();
        let columns = equal.filter(|other| arena.as_literal(*other).is_none());
        let columns: Vec<ScalarId> = columns.collect();
        columns.into_iter().filter_map(|other| self.place.told(arena, other)).collect()
    }

    /// The query itself, over the view.
    fn said(
        &self,
        arena: &mut Arena,
        words: &Words<'_>,
        from: From,
        relation: Relation,
    ) -> Option<Proposal> {
        let from = arena.from(from);
        let say = |arena: &mut Arena, all: &[ScalarId]| -> Option<Vec<ScalarId>> {
            all.iter().map(|scalar| words.say(arena, *scalar)).collect()
        };
        let Some(group) = &self.query.group else {
            let out = say(arena, &self.query.out)?.into_iter().map(Out::Column).collect();
            return Some(Proposal { rel: arena.rel(Rel::Project { from, out }), relation });
        };
        let (keys, calls) = (say(arena, &group.keys)?, say(arena, &group.calls)?);
        let width = keys.len() + calls.len();
        let grouped = arena.rel(Rel::Aggregate { from, keys, calls, scalar: group.scalar });
        let same: Vec<ScalarId> = at(arena, width);
        let rel = self.outputs(arena, grouped, &same)?;
        Some(Proposal { rel, relation: self.grouped() })
    }

    /// From a view that groups.
    fn of_groups(&self, arena: &mut Arena, group: &Group, found: &mut Vec<Proposal>) {
        let parts: Vec<ScalarId> = group.keys.iter().chain(&group.calls).copied().collect();
        let told: Vec<Option<ScalarId>> =
            parts.iter().map(|part| self.place.told(arena, *part)).collect();
        let (mut keys, mut calls) = (Vec::new(), Vec::new());
        for (scalar, name) in self.view.unit.out.iter().zip(self.view.names) {
            let Scalar::Column { depth: 0, field: Field::At(at), .. } = *arena.get_scalar(*scalar)
            else {
                continue;
            };
            let (Some(name), Some(Some(told))) = (name, told.get(at as usize)) else { continue };
            let of = if (at as usize) < group.keys.len() { &mut keys } else { &mut calls };
            of.push((*told, arena.column(0, Field::Named(*name))));
        }
        let words = self.words(arena, keys);
        let Some((from, relation)) = self.from(arena, &words) else { return };
        let Some(wanted) = &self.query.group else {
            found.extend(self.said(arena, &words, from, relation));
            return;
        };
        if relation != Relation::Extends && !wanted.scalar {
            found.extend(self.group_by_group(arena, &words, &from, &told, relation));
        }
        found.extend(self.rolled(arena, &words, from, calls));
    }

    /// Each group of the query is a row of the view.
    fn group_by_group(
        &self,
        arena: &mut Arena,
        words: &Words<'_>,
        from: &From,
        told: &[Option<ScalarId>],
        relation: Relation,
    ) -> Option<Proposal> {
        let group = self.query.group.as_ref()?;
        let parts: Vec<ScalarId> = group.keys.iter().chain(&group.calls).copied().collect();
        // Each output of the grouping of the view, as one of the grouping of the query.
        let mut twins = Vec::new();
        for told in told {
            let twin = told.and_then(|told| {
                parts.iter().position(|part| alike(arena, &words.classes, *part, told))
            });
            twins.push(twin.and_then(|twin| u32::try_from(twin).ok()));
        }
        let twin = |at: u32| twins.get(at as usize).copied().flatten();
        let over = twins.iter().map(|at| arena.column(0, Field::At(at.unwrap_or(0))));
        let over: Vec<ScalarId> = over.collect();
        let mut known = Vec::new();
        for (scalar, name) in self.view.unit.out.iter().zip(self.view.names) {
            let lacks = used(arena, *scalar).into_iter().any(|at| twin(at).is_none());
            let (Some(name), false) = (name, lacks) else { continue };
            if let Some(told) = substituted(arena, *scalar, &over) {
                known.push((told, arena.column(0, Field::Named(*name))));
            }
        }
        for (at, key) in (0..).zip(&group.keys) {
            let column = arena.column(0, Field::At(at));
            if let Some(said) = words.say(arena, *key) {
                known.push((column, said));
            }
        }
        let place = Place::whole();
        let groups = Words { place: &place, known, classes: Classes::default() };
        let having = groups.conditions(arena, &self.query.having, &[]);
        let compared = !having.is_empty();
        let mut from = from.clone();
        from.filter.extend(having);
        let from = arena.from(from);
        let out = self.query.out.iter().map(|out| groups.say(arena, *out).map(Out::Column));
        let out = out.collect::<Option<Vec<_>>>()?;
        let relation = if compared { Relation::Filter } else { relation };
        Some(Proposal { rel: arena.rel(Rel::Project { from, out }), relation })
    }

    /// Groups of the query are made of groups of the view.
    fn rolled(
        &self,
        arena: &mut Arena,
        words: &Words<'_>,
        from: From,
        known: Vec<(ScalarId, ScalarId)>,
    ) -> Option<Proposal> {
        let group = self.query.group.as_ref()?;
        let keys = group.keys.iter().map(|key| words.say(arena, *key));
        let keys = keys.collect::<Option<Vec<_>>>()?;
        let mut parts = at(arena, keys.len());
        let mut roll =
            Roll { words, known, scalar: group.scalar, keys: keys.len(), calls: Vec::new() };
        for call in &group.calls {
            parts.push(roll.call(arena, *call)?);
        }
        let calls = roll.calls;
        let from = arena.from(from);
        let grouped = arena.rel(Rel::Aggregate { from, keys, calls, scalar: group.scalar });
        let rel = self.outputs(arena, grouped, &parts)?;
        Some(Proposal { rel, relation: self.grouped() })
    }

    /// The outputs of the query over those of another grouping.
    pub(crate) fn outputs(
        &self,
        arena: &mut Arena,
        grouped: RelId,
        parts: &[ScalarId],
    ) -> Option<RelId> {
        let over = |arena: &mut Arena, all: &[ScalarId]| -> Option<Vec<ScalarId>> {
            all.iter().map(|scalar| substituted(arena, *scalar, parts)).collect()
        };
        let filter = over(arena, &self.query.having)?;
        let out = over(arena, &self.query.out)?;
        if filter.is_empty() && out == at(arena, width(arena, grouped)) {
            return Some(grouped);
        }
        let out = out.into_iter().map(Out::Column).collect();
        let from = arena.from(From { inputs: vec![grouped], tree: Tree::Input(0), filter });
        Some(arena.rel(Rel::Project { from, out }))
    }

    /// Whether the query reads more than the view.
    fn joins(&self) -> bool {
        self.query.from.inputs.len() > self.place.len()
    }

    /// What rows of the view that are grouped give: where more is joined, the groups are not of them alone.
    fn grouped(&self) -> Relation {
        if self.joins() { Relation::Extends } else { Relation::RollUp }
    }

    fn words(&self, arena: &Arena, known: Vec<(ScalarId, ScalarId)>) -> Words<'_> {
        let classes = Classes::of(arena, &self.query.from.filter, None);
        Words { place: self.place, known, classes }
    }

    /// The rows of the query, over the view.
    pub(crate) fn from(&self, arena: &mut Arena, words: &Words<'_>) -> Option<(From, Relation)> {
        let held: Vec<ScalarId> = self
            .view
            .unit
            .from
            .filter
            .iter()
            .filter_map(|condition| self.place.told(arena, *condition))
            .collect();
        let mut filter = words.conditions(arena, &self.query.from.filter, &held);
        for column in &self.filled {
            let plain = Words { classes: Classes::default(), ..words.clone() };
            let said = plain.say(arena, *column)?;
            let null = arena.call("is-null", vec![said]);
            filter.push(arena.call("not", vec![null]));
        }
        let relation = if self.joins() {
            Relation::Extends
        } else if filter.is_empty() {
            Relation::Projection
        } else {
            Relation::Filter
        };
        let from = words.from(arena, &self.query.from, &self.tree, self.view.scan, filter)?;
        Some((from, relation))
    }
}

/// The outputs of a relation of this width.
pub(crate) fn at(arena: &mut Arena, width: usize) -> Vec<ScalarId> {
    (0..).take(width).map(|at| arena.column(0, Field::At(at))).collect()
}

/// What is under a sum with a constant.
fn inverse(arena: &mut Arena, value: ScalarId, said: ScalarId) -> Option<(ScalarId, ScalarId)> {
    let (name, [one, two]) = arena.as_call(value)? else { return None };
    let back = match name {
        "add" => "sub",
        "sub" => "add",
        _ => return None,
    };
    let (one, two) = (*one, *two);
    arena.as_literal(two)?;
    Some((one, arena.call(back, vec![said, two])))
}

/// The outputs of a grouping that a scalar over it looks at.
fn used(arena: &Arena, scalar: ScalarId) -> Vec<u32> {
    let (mut found, mut work) = (Vec::new(), vec![scalar]);
    while let Some(id) = work.pop() {
        let node = arena.get_scalar(id);
        if let Scalar::Column { depth: 0, field: Field::At(at), .. } = node {
            found.push(*at);
        }
        work.extend(node.children());
    }
    found
}

/// A scalar over the outputs of a grouping, with others in their place; none if a subquery looks at them.
fn substituted(arena: &mut Arena, scalar: ScalarId, parts: &[ScalarId]) -> Option<ScalarId> {
    let mut lost = false;
    let new = arena.rewrite(scalar, 0, &mut |arena: &mut Arena, id, level| {
        let Scalar::Column { depth, field, .. } = *arena.get_scalar(id) else { return None };
        if depth != level {
            return None;
        }
        let part = match field {
            Field::At(at) if level == 0 => parts.get(at as usize).copied(),
            Field::At(_) | Field::Named(_) => None,
        };
        lost |= part.is_none();
        Some(part.unwrap_or(id))
    });
    (!lost).then_some(new)
}
