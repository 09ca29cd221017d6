//! Plans to sums.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use plumb_ir::{
    Arena, Bound, Field, From, Out, Rel, RelId, Scalar, ScalarId, SetKind, SortKey, Stability,
    Symbol, Type, function,
};

use crate::{
    Claims,
    group::{counted, measure},
    place::{Calls, no_calls_over_rows},
    scalar::one_row_apart,
    term::{Block, Call, End, Key, Kind, NULL, Sum, Term, Var, Window, by_name, outputs},
};

/// Why nothing is said of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unfit(pub(crate) &'static str);

pub(crate) type Fit<T> = Result<T, Unfit>;

/// Most blocks of a sum, and most nodes of two plans that are compared.
pub(crate) const BLOCKS: usize = 48;
const NODES: u32 = 60_000;

/// Most values inside of each other.
const DEPTH: u32 = 200;

/// What a row is of: for types.
#[derive(Debug, Clone)]
pub(crate) enum Origin {
    Table(Symbol),
    /// The type of each column, and whether it is never NULL.
    Columns(Vec<(Type, bool)>),
    Unknown,
}

/// What is known of the rows that two plans are made of.
pub(crate) struct Kernel<'a> {
    pub(crate) arena: &'a Arena,
    pub(crate) claims: &'a Claims,
    pub(crate) origins: BTreeMap<Var, Origin>,
    /// Rows that may be of NULLs alone.
    pub(crate) missing: BTreeSet<Var>,
    /// Whether a union has whole numbers and others in one column, which are others then.
    pub(crate) mixes: bool,
    /// Whether a division is whole for whole numbers.
    pub(crate) divides: bool,
    next: u32,
    left: u32,
}

/// The outputs of each input that is there already.
pub(crate) type Scope = Vec<Option<Vec<Term>>>;

/// Rows of a part of a join, and what its inputs are.
#[derive(Clone, Default)]
pub(crate) struct Part {
    pub(crate) block: Block,
    pub(crate) scope: Scope,
}

impl<'a> Kernel<'a> {
    pub(crate) fn new(arena: &'a Arena, claims: &'a Claims) -> Self {
        Self {
            arena,
            claims,
            origins: BTreeMap::new(),
            missing: BTreeSet::new(),
            mixes: false,
            divides: false,
            next: 0,
            left: NODES,
        }
    }

    pub(crate) fn fresh(&mut self, origin: Origin) -> Var {
        self.next += 1;
        let var = Var(self.next);
        self.origins.insert(var, origin);
        var
    }

    pub(crate) fn step(&mut self, by: u32) -> Fit<()> {
        self.left = self.left.checked_sub(by).ok_or(Unfit("too much to look at"))?;
        Ok(())
    }

    /// The rows of a plan with its outputs.
    pub(crate) fn plan(&mut self, rel: RelId) -> Fit<Sum> {
        let mut lower = Lower { kernel: self, scopes: Vec::new(), lambdas: Vec::new(), depth: 0 };
        let sum = lower.rel(rel)?;
        // Nothing here says where a whole number becomes another.
        if self.mixes && self.divides {
            Err(Unfit("numbers of two kinds divided"))
        } else {
            Ok(sum)
        }
    }

    /// A value that stands alone.
    pub(crate) fn value(&mut self, scalar: ScalarId) -> Fit<Term> {
        Lower { kernel: self, scopes: Vec::new(), lambdas: Vec::new(), depth: 0 }.scalar(scalar)
    }

    /// A row with the outputs of a sum as its columns, and them.
    pub(crate) fn row_of(&mut self, sum: &Sum, may_miss: Missing) -> (Var, Vec<Term>) {
        let width = sum.first().map_or(0, |block| block.out.len());
        let columns = (0..width).map(|at| {
            let types: Vec<Type> = sum.iter().map(|block| self.type_of(&block.out[at])).collect();
            let one = types.iter().all(|it| *it == types[0]);
            let kind = if one { types[0].clone() } else { Type::Unknown };
            let filled = sum.iter().all(|block| self.never_null(&block.out[at]));
            (kind, filled && may_miss == Missing::Never)
        });
        let columns = columns.collect();
        let var = self.fresh(Origin::Columns(columns));
        if may_miss == Missing::Perhaps {
            self.missing.insert(var);
        }
        (var, outputs(sum, var))
    }
}

/// Whether a row may be one of NULLs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    Never,
    Perhaps,
}

pub(crate) struct Lower<'k, 'a> {
    pub(crate) kernel: &'k mut Kernel<'a>,
    scopes: Vec<Scope>,
    /// How many parameters each function written in place has.
    lambdas: Vec<u32>,
    depth: u32,
}

