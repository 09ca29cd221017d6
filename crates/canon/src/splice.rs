//! Putting one `FROM` into another: every column of both is addressed anew.

use plumb_ir::{Arena, Field, From, Out, Rel, RelId, Scalar, ScalarId, Symbol, Tree};

use crate::{nulls, remap::is_column};

/// Puts the projection that is an input of a relation's `FROM` in its place, if that keeps the meaning.
pub(crate) fn inline(arena: &mut Arena, rel: RelId, at: u32) -> Option<RelId> {
    let parent = arena.get_rel(rel).clone();
    let from = arena.get_from(parent.from()?).clone();
    let Rel::Project { from: inner_id, out } = arena.get_rel(from.inputs[at as usize]).clone()
    else {
        return None;
    };
    let inner = arena.get_from(inner_id).clone();
    let unfiltered = from.tree == Tree::Input(0) && from.filter.is_empty();
    let pure = unfiltered && matches!(parent, Rel::Project { .. });
    if out.iter().any(|out| holds_window(arena, out)) && !(pure && no_windows(arena, &parent)) {
        return None;
    }
    let lambda = |out: &Out| matches!(out, Out::Column(scalar) if holds_lambda(arena, *scalar));
    if out.iter().any(lambda) && may_hold_lambda(arena, &parent, &from) {
        return None;
    }
    if below_outer(&from.tree, at)? && !out.iter().all(|out| survives_null(arena, out)) {
        return None;
    }
    if !stays_in_sight(arena, &from, at, &inner) || !stays_small(arena, &parent, &from, at, &out) {
        return None;
    }
    let stars: Vec<(u32, Vec<Symbol>)> = out
        .iter()
        .filter_map(|out| match out {
            Out::Star { input, except } => Some((*input, except.clone())),
            Out::Column(_) => None,
        })
        .collect();
    if stars.len() != 1 && stars_over(&parent, at) {
        return None;
    }
    let splice = Splice { at, count: u32::try_from(inner.inputs.len()).ok()?, out, stars };
    Some(splice.run(arena, &parent, &from, &inner))
}

/// Whether what a lateral projection says of its siblings will stand where they can be seen: a condition of an
/// outer join speaks of its own inputs only.
fn stays_in_sight(arena: &Arena, from: &From, at: u32, inner: &From) -> bool {
    let siblings = crate::label::outward(arena, from.inputs[at as usize]);
    if siblings.is_empty() {
        return true;
    }
    if inner.tree.conditions().iter().any(|condition| arena.scalar_reach(*condition) > 1) {
        return false;
    }
    match enclosing(&from.tree, at) {
        None => true,
        Some(join) => {
            let inputs = join.inputs();
            matches!(join, Tree::Left { .. })
                && siblings.iter().all(|(sibling, _)| inputs.contains(sibling))
        }
    }
}

/// The innermost part with conditions that an input stands in.
fn enclosing(tree: &Tree, at: u32) -> Option<&Tree> {
    if !tree.inputs().contains(&at) {
        return None;
    }
    let below = match tree {
        Tree::Input(_) => return None,
        Tree::Inner(parts) => return parts.iter().find_map(|part| enclosing(part, at)),
        Tree::Where { part, .. } => enclosing(part, at),
        Tree::Left { left, right, .. } | Tree::Full { left, right, .. } => {
            enclosing(left, at).or_else(|| enclosing(right, at))
        }
    };
    Some(below.unwrap_or(tree))
}

/// Most nodes of the scalars of a relation, written out. Nodes are shared, but those who walk do not know: a
/// column that is used twice at each of forty levels would keep them busy for ever.
const MOST: usize = 20_000;

