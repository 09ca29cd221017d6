//! Plans of one arena, put into another.

use crate::{
    Arena, Bound, Field, Frame, From, FromId, Out, Rel, RelId, Scalar, ScalarId, SortKey, Symbol,
    Tree,
};

/// Copies plans out of an arena into one other. What was copied once is not copied again.
pub struct Copier<'a> {
    source: &'a Arena,
    symbols: Copies<Symbol>,
    rels: Copies<RelId>,
    froms: Copies<FromId>,
    scalars: Copies<ScalarId>,
}

/// Copies by the number of what was copied. Plans stand close to each other in an arena, so numbers do, too.
struct Copies<T>(Vec<Option<Box<[Option<T>; PAGE]>>>);

/// Numbers that are kept side by side.
const PAGE: usize = 256;

impl<T: Copy> Copies<T> {
    fn get(&self, number: usize) -> Option<T> {
        self.0.get(number / PAGE)?.as_ref()?[number % PAGE]
    }

    fn insert(&mut self, number: usize, copy: T) {
        let page = number / PAGE;
        if self.0.len() <= page {
            self.0.resize_with(page + 1, || None);
        }
        self.0[page].get_or_insert_with(|| Box::new([None; PAGE]))[number % PAGE] = Some(copy);
    }
}

impl<'a> Copier<'a> {
    /// Knows of no copy yet.
    pub fn new(source: &'a Arena) -> Self {
        Self {
            source,
            symbols: Copies(Vec::new()),
            rels: Copies(Vec::new()),
            froms: Copies(Vec::new()),
            scalars: Copies(Vec::new()),
        }
    }

    /// A spelling in the other arena, which must be the same one in every call.
    pub fn symbol(&mut self, to: &mut Arena, symbol: Symbol) -> Symbol {
        if let Some(known) = self.symbols.get(symbol.index()) {
            return known;
        }
        let copy = to.symbol(self.source.name(symbol));
        self.symbols.insert(symbol.index(), copy);
        copy
    }

    /// A field in the other arena.
    pub fn field(&mut self, to: &mut Arena, field: Field) -> Field {
        match field {
            Field::At(at) => Field::At(at),
            Field::Named(name) => Field::Named(self.symbol(to, name)),
        }
    }

    /// A relation in the other arena.
    pub fn rel(&mut self, to: &mut Arena, id: RelId) -> RelId {
        if let Some(known) = self.rels.get(id.index()) {
            return known;
        }
        let rel = match self.source.get_rel(id) {
            Rel::Scan { table } => Rel::Scan { table: self.symbol(to, *table) },
            Rel::Values { width, rows } => {
                let rows = rows.iter().map(|row| self.all(to, row)).collect();
                Rel::Values { width: *width, rows }
            }
            Rel::Project { from, out } => {
                let from = self.from(to, *from);
                Rel::Project { from, out: out.iter().map(|out| self.out(to, out)).collect() }
            }
            Rel::Aggregate { from, keys, calls, scalar } => Rel::Aggregate {
                from: self.from(to, *from),
                keys: self.all(to, keys),
                calls: self.all(to, calls),
                scalar: *scalar,
            },
            Rel::Distinct { input } => Rel::Distinct { input: self.rel(to, *input) },
            Rel::Union { inputs } => Rel::Union { inputs: self.rels(to, inputs) },
            Rel::Set { kind, all, left, right } => {
                let (left, right) = (self.rel(to, *left), self.rel(to, *right));
                Rel::Set { kind: *kind, all: *all, left, right }
            }
            Rel::Limit { input, order, limit, offset } => Rel::Limit {
                input: self.rel(to, *input),
                order: self.keys(to, order),
                limit: limit.map(|id| self.scalar(to, id)),
                offset: offset.map(|id| self.scalar(to, id)),
            },
            Rel::Call { function, args } => {
                Rel::Call { function: self.symbol(to, *function), args: self.all(to, args) }
            }
            Rel::Opaque { why, key, inputs } => Rel::Opaque {
                why: self.symbol(to, *why),
                key: self.symbol(to, *key),
                inputs: self.rels(to, inputs),
            },
        };
        let copy = to.copied_rel(rel, self.source.rel_digest(id), self.source.reach_of_rel(id));
        self.rels.insert(id.index(), copy);
        copy
    }

    fn rels(&mut self, to: &mut Arena, ids: &[RelId]) -> Vec<RelId> {
        ids.iter().map(|id| self.rel(to, *id)).collect()
    }

    fn out(&mut self, to: &mut Arena, out: &Out) -> Out {
        match out {
            Out::Column(id) => Out::Column(self.scalar(to, *id)),
            Out::Star { input, except } => {
                let except = except.iter().map(|name| self.symbol(to, *name)).collect();
                Out::Star { input: *input, except }
            }
        }
    }