impl Lower<'_, '_> {
    pub(crate) fn rel(&mut self, rel: RelId) -> Fit<Sum> {
        self.kernel.step(4)?;
        let arena = self.kernel.arena;
        let sum = match arena.get_rel(rel) {
            Rel::Scan { table } => {
                let var = self.kernel.fresh(Origin::Table(*table));
                open(var, Kind::Table(*table))
            }
            Rel::Call { function, args } => {
                if function_of(arena, *function).is_some_and(|it| it == Stability::Volatile) {
                    return Err(Unfit("a volatile function"));
                }
                self.scopes.push(Vec::new());
                let args = self.all(args)?;
                self.scopes.pop();
                let var = self.kernel.fresh(Origin::Unknown);
                open(var, Kind::Function(*function, args))
            }
            Rel::Opaque { why, .. } if arena.name(*why) == "sample" => {
                return Err(Unfit("other rows each time"));
            }
            Rel::Opaque { key, inputs, .. } => {
                let sums = inputs.iter().map(|it| self.rel(*it)).collect::<Fit<Vec<Sum>>>()?;
                let var = self.kernel.fresh(Origin::Unknown);
                open(var, Kind::Opaque(*key, sums))
            }
            Rel::Values { rows, .. } => {
                self.scopes.push(Vec::new());
                let block = |it: &mut Self, row: &Vec<ScalarId>| {
                    Ok(Block { out: it.all(row)?, ..Block::default() })
                };
                let sum = rows.iter().map(|row| block(self, row)).collect::<Fit<Sum>>()?;
                self.scopes.pop();
                self.kernel.told_apart(&sum);
                sum
            }
            Rel::Project { from, out } => {
                let parts = self.from(arena.get_from(*from))?;
                self.project(parts, out)?
            }
            Rel::Aggregate { from, keys, calls, scalar } => {
                let parts = self.from(arena.get_from(*from))?;
                self.aggregate(parts, keys, calls, *scalar)?
            }
            Rel::Distinct { input } => {
                let sum = self.rel(*input)?;
                let keys = sum.first().map_or(0, |block| block.out.len());
                self.derived(sum, Missing::Never, |sum| Kind::Group {
                    sum,
                    keys,
                    calls: Vec::new(),
                    scalar: false,
                })
            }
            Rel::Union { inputs } => {
                let mut all = Sum::new();
                for input in inputs {
                    all.extend(self.rel(*input)?);
                }
                self.kernel.told_apart(&all);
                all
            }
            Rel::Set { kind, all, left, right } => {
                let (left, right) = (self.rel(*left)?, self.rel(*right)?);
                self.derived(left, Missing::Perhaps, |left| Kind::Set {
                    has: *kind == SetKind::Intersect,
                    all: *all,
                    left,
                    right,
                })
            }
            Rel::Limit { input, order, limit, offset } => {
                self.limit(*input, order, [*limit, *offset])?
            }
        };
        if sum.len() > BLOCKS { Err(Unfit("too many cases")) } else { Ok(sum) }
    }

    /// A row of what a sum is made to be; nothing is made of a sum of no blocks.
    pub(crate) fn derived(
        &mut self,
        sum: Sum,
        missing: Missing,
        kind: impl FnOnce(Sum) -> Kind,
    ) -> Sum {
        if sum.is_empty() {
            return sum;
        }
        let (var, out) = self.kernel.row_of(&sum, missing);
        vec![Block { atoms: vec![(var, kind(sum))], facts: Vec::new(), out }]
    }

    fn project(&mut self, parts: Vec<Part>, out: &[Out]) -> Fit<Sum> {
        let mut sum = Sum::new();
        for part in parts {
            let out = self.within(&part.scope, |it| {
                let mut all = Vec::new();
                for out in out {
                    all.push(match out {
                        Out::Column(scalar) => it.scalar(*scalar)?,
                        Out::Star { input, except } => it.star(*input, except)?,
                    });
                }
                no_calls_over_rows(&all, Calls::Windows)?;
                Ok(all)
            })?;
            sum.push(Block { out, ..part.block });
        }
        let windows = |term: &Term| matches!(term, Term::Window(_));
        if !sum.iter().any(|block| block.out.iter().any(|it| it.any(&windows))) {
            return Ok(sum);
        }
        Ok(self.derived(sum, Missing::Perhaps, Kind::Rows))
    }

    fn star(&mut self, input: u32, except: &[Symbol]) -> Fit<Term> {
        let out = self.scopes.last().and_then(|scope| scope.get(input as usize)?.clone());
        let stars = out.into_iter().flatten().filter_map(|it| match it {
            Term::Star(var, hidden) => Some((var, hidden)),
            _ => None,
        });
        let stars: Vec<(Var, Vec<Symbol>)> = stars.collect();
        let [(var, hidden)] = stars.as_slice() else {
            return Err(Unfit("a star over several"));
        };
        let mut all = [except, hidden].concat();
        all.sort();
        all.dedup();
        Ok(Term::Star(*var, all))
    }

