//! Grouping: keys, aggregate calls, grouping sets.

use plumb_base::Span;
use plumb_ir::{Arena, Field, From, Literal, Out, Rel, RelId, Scalar, ScalarId, SortKey, Tree};
use plumb_syntax::sql::tree::{Expr, GroupElement, Query, Select};

use crate::{
    scope::{Bound, Resolver, number},
    select::{Output, Parts, shallow},
};

/// Most sets one `GROUP BY` may make before it is not read.
const MOST_SETS: usize = 64;

/// The sets of keys of a `GROUP BY`.
#[derive(Clone)]
pub(crate) struct Sets {
    /// Every key that occurs, once.
    keys: Vec<ScalarId>,
    /// The sets, as positions in `keys`.
    lists: Vec<Vec<usize>>,
    /// No `GROUP BY` at all: one row even for no input.
    scalar: bool,
    /// `GROUP BY ALL`.
    by_all: bool,
}

impl Sets {
    pub(crate) fn one(mut keys: Vec<ScalarId>) -> Self {
        let mut once = Vec::new();
        keys.retain(|key| {
            !once.contains(key) && {
                once.push(*key);
                true
            }
        });
        let all = (0..keys.len()).collect();
        Self { keys, lists: vec![all], scalar: false, by_all: false }
    }

    /// `GROUP BY ALL`, with the keys that the list gives.
    pub(crate) fn all(keys: Vec<ScalarId>) -> Self {
        Self { by_all: true, ..Self::one(keys) }
    }

    pub(crate) fn whole() -> Self {
        Self { keys: Vec::new(), lists: vec![Vec::new()], scalar: true, by_all: false }
    }
}