/// Whether the scalars that look at an input stay small when its outputs take the place of its columns.
fn stays_small(arena: &Arena, parent: &Rel, from: &From, at: u32, out: &[Out]) -> bool {
    let sizes: Vec<usize> = out
        .iter()
        .map(|out| match out {
            Out::Column(scalar) => nodes(arena, *scalar, &|_, _| 1),
            Out::Star { .. } => 1,
        })
        .collect();
    let cost = |input: u32, field: Field| match field {
        Field::At(position) if input == at => sizes.get(position as usize).copied().unwrap_or(1),
        Field::At(_) | Field::Named(_) => 1,
    };
    let scalars = parent.scalars().into_iter().chain(from.conditions());
    scalars.map(|scalar| nodes(arena, scalar, &cost)).fold(0, usize::saturating_add) <= MOST
}

/// Nodes of a scalar as it would be written out, up to a little more than [`MOST`].
fn nodes(arena: &Arena, scalar: ScalarId, cost: &dyn Fn(u32, Field) -> usize) -> usize {
    let node = arena.get_scalar(scalar);
    if let Scalar::Column { depth: 0, input, field } = node {
        return cost(*input, *field);
    }
    let mut all: usize = 1;
    for child in node.children() {
        all = all.saturating_add(nodes(arena, child, cost));
        if all > MOST {
            break;
        }
    }
    all
}

/// How columns move when input `at` becomes the inputs of its own `FROM`.
struct Splice {
    at: u32,
    /// Inputs that take its place.
    count: u32,
    out: Vec<Out>,
    stars: Vec<(u32, Vec<Symbol>)>,
}

impl Splice {
    fn run(&self, arena: &mut Arena, parent: &Rel, from: &From, inner: &From) -> RelId {
        let mut inputs = Vec::new();
        for (index, input) in (0..).zip(&from.inputs) {
            if index == self.at {
                for inner in &inner.inputs {
                    inputs.push(arena.rewrite_rel(
                        *inner,
                        0,
                        &mut |arena: &mut Arena, id: ScalarId, level: u32| {
                            self.inner(arena, id, level)
                        },
                    ));
                }
            } else {
                inputs.push(self.outer_rel(arena, *input));
            }
        }
        let inner_filter: Vec<ScalarId> =
            inner.filter.iter().map(|scalar| self.inner_scalar(arena, *scalar)).collect();
        let inner_tree = inner.tree.map(&mut |input| Tree::Input(self.at + input), &mut |scalar| {
            self.inner_scalar(arena, scalar)
        });
        let outer_tree =
            from.tree.map(&mut |input| Tree::Input(input), &mut |scalar| self.outer(arena, scalar));
        let mut filter: Vec<ScalarId> =
            from.filter.iter().map(|scalar| self.outer(arena, *scalar)).collect();
        let (tree, rest) = self.plant(&outer_tree, &inner_tree, inner_filter);
        filter.extend(rest);
        let new = arena.from(From { inputs, tree, filter });
        let rebuilt = match parent {
            Rel::Project { out, .. } => Rel::Project { from: new, out: self.outs(arena, out) },
            Rel::Aggregate { keys, calls, scalar, .. } => Rel::Aggregate {
                from: new,
                keys: keys.iter().map(|key| self.outer(arena, *key)).collect(),
                calls: calls.iter().map(|call| self.outer(arena, *call)).collect(),
                scalar: *scalar,
            },
            other @ (Rel::Scan { .. }
            | Rel::Values { .. }
            | Rel::Distinct { .. }
            | Rel::Union { .. }
            | Rel::Set { .. }
            | Rel::Limit { .. }
            | Rel::Call { .. }
            | Rel::Opaque { .. }) => other.clone(),
        };
        arena.rel(rebuilt)
    }

    fn outs(&self, arena: &mut Arena, out: &[Out]) -> Vec<Out> {
        out.iter()
            .map(|out| match out {
                Out::Column(scalar) => Out::Column(self.outer(arena, *scalar)),
                Out::Star { input, except } if *input == self.at => {
                    let (star, hidden) = &self.stars[0];
                    let mut except: Vec<Symbol> = except.iter().chain(hidden).copied().collect();
                    except.sort_by(|one, two| arena.name(*one).cmp(arena.name(*two)));
                    except.dedup();
                    Out::Star { input: self.at + star, except }
                }
                Out::Star { input, except } => {
                    Out::Star { input: self.moved(*input), except: except.clone() }
                }
            })
            .collect()
    }