    fn aggregate(
        &mut self,
        parts: Vec<Part>,
        keys: &[ScalarId],
        calls: &[ScalarId],
        scalar: bool,
    ) -> Fit<Sum> {
        let mut shapes: Vec<Call> = Vec::new();
        let mut types = Vec::new();
        let mut sum = Sum::new();
        if parts.is_empty() {
            return if scalar { Err(Unfit("an aggregate of no rows")) } else { Ok(sum) };
        }
        for part in parts {
            let (out, calls) = self.within(&part.scope, |it| {
                let mut out = it.all(keys)?;
                let shapes = calls.iter().map(|call| it.call(*call, &mut out));
                let shapes = shapes.collect::<Fit<Vec<Call>>>()?;
                no_calls_over_rows(&out, Calls::None)?;
                Ok((out, shapes))
            })?;
            if sum.is_empty() {
                types = calls.iter().map(|call| self.kernel.measured(call, &out)).collect();
            }
            shapes = calls;
            sum.push(Block { out, ..part.block });
        }
        let mut columns: Vec<(Type, bool)> = Vec::new();
        for at in 0..keys.len() {
            let kinds: Vec<Type> = sum.iter().map(|it| self.kernel.type_of(&it.out[at])).collect();
            let one = kinds.iter().all(|it| *it == kinds[0]);
            let filled = sum.iter().all(|it| self.kernel.never_null(&it.out[at]));
            columns.push((if one { kinds[0].clone() } else { Type::Unknown }, filled));
        }
        columns.extend(types);
        let width = columns.len();
        let var = self.kernel.fresh(Origin::Columns(columns));
        let out = (0..).take(width).map(|at| Term::Column(var, Field::At(at))).collect();
        let kind = Kind::Group { sum, keys: keys.len(), calls: shapes, scalar };
        Ok(vec![Block { atoms: vec![(var, kind)], facts: Vec::new(), out }])
    }

    /// An aggregate call; what it looks at goes to the outputs.
    fn call(&mut self, id: ScalarId, out: &mut Vec<Term>) -> Fit<Call> {
        let Scalar::Aggregate { function, args, distinct, filter, order } =
            self.kernel.arena.get_scalar(id)
        else {
            return Err(Unfit("a call that is no aggregate"));
        };
        let mut put = |it: &mut Self, id: ScalarId| {
            out.push(it.scalar(id)?);
            Ok(out.len() - 1)
        };
        let call = Call {
            function: self.name(*function)?,
            args: args.iter().map(|id| put(self, *id)).collect::<Fit<_>>()?,
            distinct: *distinct,
            filter: filter.map(|id| put(self, id)).transpose()?,
            order: order
                .iter()
                .map(|key| Ok((put(self, key.value)?, key.descending, key.nulls_first)))
                .collect::<Fit<_>>()?,
        };
        Ok(counted(call, out))
    }

    /// The rows of joined inputs for which the filter holds.
    fn from(&mut self, from: &From) -> Fit<Vec<Part>> {
        let scope = vec![None; from.inputs.len()];
        let start = Part { block: Block::default(), scope };
        let mut parts = self.tree(&from.tree, start, &from.inputs)?;
        for part in &mut parts {
            let facts = self.within(&part.scope, |it| it.all(&from.filter))?;
            no_calls_over_rows(&facts, Calls::None)?;
            part.block.facts.extend(facts);
        }
        if parts.len() > BLOCKS { Err(Unfit("too many cases")) } else { Ok(parts) }
    }

    pub(crate) fn within<T>(
        &mut self,
        scope: &Scope,
        run: impl FnOnce(&mut Self) -> Fit<T>,
    ) -> Fit<T> {
        self.scopes.push(scope.clone());
        let result = run(self);
        self.scopes.pop();
        result
    }

    pub(crate) fn all(&mut self, ids: &[ScalarId]) -> Fit<Vec<Term>> {
        ids.iter().map(|id| self.scalar(*id)).collect()
    }

    fn name(&mut self, symbol: Symbol) -> Fit<Rc<str>> {
        let arena = self.kernel.arena;
        self.kernel.divides |= arena.name(symbol) == "div-int";
        if function_of(arena, symbol).is_some_and(|it| it == Stability::Volatile) {
            return Err(Unfit("a volatile function"));
        }
        Ok(Rc::from(arena.name(symbol)))
    }