impl Resolver<'_> {
    /// Multiplies the elements of a `GROUP BY` into sets of keys.
    pub(crate) fn sets(&mut self, elements: &[GroupElement], parts: &Parts) -> Sets {
        let mut sets: Vec<Vec<ScalarId>> = vec![Vec::new()];
        for element in elements {
            let choices = self.choices(element, parts);
            let both = |set: &Vec<ScalarId>| {
                choices
                    .iter()
                    .map(|choice| set.iter().chain(choice).copied().collect())
                    .collect::<Vec<_>>()
            };
            sets = sets.iter().flat_map(both).collect();
            if sets.len() > MOST_SETS {
                let span = elements.iter().find_map(first_span).unwrap_or_default();
                self.problem(span, "not-read", "more grouping sets than are read");
                sets.truncate(1);
                // Nothing else groups as this does.
                let unknown = self.unknown("not-read");
                sets[0].push(unknown);
            }
        }
        let mut keys: Vec<ScalarId> = Vec::new();
        for key in sets.iter().flatten() {
            if !keys.contains(key) {
                keys.push(*key);
            }
        }
        let at = |key: &ScalarId| keys.iter().position(|it| it == key);
        let sets = sets.iter().map(|set| {
            let mut set: Vec<usize> = set.iter().filter_map(at).collect();
            set.sort_unstable();
            set.dedup();
            set
        });
        Sets { lists: sets.collect(), keys, scalar: false, by_all: false }
    }

    fn choices(&mut self, element: &GroupElement, parts: &Parts) -> Vec<Vec<ScalarId>> {
        let mut lists = |sets: &[Vec<Expr>]| -> Vec<Vec<ScalarId>> {
            let keys = |set: &Vec<Expr>| {
                set.iter()
                    .flat_map(unrow)
                    .map(|key| self.by_position(key, &parts.outputs))
                    .collect()
            };
            sets.iter().map(keys).collect()
        };
        match element {
            GroupElement::Key(expr) => {
                vec![
                    unrow(expr)
                        .into_iter()
                        .map(|key| self.by_position(key, &parts.outputs))
                        .collect(),
                ]
            }
            GroupElement::Sets(sets) => lists(sets),
            GroupElement::Rollup(sets) => {
                let groups = lists(sets);
                (0..=groups.len()).rev().map(|kept| groups[..kept].concat()).collect()
            }
            GroupElement::Cube(sets) => {
                let groups = lists(sets);
                let most = groups.len().min(7);
                (0..1_usize << most)
                    .rev()
                    .map(|mask| {
                        (0..most)
                            .filter(|at| mask >> at & 1 == 1)
                            .flat_map(|at| groups[at].clone())
                            .collect()
                    })
                    .collect()
            }
        }
    }

    /// Whether a scalar holds an aggregate call of this level.
    pub(crate) fn aggregates(&self, scalar: ScalarId) -> bool {
        match self.arena.get_scalar(scalar) {
            Scalar::Aggregate { .. } => true,
            other => other.children().iter().any(|child| self.aggregates(*child)),
        }
    }

    /// A grouped `SELECT`: what is selected over the rows that the grouping gives.
    pub(crate) fn grouped(
        &mut self,
        parts: Parts,
        sets: &Sets,
        select: &Select,
        query: &Query,
    ) -> Bound {
        if parts.outputs.iter().any(|it| matches!(it, Output::Star { .. })) {
            return self.by_star(&parts, select.span);
        }
        let (mut calls, mut marks) = (Vec::new(), Vec::new());
        for scalar in all(&parts) {
            self.collect(scalar, &mut calls, &mut marks);
        }
        let (input, above) = match sets.lists.as_slice() {
            [set] => {
                let scalar = sets.scalar || (set.is_empty() && !sets.by_all && self.has_total());
                let one = Sets { scalar, ..sets.clone() };
                self.one_set(&parts, &one, set, &calls)
            }
            _ => self.several_sets(&parts, sets, &calls, &marks),
        };
        let parts = self.over(parts, input, &above, select.span);
        self.finish(parts, select, query)
    }

    /// A grouping by columns of which not each is known: they are what they were, and the calls are not known.
    fn by_star(&mut self, parts: &Parts, span: Span) -> Bound {
        let message = "a grouping by columns that are not known is not read yet";
        self.problem(span, "not-read", message);
        let (columns, open, hidden) = self.shape(&parts.outputs);
        let inputs = self.arena.get_from(parts.from).inputs.len();
        let out = (0..inputs).map(|at| Out::Star { input: number(at), except: Vec::new() });
        let rel = Rel::Project { from: parts.from, out: out.collect() };
        let inner = self.arena.rel(rel);
        let key = self.unique();
        let (why, key) = (self.arena.symbol("grouped-star"), self.arena.symbol(&key));
        let rel = self.arena.rel(Rel::Opaque { why, key, inputs: vec![inner] });
        Bound { rel, columns, open, hidden }
    }

    /// One aggregation.
    fn one_set(
        &mut self,
        parts: &Parts,
        sets: &Sets,
        set: &[usize],
        calls: &[ScalarId],
    ) -> (RelId, Above) {
        let keys: Vec<ScalarId> = set.iter().map(|at| sets.keys[*at]).collect();
        let columns: Vec<ScalarId> = keys.iter().chain(calls).copied().collect();
        let rel =
            Rel::Aggregate { from: parts.from, keys, calls: calls.to_vec(), scalar: sets.scalar };
        (self.arena.rel(rel), Above { columns, by_all: sets.by_all })
    }

    /// Whether the set without keys gives one row even where there are none.
    fn has_total(&self) -> bool {
        ["ansi", "duckdb", "postgres", "redshift", "trino"].contains(&self.around.dialect.name)
    }

    /// One aggregation for each set, its rows with NULL for the keys it leaves out.
    fn several_sets(
        &mut self,
        parts: &Parts,
        sets: &Sets,
        calls: &[ScalarId],
        marks: &[ScalarId],
    ) -> (RelId, Above) {
        let total = self.has_total();
        let mut inputs = Vec::new();
        for set in &sets.lists {
            let one = Sets { scalar: total && set.is_empty(), ..sets.clone() };
            let (input, _) = self.one_set(parts, &one, set, calls);
            let input = self.under(input);
            let mut out = Vec::new();
            for at in 0..sets.keys.len() {
                out.push(Out::Column(match set.iter().position(|key| *key == at) {
                    Some(place) => self.arena.column(0, Field::At(number(place))),
                    None => self.null(),
                }));
            }
            for at in 0..calls.len() {
                let field = Field::At(number(set.len() + at));
                out.push(Out::Column(self.arena.column(0, field)));
            }
            for mark in marks {
                let bits = self.left_out(*mark, sets, set);
                out.push(Out::Column(self.arena.literal(Literal::Integer(bits))));
            }
            let from = From { inputs: vec![input], tree: Tree::Input(0), filter: Vec::new() };
            let from = self.arena.from(from);
            inputs.push(self.arena.rel(Rel::Project { from, out }));
        }
        let rel = self.arena.rel(Rel::Union { inputs });
        let columns = sets.keys.iter().chain(calls).chain(marks).copied().collect();
        (rel, Above { columns, by_all: sets.by_all })
    }

    /// `GROUPING(a, b)` is a number whose bits say which keys a set leaves out.
    fn left_out(&self, mark: ScalarId, sets: &Sets, set: &[usize]) -> i128 {
        let Scalar::Aggregate { args, .. } = self.arena.get_scalar(mark) else { return 0 };
        args.iter().fold(0, |bits, arg| {
            let kept = set.iter().any(|at| sets.keys[*at] == *arg);
            bits * 2 + i128::from(!kept)
        })
    }

    /// Aggregate calls, and calls that ask which keys are left out.
    fn collect(&self, scalar: ScalarId, calls: &mut Vec<ScalarId>, marks: &mut Vec<ScalarId>) {
        if let Scalar::Aggregate { function, .. } = self.arena.get_scalar(scalar) {
            let grouping = ["grouping", "grouping-id"].contains(&self.arena.name(*function));
            let list = if grouping { marks } else { calls };
            if !list.contains(&scalar) {
                list.push(scalar);
            }
            return;
        }
        for child in self.arena.get_scalar(scalar).children() {
            self.collect(child, calls, marks);
        }
    }

    /// The parts of a `SELECT`, seen from above its grouping.
    fn over(&mut self, mut parts: Parts, input: RelId, above: &Above, span: Span) -> Parts {
        let mut lost = false;
        let mut lift = |it: &mut Self, scalar: ScalarId| {
            let (scalar, bad) = above.lift(it.arena, scalar);
            lost |= bad;
            scalar
        };
        for output in &mut parts.outputs {
            if let Output::Column(_, scalar) = output {
                *scalar = lift(self, *scalar);
            }
        }
        let having: Vec<ScalarId> = parts.having.iter().map(|it| lift(self, *it)).collect();
        parts.qualify = parts.qualify.iter().map(|it| lift(self, *it)).collect();
        parts.distinct_on = parts.distinct_on.iter().map(|it| lift(self, *it)).collect();
        parts.order = parts
            .order
            .iter()
            .map(|key| SortKey { value: lift(self, key.value), ..*key })
            .collect();
        if lost {
            let message = "a column is selected that is neither grouped nor aggregated";
            self.problem(span, "not-grouped", message);
        }
        parts.having = Vec::new();
        let input = self.under(input);
        parts.from =
            self.arena.from(From { inputs: vec![input], tree: Tree::Input(0), filter: having });
        parts
    }
}