    /// Where an input of the outer `FROM` stands afterwards.
    fn moved(&self, input: u32) -> u32 {
        if input > self.at { input + self.count - 1 } else { input }
    }

    fn outer_rel(&self, arena: &mut Arena, rel: RelId) -> RelId {
        arena.rewrite_rel(rel, 0, &mut |arena: &mut Arena, id: ScalarId, level: u32| {
            self.replace(arena, id, level)
        })
    }

    /// A scalar of the outer scope.
    fn outer(&self, arena: &mut Arena, scalar: ScalarId) -> ScalarId {
        arena.rewrite(scalar, 0, &mut |arena: &mut Arena, id: ScalarId, level: u32| {
            self.replace(arena, id, level)
        })
    }

    fn replace(&self, arena: &mut Arena, id: ScalarId, level: u32) -> Option<ScalarId> {
        if !is_column(arena, id) {
            return None;
        }
        match arena.get_scalar(id).clone() {
            Scalar::Column { depth, input, field } if depth == level => {
                if input != self.at {
                    return Some(arena.scalar(Scalar::Column {
                        depth,
                        input: self.moved(input),
                        field,
                    }));
                }
                match field {
                    Field::At(position) => match self.out.get(position as usize) {
                        Some(Out::Column(scalar)) => {
                            let scalar = self.inner_scalar(arena, *scalar);
                            Some(deepen(arena, scalar, level))
                        }
                        Some(Out::Star { .. }) | None => Some(id),
                    },
                    Field::Named(name) => Some(self.starred(arena, level, &[], name)),
                }
            }
            Scalar::Either { depth, inputs, name } if depth == level => {
                let others: Vec<u32> = inputs
                    .iter()
                    .filter(|input| **input != self.at)
                    .map(|input| self.moved(*input))
                    .collect();
                if inputs.contains(&self.at) {
                    return Some(self.starred(arena, level, &others, name));
                }
                Some(arena.scalar(Scalar::Either { depth, inputs: others, name }))
            }
            Scalar::Column { .. }
            | Scalar::Either { .. }
            | Scalar::Literal(_)
            | Scalar::Call { .. }
            | Scalar::Case { .. }
            | Scalar::Cast { .. }
            | Scalar::Aggregate { .. }
            | Scalar::Window { .. }
            | Scalar::Exists(_)
            | Scalar::In { .. }
            | Scalar::Subquery(_)
            | Scalar::Lambda { .. }
            | Scalar::Param(_)
            | Scalar::Hole { .. } => None,
        }
    }

    /// A column by name through the stars of the projection, or of other inputs.
    fn starred(&self, arena: &mut Arena, depth: u32, others: &[u32], name: Symbol) -> ScalarId {
        let through = self.stars.iter().filter(|(_, except)| !except.contains(&name));
        let mut inputs: Vec<u32> =
            through.map(|(input, _)| self.at + input).chain(others.iter().copied()).collect();
        inputs.sort_unstable();
        inputs.dedup();
        match inputs.as_slice() {
            [input] => {
                arena.scalar(Scalar::Column { depth, input: *input, field: Field::Named(name) })
            }
            _ => arena.scalar(Scalar::Either { depth, inputs, name }),
        }
    }

    /// A scalar of the inner scope, as one of the new.
    fn inner_scalar(&self, arena: &mut Arena, scalar: ScalarId) -> ScalarId {
        arena.rewrite(scalar, 0, &mut |arena: &mut Arena, id: ScalarId, level: u32| {
            self.inner(arena, id, level)
        })
    }