    pub(crate) fn scalar(&mut self, id: ScalarId) -> Fit<Term> {
        self.kernel.step(1)?;
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(Unfit("too deep"));
        }
        let term = match self.kernel.arena.get_scalar(id) {
            Scalar::Column { depth, input, field } => self.column(*depth, &[*input], *field)?,
            Scalar::Either { depth, inputs, name } => {
                self.column(*depth, inputs, Field::Named(*name))?
            }
            Scalar::Literal(literal) => Term::Literal(literal.clone()),
            Scalar::Call { function, args } => Term::Call(self.name(*function)?, self.all(args)?),
            Scalar::Case { branches, otherwise } => {
                let mut all = Vec::new();
                for (when, then) in branches {
                    all.push((self.scalar(*when)?, self.scalar(*then)?));
                }
                let otherwise = otherwise.map_or(Ok(NULL), |id| self.scalar(id))?;
                Term::Case(all, Box::new(otherwise))
            }
            Scalar::Cast { value, to, safe } => {
                Term::Cast(Box::new(self.scalar(*value)?), to.clone(), *safe)
            }
            // Alone, it is of any rows.
            Scalar::Aggregate { .. } => {
                let mut out = Vec::new();
                let call = self.call(id, &mut out)?;
                let block = Block { out, ..Block::default() };
                Term::Measure(Box::new(measure(Var(0), &call, &vec![block])))
            }
            Scalar::Window { function, args, distinct, ignore_nulls, partition, order, frame } => {
                let mut ends = Vec::new();
                for bound in frame.iter().flat_map(|it| [it.start, it.end]) {
                    ends.push(match bound {
                        Bound::First => End::Edge(-1),
                        Bound::Before(by) => End::Apart(-1, self.scalar(by)?),
                        Bound::Current => End::Edge(0),
                        Bound::After(by) => End::Apart(1, self.scalar(by)?),
                        Bound::Last => End::Edge(1),
                    });
                }
                let ends = <[End; 2]>::try_from(ends).ok();
                let key = |it: &mut Self, key: &SortKey| -> Fit<Key<Term>> {
                    Ok((it.scalar(key.value)?, key.descending, key.nulls_first))
                };
                Term::Window(Box::new(Window {
                    function: self.name(*function)?,
                    args: one_row_apart(self.kernel.arena.name(*function), self.all(args)?),
                    distinct: *distinct,
                    ignore_nulls: *ignore_nulls,
                    partition: self.all(partition)?,
                    order: order.iter().map(|it| key(self, it)).collect::<Fit<_>>()?,
                    frame: frame.map(|it| it.unit).zip(ends),
                }))
            }
            Scalar::Exists(rel) => Term::Exists(self.inner(*rel)?),
            Scalar::In { values, rel } => Term::In(self.all(values)?, self.inner(*rel)?),
            Scalar::Subquery(rel) => Term::One(self.inner(*rel)?),
            Scalar::Lambda { params, body } => {
                self.lambdas.push(*params);
                let body = self.scalar(*body)?;
                self.lambdas.pop();
                Term::Lambda(*params, Box::new(body))
            }
            Scalar::Param(at) => {
                let all: u32 = self.lambdas.iter().sum();
                Term::Param(all.checked_sub(at + 1).ok_or(Unfit("a parameter of nothing"))?)
            }
            Scalar::Hole { kind, key } => Term::Hole(*kind, *key),
        };
        self.depth -= 1;
        Ok(term)
    }

    /// A query inside of a function would have its parameters counted anew.
    fn inner(&mut self, rel: RelId) -> Fit<Sum> {
        if self.lambdas.is_empty() { self.rel(rel) } else { Err(Unfit("a query in a function")) }
    }

    fn column(&mut self, depth: u32, inputs: &[u32], field: Field) -> Fit<Term> {
        let Some(at) = self.scopes.len().checked_sub(1 + depth as usize) else {
            let out = depth - u32::try_from(self.scopes.len()).unwrap_or(u32::MAX);
            return Ok(Term::Outer(out, inputs.to_vec(), field));
        };
        let mut found = Vec::new();
        for input in inputs {
            let out = self.scopes[at].get(*input as usize).and_then(Option::as_ref);
            let out = out.ok_or(Unfit("an input that is not there yet"))?;
            match field {
                Field::At(at) => found.extend(out.get(at as usize).cloned()),
                Field::Named(name) => found.extend(by_name(out, name)),
            }
        }
        found.sort();
        found.dedup();
        match found.len() {
            0 => Err(Unfit("a column that is not there")),
            1 => Ok(found.remove(0)),
            _ => Ok(Term::Either(found)),
        }
    }
}

/// A relation that is all its columns.
fn open(var: Var, kind: Kind) -> Sum {
    vec![Block {
        atoms: vec![(var, kind)],
        facts: Vec::new(),
        out: vec![Term::Star(var, Vec::new())],
    }]
}

fn function_of(arena: &Arena, name: Symbol) -> Option<Stability> {
    function(arena.name(name)).map(|it| it.stability)
}