/// What a grouping offers to what stands above it: its columns, in order.
struct Above {
    columns: Vec<ScalarId>,
    /// Whether the list says what the keys are.
    by_all: bool,
}

impl Above {
    /// A scalar over the `FROM` as one over the grouping; says whether some column is neither.
    fn lift(&self, arena: &mut Arena, scalar: ScalarId) -> (ScalarId, bool) {
        let mut lost = false;
        let settled = !self.by_all || aggregates_itself(arena, scalar);
        let mut lift = |arena: &mut Arena, id: ScalarId, level: u32| {
            let local = if level == 0 { id } else { shallow(arena, id) };
            let belongs = level == 0
                || matches!(arena.get_scalar(id), Scalar::Column { depth, .. } | Scalar::Either { depth, .. } if *depth == level);
            if !belongs {
                return None;
            }
            // Perhaps a column, perhaps an alias: a column that is not grouped could not stand here.
            if let Some(("column-or-alias", &[column, alias])) = arena.as_call(id)
                && level == 0
                && settled
                && !self.columns.contains(&column)
            {
                let (lifted, bad) = self.lift(arena, alias);
                lost |= bad;
                return Some(lifted);
            }
            if let Some(position) = self.columns.iter().position(|column| *column == local) {
                let field = Field::At(number(position));
                return Some(arena.scalar(Scalar::Column { depth: level, input: 0, field }));
            }
            match arena.get_scalar(id).clone() {
                // One set leaves no key out.
                Scalar::Aggregate { function, .. }
                    if ["grouping", "grouping-id"].contains(&arena.name(function)) =>
                {
                    Some(arena.literal(Literal::Integer(0)))
                }
                Scalar::Column { depth, .. } | Scalar::Either { depth, .. } if depth == level => {
                    lost = true;
                    let kind = arena.symbol("not-grouped");
                    let key = format!("{}", arena.scalar_digest(local));
                    let key = arena.symbol(&key);
                    Some(arena.scalar(Scalar::Hole { kind, key }))
                }
                _ => None,
            }
        };
        let scalar = arena.rewrite(scalar, 0, &mut lift);
        (scalar, lost)
    }
}

/// Whether a value aggregates whatever its names mean.
fn aggregates_itself(arena: &Arena, scalar: ScalarId) -> bool {
    match arena.get_scalar(scalar) {
        Scalar::Aggregate { .. } => true,
        Scalar::Call { .. }
            if arena.as_call(scalar).is_some_and(|it| it.0 == "column-or-alias") =>
        {
            false
        }
        other => other.children().iter().any(|child| aggregates_itself(arena, *child)),
    }
}

fn all(parts: &Parts) -> Vec<ScalarId> {
    let outputs = parts.outputs.iter().filter_map(|output| match output {
        Output::Column(_, scalar) => Some(*scalar),
        Output::Star { .. } => None,
    });
    let order = parts.order.iter().map(|key| key.value);
    outputs
        .chain(parts.having.iter().chain(&parts.qualify).chain(&parts.distinct_on).copied())
        .chain(order)
        .collect()
}

/// Where an element of a `GROUP BY` begins.
fn first_span(element: &GroupElement) -> Option<Span> {
    match element {
        GroupElement::Key(expr) => Some(expr.span),
        GroupElement::Rollup(sets) | GroupElement::Cube(sets) | GroupElement::Sets(sets) => {
            sets.iter().flatten().next().map(|expr| expr.span)
        }
    }
}

/// `GROUP BY (a, b)` groups by two keys.
fn unrow(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        plumb_syntax::sql::tree::ExprKind::Row(items) => items.iter().collect(),
        _ => vec![expr],
    }
}