    fn inner(&self, arena: &mut Arena, id: ScalarId, level: u32) -> Option<ScalarId> {
        let shifted = |depth: u32, input: u32| -> (u32, u32) {
            if depth == level {
                (depth, self.at + input)
            } else if depth == level + 1 {
                // It looked at its siblings; now it stands among them.
                (depth - 1, self.moved(input))
            } else {
                (depth - 1, input)
            }
        };
        if !is_column(arena, id) {
            return None;
        }
        match arena.get_scalar(id).clone() {
            Scalar::Column { depth, input, field } if depth >= level => {
                let (depth, input) = shifted(depth, input);
                Some(arena.scalar(Scalar::Column { depth, input, field }))
            }
            Scalar::Either { depth, inputs, name } if depth >= level => {
                let moved: Vec<(u32, u32)> =
                    inputs.iter().map(|input| shifted(depth, *input)).collect();
                let depth = moved.first().map_or(depth, |(depth, _)| *depth);
                let inputs = moved.into_iter().map(|(_, input)| input).collect();
                Some(arena.scalar(Scalar::Either { depth, inputs, name }))
            }
            Scalar::Column { .. }
            | Scalar::Either { .. }
            | Scalar::Literal(_)
            | Scalar::Call { .. }
            | Scalar::Case { .. }
            | Scalar::Cast { .. }
            | Scalar::Aggregate { .. }
            | Scalar::Window { .. }
            | Scalar::Exists(_)
            | Scalar::In { .. }
            | Scalar::Subquery(_)
            | Scalar::Lambda { .. }
            | Scalar::Param(_)
            | Scalar::Hole { .. } => None,
        }
    }

    /// The outer tree with the inner one in place of the leaf, and the conditions that reach the top.
    fn plant(&self, outer: &Tree, inner: &Tree, filter: Vec<ScalarId>) -> (Tree, Vec<ScalarId>) {
        match outer {
            Tree::Input(input) if *input == self.at => (inner.clone(), filter),
            Tree::Input(input) => (Tree::Input(self.moved(*input)), Vec::new()),
            Tree::Inner(parts) => {
                let mut rest = Vec::new();
                let parts = parts.iter().map(|part| self.branch(part, inner, &filter, &mut rest));
                (Tree::Inner(parts.collect()), rest)
            }
            Tree::Where { part, on } => {
                let mut rest = on.clone();
                let part = Box::new(self.branch(part, inner, &filter, &mut rest));
                (Tree::Where { part, on: rest }, Vec::new())
            }
            Tree::Left { left, right, on } => {
                let (mut up, mut match_on) = (Vec::new(), on.clone());
                let left = Box::new(self.branch(left, inner, &filter, &mut up));
                let right = Box::new(self.branch(right, inner, &filter, &mut match_on));
                (Tree::Left { left, right, on: match_on }, up)
            }
            Tree::Full { left, right, on } => {
                let side = |part: &Tree| {
                    let mut rest = Vec::new();
                    let part = Box::new(self.branch(part, inner, &filter, &mut rest));
                    if rest.is_empty() { part } else { Box::new(Tree::Where { part, on: rest }) }
                };
                (Tree::Full { left: side(left), right: side(right), on: on.clone() }, Vec::new())
            }
        }
    }

    fn branch(
        &self,
        part: &Tree,
        inner: &Tree,
        filter: &[ScalarId],
        rest: &mut Vec<ScalarId>,
    ) -> Tree {
        let (part, more) = self.plant(part, inner, filter.to_vec());
        rest.extend(more);
        part
    }
}

/// A scalar as seen from so many scopes further in.
pub(crate) fn deepen(arena: &mut Arena, scalar: ScalarId, by: u32) -> ScalarId {
    if by == 0 {
        return scalar;
    }
    arena.rewrite(scalar, 0, &mut |arena: &mut Arena, id: ScalarId, level: u32| match arena
        .get_scalar(id)
        .clone()
    {
        Scalar::Column { depth, input, field } if depth >= level => {
            Some(arena.scalar(Scalar::Column { depth: depth + by, input, field }))
        }
        Scalar::Either { depth, inputs, name } if depth >= level => {
            Some(arena.scalar(Scalar::Either { depth: depth + by, inputs, name }))
        }
        Scalar::Column { .. }
        | Scalar::Either { .. }
        | Scalar::Literal(_)
        | Scalar::Call { .. }
        | Scalar::Case { .. }
        | Scalar::Cast { .. }
        | Scalar::Aggregate { .. }
        | Scalar::Window { .. }
        | Scalar::Exists(_)
        | Scalar::In { .. }
        | Scalar::Subquery(_)
        | Scalar::Lambda { .. }
        | Scalar::Param(_)
        | Scalar::Hole { .. } => None,
    })
}

