//! What a query asks of a view and what a view asks of a query, as numbers that are compared fast. Equal numbers find
//! candidates; a proof decides.

use std::hash::{Hash, Hasher};

use plumb_canon::made_of;
use plumb_ir::{Arena, Field, From, Literal, Out, Rel, RelId, Scalar, ScalarId, function};
use rustc_hash::{FxHashMap, FxHasher};

use crate::unit::Unit;

/// What stands for an input, a column, a value or a condition, wherever it stands in a plan.
pub(crate) type Token = u64;

/// Units of time, the finest first.
const GRAINS: &[&str] = &["second", "minute", "hour", "day", "week", "month", "quarter", "year"];

/// A value of a plan.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) token: Token,
    pub(crate) kind: Kind,
    /// By position in [`Facet::nodes`].
    pub(crate) parts: Vec<u32>,
    /// The same time cut at finer units.
    pub(crate) finer: Vec<Token>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A column of an input.
    Column(Token),
    Constant,
    /// What is computed from its parts.
    Computed,
    /// What only another that is the same says: a count of rows, what looks out of its scope.
    Whole,
}

/// A condition on rows or on groups.
#[derive(Debug)]
pub(crate) enum Condition {
    /// These are equal.
    Equal(Vec<u32>),
    /// A value is bounded, or one of a few.
    Bounded(u32, Bound),
    /// Anything else.
    Other(u32),
}

/// Constants between which a value lies, where they can be compared; both ends count as inside.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Bound {
    pub(crate) low: Option<Literal>,
    pub(crate) high: Option<Literal>,
}

/// A unit of a plan as tokens.
#[derive(Debug, Default)]
pub(crate) struct Facet {
    pub(crate) nodes: Vec<Node>,
    /// Inputs, sorted; one that is read twice stands there twice.
    pub(crate) inputs: Vec<Token>,
    pub(crate) conditions: Vec<Condition>,
    /// Whether rows are grouped; by what, if so, and which measures there are.
    pub(crate) group: Option<(Vec<u32>, Vec<u32>)>,
    pub(crate) outputs: Vec<u32>,
}

impl Facet {
    pub(crate) fn of(arena: &Arena, unit: &Unit) -> Self {
        let mut inputs: Vec<Token> =
            unit.from.inputs.iter().map(|rel| input(arena, *rel)).collect();
        let mut reader = Reader {
            arena,
            from: &unit.from,
            inputs: inputs.clone(),
            facet: Self::default(),
            known: FxHashMap::default(),
            groups: None,
        };
        for condition in unit.from.conditions() {
            reader.condition(condition);
        }
        if let Some(group) = &unit.group {
            let keys = reader.all(&group.keys);
            let calls = reader.all(&group.calls);
            reader.groups = Some([keys.clone(), calls.clone()].concat());
            reader.known.clear();
            reader.facet.group = Some((keys, calls));
        }
        for condition in &unit.having {
            reader.condition(*condition);
        }
        reader.facet.outputs = reader.all(&unit.out);
        inputs.sort_unstable();
        let mut facet = reader.facet;
        facet.inputs = inputs;
        facet
    }

    pub(crate) fn node(&self, at: u32) -> &Node {
        &self.nodes[at as usize]
    }
}

/// What stands for a relation that is read: a table by its name, anything else by what it is made of.
fn input(arena: &Arena, rel: RelId) -> Token {
    let node = arena.get_rel(rel);
    match (node, node.from()) {
        (Rel::Scan { table }, _) => token(("table", arena.name(*table))),
        // Outputs that nobody looks at were taken away.
        (_, Some(from)) => token(("rows", arena.from_digest(from).0)),
        (_, None) => token(("rel", arena.rel_digest(rel).0)),
    }
}

pub(crate) fn token(of: impl Hash) -> Token {
    let mut hasher = FxHasher::default();
    of.hash(&mut hasher);
    hasher.finish()
}

struct Reader<'a> {
    arena: &'a Arena,
    from: &'a From,
    inputs: Vec<Token>,
    facet: Facet,
    known: FxHashMap<ScalarId, u32>,
    /// Above a grouping: the keys and the calls.
    groups: Option<Vec<u32>>,
}

