//! Grouping: keys, aggregate calls, grouping sets.

use plumb_base::Span;
use plumb_ir::{Arena, Field, From, Literal, Rel, Scalar, ScalarId, SortKey, Tree};
use plumb_syntax::sql::tree::{Expr, GroupElement, Query, Select};

use crate::{
    scope::{Bound, Resolver, number},
    select::{Output, Parts, shallow},
};

/// Most sets one `GROUP BY` may make before it is not read.
const MOST_SETS: usize = 64;

/// The sets of keys of a `GROUP BY`.
pub(crate) struct Sets {
    /// Every key that occurs, once.
    keys: Vec<ScalarId>,
    /// The sets, as positions in `keys`.
    lists: Vec<Vec<usize>>,
    /// No `GROUP BY` at all: one row even for no input.
    scalar: bool,
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
        Self { keys, lists: vec![all], scalar: false }
    }

    pub(crate) fn whole() -> Self {
        Self { keys: Vec::new(), lists: vec![Vec::new()], scalar: true }
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
                self.problem(Span::default(), "not-read", "more grouping sets than are read");
                sets.truncate(1);
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
        Sets { lists: sets.collect(), keys, scalar: false }
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

    /// A grouped `SELECT`: one aggregation per set of keys, and what is selected over it.
    pub(crate) fn grouped(
        &mut self,
        parts: Parts,
        sets: &Sets,
        select: &Select,
        query: &Query,
    ) -> Bound {
        let mut calls = Vec::new();
        for scalar in all(&parts) {
            self.collect(scalar, &mut calls);
        }
        if let [_] = sets.lists.as_slice() {
            let parts = self.over(parts, sets, &sets.lists[0], &calls, select.span);
            return self.finish(parts, select, query);
        }
        let arms: Vec<Bound> = sets
            .lists
            .iter()
            .map(|set| {
                let parts = Parts {
                    outputs: copied(&parts.outputs),
                    having: parts.having.clone(),
                    qualify: parts.qualify.clone(),
                    order: parts.order.clone(),
                    distinct_on: parts.distinct_on.clone(),
                    from: parts.from,
                };
                let parts = self.over(parts, sets, set, &calls, select.span);
                self.finish(parts, select, query)
            })
            .collect();
        let windows = parts.qualify.len() + parts.order.len();
        if windows > 0 {
            self.problem(
                select.span,
                "not-read",
                "windows or limits over grouping sets are not read yet",
            );
        }
        let inputs = arms.iter().map(|arm| arm.rel).collect();
        let rel = self.arena.rel(Rel::Union { inputs });
        let first = arms.into_iter().next();
        first.map_or_else(
            || self.opaque(select.span, "group by nothing", Vec::new()),
            |arm| Bound { rel, ..arm },
        )
    }

    fn collect(&self, scalar: ScalarId, calls: &mut Vec<ScalarId>) {
        if let Scalar::Aggregate { function, .. } = self.arena.get_scalar(scalar) {
            let grouping = ["grouping", "grouping-id"].contains(&self.arena.name(*function));
            if !grouping && !calls.contains(&scalar) {
                calls.push(scalar);
            }
            return;
        }
        for child in self.arena.get_scalar(scalar).children() {
            self.collect(child, calls);
        }
    }

    /// The parts of a `SELECT`, seen from above an aggregation by one set of keys.
    fn over(
        &mut self,
        mut parts: Parts,
        sets: &Sets,
        set: &[usize],
        calls: &[ScalarId],
        span: Span,
    ) -> Parts {
        let keys: Vec<ScalarId> = set.iter().map(|at| sets.keys[*at]).collect();
        let aggregate = Rel::Aggregate {
            from: parts.from,
            keys: keys.clone(),
            calls: calls.to_vec(),
            scalar: sets.scalar,
        };
        let input = self.arena.rel(aggregate);
        let input = self.sunk(input);
        let absent: Vec<ScalarId> =
            sets.keys.iter().filter(|key| !keys.contains(key)).copied().collect();
        let above = Above { keys, absent, calls: calls.to_vec() };
        let mut lost = false;
        let mut lift = |it: &mut Self, scalar: ScalarId| {
            let (scalar, bad) = above.lift(it.arena, scalar);
            lost |= bad;
            scalar
        };
        for output in &mut parts.outputs {
            match output {
                Output::Column(_, scalar) => *scalar = lift(self, *scalar),
                Output::Star { .. } => {}
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
        let starred = parts.outputs.iter().any(|it| matches!(it, Output::Star { .. }));
        if lost || starred {
            self.problem(
                span,
                "not-grouped",
                "a column is selected that is neither grouped nor aggregated",
            );
            for output in &mut parts.outputs {
                if let Output::Star { .. } = output {
                    *output = Output::Column(None, self.unknown("not-grouped"));
                }
            }
        }
        parts.having = Vec::new();
        parts.from =
            self.arena.from(From { inputs: vec![input], tree: Tree::Input(0), filter: having });
        parts
    }
}

/// What an aggregation offers to what stands above it.
struct Above {
    keys: Vec<ScalarId>,
    absent: Vec<ScalarId>,
    calls: Vec<ScalarId>,
}

impl Above {
    /// A scalar over the `FROM` as one over the aggregation; says whether some column is neither.
    fn lift(&self, arena: &mut Arena, scalar: ScalarId) -> (ScalarId, bool) {
        let mut lost = false;
        let mut lift = |arena: &mut Arena, id: ScalarId, level: u32| {
            let local = if level == 0 { id } else { shallow(arena, id) };
            let at = |arena: &mut Arena, position: usize| {
                let field = Field::At(number(position));
                Some(arena.scalar(Scalar::Column { depth: level, input: 0, field }))
            };
            let belongs = level == 0
                || matches!(arena.get_scalar(id), Scalar::Column { depth, .. } | Scalar::Either { depth, .. } if *depth == level);
            if !belongs {
                return None;
            }
            if let Some(position) = self.keys.iter().position(|key| *key == local) {
                return at(arena, position);
            }
            if let Some(position) = self.calls.iter().position(|call| *call == local) {
                return at(arena, self.keys.len() + position);
            }
            if self.absent.contains(&local) {
                return Some(arena.literal(Literal::Null));
            }
            match arena.get_scalar(id).clone() {
                Scalar::Aggregate { function, args, .. } => {
                    Some(self.grouping(arena, function, &args))
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

    /// `GROUPING(a, b)` is a number whose bits say which keys this set leaves out.
    fn grouping(&self, arena: &mut Arena, _: plumb_ir::Symbol, args: &[ScalarId]) -> ScalarId {
        let bits =
            args.iter().fold(0, |bits, arg| bits * 2 + i128::from(self.absent.contains(arg)));
        arena.literal(Literal::Integer(bits))
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

fn copied(outputs: &[Output]) -> Vec<Output> {
    let copy = |output: &Output| match output {
        Output::Column(name, scalar) => Output::Column(name.clone(), *scalar),
        Output::Star { input, except, known } => {
            Output::Star { input: *input, except: except.clone(), known: known.clone() }
        }
    };
    outputs.iter().map(copy).collect()
}

/// `GROUP BY (a, b)` groups by two keys.
fn unrow(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        plumb_syntax::sql::tree::ExprKind::Row(items) => items.iter().collect(),
        _ => vec![expr],
    }
}