/// Whether a scalar holds a window call.
pub(crate) fn windowed(arena: &Arena, scalar: ScalarId) -> bool {
    match arena.get_scalar(scalar) {
        Scalar::Window { .. } => true,
        other @ (Scalar::Column { .. }
        | Scalar::Either { .. }
        | Scalar::Literal(_)
        | Scalar::Call { .. }
        | Scalar::Case { .. }
        | Scalar::Cast { .. }
        | Scalar::Aggregate { .. }
        | Scalar::Exists(_)
        | Scalar::In { .. }
        | Scalar::Subquery(_)
        | Scalar::Lambda { .. }
        | Scalar::Param(_)
        | Scalar::Hole { .. }) => other.children().iter().any(|child| windowed(arena, *child)),
    }
}

fn holds_lambda(arena: &Arena, scalar: ScalarId) -> bool {
    let scalar = arena.get_scalar(scalar);
    matches!(scalar, Scalar::Lambda { .. })
        || scalar.children().iter().any(|child| holds_lambda(arena, *child))
}

/// Whether a column may be looked at from inside a lambda. Parameters are numbered from the outermost lambda,
/// so one that comes to stand inside another would take its parameters for its own.
fn may_hold_lambda(arena: &Arena, rel: &Rel, from: &From) -> bool {
    let scalars = rel.scalars().into_iter().chain(from.conditions());
    from.inputs.iter().any(|input| arena.rel_reach(*input) > 0)
        || scalars
            .into_iter()
            .any(|scalar| holds_lambda(arena, scalar) || has_subquery(arena, scalar))
}

fn holds_window(arena: &Arena, out: &Out) -> bool {
    matches!(out, Out::Column(scalar) if windowed(arena, *scalar))
}

pub(crate) fn no_windows(arena: &Arena, rel: &Rel) -> bool {
    !rel.scalars().iter().any(|scalar| windowed(arena, *scalar) || has_subquery(arena, *scalar))
}

fn has_subquery(arena: &Arena, scalar: ScalarId) -> bool {
    let scalar = arena.get_scalar(scalar);
    scalar.subquery().is_some() || scalar.children().iter().any(|child| has_subquery(arena, *child))
}

/// An output that is NULL when every column it is made of is.
fn survives_null(arena: &Arena, out: &Out) -> bool {
    match out {
        Out::Column(scalar) => nulls::null_on_null(arena, *scalar),
        Out::Star { .. } => true,
    }
}

/// Whether the leaf stands on a side that is filled with NULLs; `None` if it is not in the tree.
fn below_outer(tree: &Tree, at: u32) -> Option<bool> {
    match tree {
        Tree::Input(input) => (*input == at).then_some(false),
        Tree::Inner(parts) => parts.iter().find_map(|part| below_outer(part, at)),
        Tree::Where { part, .. } => below_outer(part, at),
        Tree::Left { left, right, .. } => {
            below_outer(left, at).or_else(|| below_outer(right, at).map(|_| true))
        }
        Tree::Full { left, right, .. } => {
            below_outer(left, at).or_else(|| below_outer(right, at)).map(|_| true)
        }
    }
}

fn stars_over(rel: &Rel, at: u32) -> bool {
    match rel {
        Rel::Project { out, .. } => {
            out.iter().any(|out| matches!(out, Out::Star { input, .. } if *input == at))
        }
        Rel::Scan { .. }
        | Rel::Values { .. }
        | Rel::Aggregate { .. }
        | Rel::Distinct { .. }
        | Rel::Union { .. }
        | Rel::Set { .. }
        | Rel::Limit { .. }
        | Rel::Call { .. }
        | Rel::Opaque { .. } => false,
    }
}