impl Reader<'_> {
    fn all(&mut self, scalars: &[ScalarId]) -> Vec<u32> {
        scalars.iter().map(|scalar| self.scalar(*scalar)).collect()
    }

    fn scalar(&mut self, id: ScalarId) -> u32 {
        if let Some(known) = self.known.get(&id) {
            return *known;
        }
        let at = self.read(id);
        self.known.insert(id, at);
        at
    }

    fn push(&mut self, token: Token, kind: Kind, parts: Vec<u32>) -> u32 {
        let at = u32::try_from(self.facet.nodes.len()).unwrap_or(u32::MAX);
        self.facet.nodes.push(Node { token, kind, parts, finer: Vec::new() });
        at
    }

    fn read(&mut self, id: ScalarId) -> u32 {
        let arena = self.arena;
        let node = arena.get_scalar(id);
        match node {
            Scalar::Column { depth: 0, input, field } => self.column(*input, *field),
            Scalar::Literal(literal) => self.push(token(literal), Kind::Constant, Vec::new()),
            Scalar::Call { function: name, args } => {
                let name = arena.name(*name);
                let parts = self.all(args);
                let mut tokens = self.tokens(&parts);
                if function(name).is_some_and(|known| known.commutative) {
                    tokens.sort_unstable();
                }
                let at = self.push(token((name, tokens)), Kind::Computed, parts);
                self.facet.nodes[at as usize].finer = self.finer(name, args);
                at
            }
            Scalar::Case { .. } => self.computed(id, "case"),
            Scalar::Cast { to, safe, .. } => self.computed(id, (to, *safe)),
            Scalar::Aggregate { function, distinct, filter, order, .. } => {
                let shell = (arena.name(*function), *distinct, filter.is_some(), order.len());
                self.computed(id, shell)
            }
            Scalar::Window { function, distinct, partition, order, .. } => {
                self.computed(id, (arena.name(*function), *distinct, partition.len(), order.len()))
            }
            Scalar::In { rel, .. } => {
                let rel = arena.tables(*rel);
                self.computed(id, ("in", rel))
            }
            Scalar::Lambda { params, .. } => self.computed(id, ("lambda", *params)),
            Scalar::Exists(rel) | Scalar::Subquery(rel) => {
                self.push(token(("subquery", arena.tables(*rel))), Kind::Whole, Vec::new())
            }
            Scalar::Column { .. } | Scalar::Either { .. } => {
                self.push(token("outside"), Kind::Whole, Vec::new())
            }
            Scalar::Param(number) => {
                self.push(token(("param", *number)), Kind::Constant, Vec::new())
            }
            Scalar::Hole { kind, key } => {
                let hole = token(("hole", arena.name(*kind), arena.name(*key)));
                self.push(hole, Kind::Constant, Vec::new())
            }
        }
    }

    fn computed(&mut self, id: ScalarId, shell: impl Hash) -> u32 {
        let parts = self.all(&self.arena.get_scalar(id).children());
        let tokens = self.tokens(&parts);
        let kind = if parts.is_empty() { Kind::Whole } else { Kind::Computed };
        self.push(token((token(shell), tokens)), kind, parts)
    }

    fn tokens(&self, parts: &[u32]) -> Vec<Token> {
        parts.iter().map(|at| self.facet.node(*at).token).collect()
    }

    fn column(&mut self, number: u32, field: Field) -> u32 {
        if let (Some(groups), Field::At(at)) = (&self.groups, field)
            && let Some(part) = groups.get(at as usize)
        {
            return *part;
        }
        let input = self.inputs.get(number as usize).copied().unwrap_or_default();
        let rel = self.from.inputs.get(number as usize).map(|rel| self.arena.get_rel(*rel));
        let made_of = |at: u32| match rel {
            Some(Rel::Project { out, .. }) => match out.get(at as usize) {
                Some(Out::Column(scalar)) => Some(*scalar),
                Some(Out::Star { .. }) | None => None,
            },
            Some(Rel::Aggregate { keys, calls, .. }) => {
                keys.iter().chain(calls).nth(at as usize).copied()
            }
            _ => None,
        };
        let column = match field {
            Field::Named(name) => token((input, self.arena.name(name))),
            Field::At(at) => match made_of(at) {
                Some(scalar) => token((input, self.arena.scalar_digest(scalar).0)),
                None => token((input, at)),
            },
        };
        self.push(column, Kind::Column(input), Vec::new())
    }

    /// The same time cut at finer units: what the coarser is made of.
    fn finer(&self, name: &str, args: &[ScalarId]) -> Vec<Token> {
        let ("date-trunc", [unit, time]) = (name, args) else { return Vec::new() };
        let Some(Literal::Text(coarse)) = self.arena.as_literal(*unit) else { return Vec::new() };
        let Some(time) = self.known.get(time) else { return Vec::new() };
        let time = self.facet.node(*time).token;
        let finer = GRAINS.iter().filter(|fine| **fine != coarse && made_of(coarse, fine));
        let cut = |fine: &&str| {
            let unit = token(Literal::Text((*fine).to_owned()));
            token((name, vec![unit, time]))
        };
        finer.map(cut).collect()
    }

    fn condition(&mut self, id: ScalarId) {
        let call = self.arena.as_call(id).map(|(name, args)| (name, args.to_vec()));
        let literal = |at: ScalarId| self.arena.as_literal(at).cloned();
        let condition = match call.as_ref().map(|(name, args)| (*name, args.as_slice())) {
            Some(("eq" | "all-equal", args)) => Condition::Equal(self.all(args)),
            Some(("lt" | "le", [one, two])) => {
                let (low, high) = (literal(*one), literal(*two));
                let value = if low.is_some() { *two } else { *one };
                if low.is_none() && high.is_none() {
                    Condition::Other(self.scalar(id))
                } else {
                    Condition::Bounded(self.scalar(value), Bound { low, high })
                }
            }
            Some(("in-list", [value, items @ ..])) => {
                let mut all: Option<Vec<Literal>> = items.iter().map(|it| literal(*it)).collect();
                all = all.filter(|all| all.windows(2).all(|two| comparable(&two[0], &two[1])));
                let all = all.unwrap_or_default();
                let bound =
                    Bound { low: all.iter().min().cloned(), high: all.iter().max().cloned() };
                Condition::Bounded(self.scalar(*value), bound)
            }
            _ => Condition::Other(self.scalar(id)),
        };
        self.facet.conditions.push(condition);
    }
}

/// Whether the order of two constants is that of the values they stand for.
pub(crate) fn comparable(one: &Literal, two: &Literal) -> bool {
    match (one, two) {
        (Literal::Integer(_), Literal::Integer(_)) => true,
        (Literal::Typed(kind, _), Literal::Typed(other, _)) => kind == other,
        _ => false,
    }
}