    fn from(&mut self, to: &mut Arena, id: FromId) -> FromId {
        if let Some(known) = self.froms.get(id.index()) {
            return known;
        }
        let from = self.source.get_from(id);
        let inputs = self.rels(to, &from.inputs);
        let tree = from.tree.map(&mut Tree::Input, &mut |id| self.scalar(to, id));
        let filter = self.all(to, &from.filter);
        let (digest, reach) = (self.source.from_digest(id), self.source.reach_of_from(id));
        let copy = to.copied_from(From { inputs, tree, filter }, digest, reach);
        self.froms.insert(id.index(), copy);
        copy
    }

    fn scalar(&mut self, to: &mut Arena, id: ScalarId) -> ScalarId {
        if let Some(known) = self.scalars.get(id.index()) {
            return known;
        }
        let scalar = self.new_scalar(to, self.source.get_scalar(id));
        let (digest, reach) = (self.source.scalar_digest(id), self.source.reach_of_scalar(id));
        let copy = to.copied_scalar(scalar, digest, reach);
        self.scalars.insert(id.index(), copy);
        copy
    }

    fn new_scalar(&mut self, to: &mut Arena, scalar: &Scalar) -> Scalar {
        match scalar {
            Scalar::Column { depth, input, field } => {
                let field = self.field(to, *field);
                Scalar::Column { depth: *depth, input: *input, field }
            }
            Scalar::Either { depth, inputs, name } => {
                let name = self.symbol(to, *name);
                Scalar::Either { depth: *depth, inputs: inputs.clone(), name }
            }
            Scalar::Literal(_) | Scalar::Param(_) => scalar.clone(),
            Scalar::Call { function, args } => {
                Scalar::Call { function: self.symbol(to, *function), args: self.all(to, args) }
            }
            Scalar::Case { branches, otherwise } => {
                let branch = |(when, then): &(ScalarId, ScalarId)| {
                    (self.scalar(to, *when), self.scalar(to, *then))
                };
                let branches = branches.iter().map(branch).collect();
                Scalar::Case { branches, otherwise: otherwise.map(|id| self.scalar(to, id)) }
            }
            Scalar::Cast { value, to: data_type, safe } => {
                let value = self.scalar(to, *value);
                Scalar::Cast { value, to: data_type.clone(), safe: *safe }
            }
            Scalar::Aggregate { function, args, distinct, filter, order } => Scalar::Aggregate {
                function: self.symbol(to, *function),
                args: self.all(to, args),
                distinct: *distinct,
                filter: filter.map(|id| self.scalar(to, id)),
                order: self.keys(to, order),
            },
            Scalar::Window { function, args, distinct, ignore_nulls, partition, order, frame } => {
                Scalar::Window {
                    function: self.symbol(to, *function),
                    args: self.all(to, args),
                    distinct: *distinct,
                    ignore_nulls: *ignore_nulls,
                    partition: self.all(to, partition),
                    order: self.keys(to, order),
                    frame: frame.map(|frame| Frame {
                        unit: frame.unit,
                        start: self.bound(to, frame.start),
                        end: self.bound(to, frame.end),
                    }),
                }
            }
            Scalar::Exists(rel) => Scalar::Exists(self.rel(to, *rel)),
            Scalar::Subquery(rel) => Scalar::Subquery(self.rel(to, *rel)),
            Scalar::In { values, rel } => {
                Scalar::In { values: self.all(to, values), rel: self.rel(to, *rel) }
            }
            Scalar::Lambda { params, body } => {
                Scalar::Lambda { params: *params, body: self.scalar(to, *body) }
            }
            Scalar::Hole { kind, key } => {
                Scalar::Hole { kind: self.symbol(to, *kind), key: self.symbol(to, *key) }
            }
        }
    }

    fn all(&mut self, to: &mut Arena, ids: &[ScalarId]) -> Vec<ScalarId> {
        ids.iter().map(|id| self.scalar(to, *id)).collect()
    }

    fn keys(&mut self, to: &mut Arena, keys: &[SortKey]) -> Vec<SortKey> {
        keys.iter().map(|key| SortKey { value: self.scalar(to, key.value), ..*key }).collect()
    }

    fn bound(&mut self, to: &mut Arena, bound: Bound) -> Bound {
        match bound {
            Bound::Before(id) => Bound::Before(self.scalar(to, id)),
            Bound::After(id) => Bound::After(self.scalar(to, id)),
            Bound::First | Bound::Current | Bound::Last => bound,
        }
    }
}
