//! Plans to sums of blocks.

use plumb_ir::{Field, FromId, Out, Rel, RelId, ScalarId, SetKind, Symbol, Tree, Type};

use crate::{
    merge::merged,
    space::{Column, Origin, Space},
    term::{Atom, Block, Fact, Id, Kind, Term, Var},
    tidy::{BLOCKS, number},
};

/// Why a plan cannot be written as a sum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unfit(pub(crate) &'static str);

pub(crate) type Fit<T> = Result<T, Unfit>;

/// How the columns of an input are found.
#[derive(Debug, Clone)]
pub(crate) enum Binding {
    /// On a row, by name.
    Row(Var),
    /// In a list, by position.
    Outputs(Vec<Id>),
    /// All are NULL; of which table, if it is one.
    Nothing(Option<Symbol>),
}

/// What is bound in a scope so far.
pub(crate) type Scope = Vec<Option<Binding>>;

pub(crate) struct Lower<'s, 'a> {
    pub(crate) space: &'s mut Space<'a>,
    pub(crate) scopes: Vec<Scope>,
}

/// A block with what its inputs are.
#[derive(Clone)]
struct Part {
    block: Block,
    scope: Scope,
}

impl Lower<'_, '_> {
    /// The rows of a relation with its outputs.
    pub(crate) fn rel(&mut self, rel: RelId) -> Fit<Vec<Block>> {
        if !self.space.step(8) {
            return Err(Unfit("too much to look at"));
        }
        let node = self.space.arena.get_rel(rel).clone();
        match node {
            Rel::Scan { .. } | Rel::Call { .. } => Err(Unfit("a table whose columns nobody lists")),
            Rel::Values { rows, .. } => self.values(&rows),
            Rel::Project { from, out } => self.project(from, &out),
            Rel::Aggregate { from, keys, calls, scalar } => {
                self.aggregate(from, &keys, &calls, scalar)
            }
            Rel::Distinct { input } => {
                let blocks = self.rel(input)?;
                Ok(self.distinct(blocks))
            }
            Rel::Union { inputs } => {
                let mut blocks = Vec::new();
                for input in inputs {
                    blocks.extend(self.rel(input)?);
                }
                bounded(merged(self.space, blocks))
            }
            Rel::Set { kind, all, left, right } => self.set(kind, all, left, right),
            Rel::Limit { input, order, limit, offset } => self.limit(input, &order, limit, offset),
            Rel::Opaque { .. } => Err(Unfit("a part that was not understood")),
        }
    }

    /// A new row with the columns of blocks, and its columns.
    pub(crate) fn outputs_row(&mut self, blocks: &[Block]) -> (Var, Vec<Id>) {
        let width = blocks.first().map_or(0, |block| block.out.len());
        let columns = (0..width).map(|at| {
            let mut types = blocks.iter().map(|block| self.space.type_of(block.out[at]));
            let first = types.next().unwrap_or(Type::Unknown);
            let data_type = if types.all(|it| it == first) { first } else { Type::Unknown };
            let star = blocks.iter().any(|block| self.space.is_star(block.out[at]));
            Column { data_type, star }
        });
        let origin = Origin::Columns(columns.collect());
        let var = self.space.fresh(origin);
        let columns = (0..width).map(|at| self.space.column(var, Field::At(number(at))));
        (var, columns.collect())
    }

    /// A block of one row with all its columns.
    pub(crate) fn row(&mut self, var: Var, kind: Kind) -> Block {
        let width = match self.space.origin(var) {
            Origin::Columns(columns) => columns.len(),
            Origin::Table(_) | Origin::Unknown => 0,
        };
        let out = (0..width).map(|at| self.space.column(var, Field::At(number(at)))).collect();
        Block { atoms: vec![Atom { var, kind }], facts: Vec::new(), out }
    }

    pub(crate) fn distinct(&mut self, blocks: Vec<Block>) -> Vec<Block> {
        if blocks.is_empty() {
            return blocks;
        }
        let atom = self.space.distinct_row(blocks);
        vec![self.row(atom.var, atom.kind)]
    }

    fn values(&mut self, rows: &[Vec<ScalarId>]) -> Fit<Vec<Block>> {
        self.scopes.push(Vec::new());
        let mut blocks = Vec::new();
        for row in rows {
            let out: Fit<Vec<Id>> = row.iter().map(|id| self.scalar(*id)).collect();
            match out {
                Ok(out) => blocks.push(Block { out, ..Block::default() }),
                Err(why) => {
                    self.scopes.pop();
                    return Err(why);
                }
            }
        }
        self.scopes.pop();
        bounded(blocks)
    }

    fn project(&mut self, from: FromId, out: &[Out]) -> Fit<Vec<Block>> {
        let parts = self.from(from)?;
        let windows = out.iter().any(|out| match out {
            Out::Column(id) => self.has_window(*id),
            Out::Star { .. } => false,
        });
        let mut blocks = Vec::new();
        for part in parts {
            let out = self.within(part.scope, |it| {
                let value = |out: &Out| match out {
                    Out::Column(id) => it.scalar(*id),
                    Out::Star { input, except } => it.star(*input, except),
                };
                out.iter().map(value).collect::<Fit<Vec<Id>>>()
            })?;
            blocks.push(Block { out, ..part.block });
        }
        Ok(if windows { self.windowed(blocks) } else { blocks })
    }

    pub(crate) fn within<T>(
        &mut self,
        scope: Scope,
        run: impl FnOnce(&mut Self) -> Fit<T>,
    ) -> Fit<T> {
        self.scopes.push(scope);
        let result = run(self);
        self.scopes.pop();
        result
    }

    fn set(&mut self, kind: SetKind, all: bool, left: RelId, right: RelId) -> Fit<Vec<Block>> {
        let (left, right) = (self.rel(left)?, self.rel(right)?);
        if all {
            let (var, _) = self.outputs_row(&left);
            let (left, right) = (self.space.sum(left), self.space.sum(right));
            return Ok(vec![self.row(var, Kind::Set { kind, left, right })]);
        }
        let mut blocks = Vec::new();
        for left in left {
            let mut matches = Vec::new();
            for right in &right {
                let mut right = crate::swap::renamed(self.space, right);
                let pairs = left.out.iter().zip(&right.out);
                let facts: Vec<Fact> = pairs.map(|(one, two)| Fact::Same(*one, *two)).collect();
                right.facts.extend(facts);
                right.out = Vec::new();
                matches.push(right);
            }
            let some = self.space.some_of(matches);
            let fact = match kind {
                SetKind::Intersect => some,
                SetKind::Except => some.negated(self.space.null),
            };
            let mut left = left;
            left.facts.push(fact);
            blocks.push(left);
        }
        Ok(self.distinct(blocks))
    }

    /// The rows of joined inputs that pass the filter.
    fn from(&mut self, from: FromId) -> Fit<Vec<Part>> {
        let from = self.space.arena.get_from(from).clone();
        let scope = vec![None; from.inputs.len()];
        let start = Part { block: Block::default(), scope };
        let parts = self.tree(&from.tree, start, &from.inputs)?;
        let mut kept = Vec::new();
        for mut part in parts {
            let facts = self.conditions(&part.scope, &from.filter)?;
            part.block.facts.extend(facts);
            if !part.block.facts.contains(&Fact::False) {
                kept.push(part);
            }
        }
        if kept.len() > BLOCKS { Err(Unfit("too many cases")) } else { Ok(kept) }
    }

    pub(crate) fn blocks_of(&mut self, from: FromId) -> Fit<Vec<(Block, Scope)>> {
        Ok(self.from(from)?.into_iter().map(|part| (part.block, part.scope)).collect())
    }

    fn conditions(&mut self, scope: &Scope, conditions: &[ScalarId]) -> Fit<Vec<Fact>> {
        self.within(scope.clone(), |it| {
            let mut facts = Vec::new();
            for condition in conditions {
                let term = it.scalar(*condition)?;
                facts.push(it.space.holds(term));
            }
            Ok(facts)
        })
    }

    fn tree(&mut self, tree: &Tree, part: Part, inputs: &[RelId]) -> Fit<Vec<Part>> {
        match tree {
            Tree::Input(at) => self.input(*at, part, inputs),
            Tree::Inner(trees) => {
                let mut trees: Vec<&Tree> = trees.iter().collect();
                // What looks at others comes after them.
                trees.sort_by_key(|tree| least(tree));
                let mut parts = vec![part];
                for tree in trees {
                    let mut next = Vec::new();
                    for part in parts {
                        next.extend(self.tree(tree, part, inputs)?);
                    }
                    if next.len() > BLOCKS {
                        return Err(Unfit("too many cases"));
                    }
                    parts = next;
                }
                Ok(parts)
            }
            Tree::Where { part: inner, on } => {
                let mut parts = self.tree(inner, part, inputs)?;
                for part in &mut parts {
                    let facts = self.conditions(&part.scope, on)?;
                    part.block.facts.extend(facts);
                }
                Ok(parts)
            }
            Tree::Left { left, right, on } => {
                let mut found = Vec::new();
                for part in self.tree(left, part, inputs)? {
                    self.matched(&part, right, on, inputs, &mut found)?;
                }
                Ok(found)
            }
            Tree::Full { left, right, on } => {
                let mut found = Vec::new();
                for one in self.tree(left, part.clone(), inputs)? {
                    self.matched(&one, right, on, inputs, &mut found)?;
                }
                // Rows of the right side without a match.
                let mut others = Vec::new();
                for two in self.tree(right, part, inputs)? {
                    self.matched(&two, left, on, inputs, &mut others)?;
                }
                let lone = |it: &Part| {
                    leaves(left)
                        .iter()
                        .all(|at| matches!(it.scope[*at as usize], Some(Binding::Nothing(_))))
                };
                found.extend(others.into_iter().filter(lone));
                Ok(found)
            }
        }
    }

    /// A row with its matches, and the row without.
    fn matched(
        &mut self,
        part: &Part,
        other: &Tree,
        on: &[ScalarId],
        inputs: &[RelId],
        found: &mut Vec<Part>,
    ) -> Fit<()> {
        let start = Part { block: Block::default(), scope: part.scope.clone() };
        let mut without = Vec::new();
        for mut right in self.tree(other, start, inputs)? {
            let facts = self.conditions(&right.scope, on)?;
            right.block.facts.extend(facts);
            without.push(right.block.clone());
            let mut joined = part.clone();
            joined.block.atoms.extend(right.block.atoms);
            joined.block.facts.extend(right.block.facts);
            joined.scope = right.scope;
            found.push(joined);
        }
        let without: Vec<Block> =
            without.iter().map(|block| crate::swap::renamed(self.space, block)).collect();
        let some = self.space.some_of(without);
        let none = some.negated(self.space.null);
        if none != Fact::False {
            let mut alone = part.clone();
            alone.block.facts.push(none);
            for at in leaves(other) {
                let table = match self.space.arena.get_rel(inputs[at as usize]) {
                    Rel::Scan { table } => Some(*table),
                    _ => None,
                };
                alone.scope[at as usize] = Some(Binding::Nothing(table));
            }
            found.push(alone);
        }
        if found.len() > BLOCKS { Err(Unfit("too many cases")) } else { Ok(()) }
    }

    fn input(&mut self, at: u32, part: Part, inputs: &[RelId]) -> Fit<Vec<Part>> {
        let rel = inputs[at as usize];
        let node = self.space.arena.get_rel(rel).clone();
        let bind = |mut part: Part, atoms: Vec<Atom>, facts: Vec<Fact>, binding: Binding| {
            part.block.atoms.extend(atoms);
            part.block.facts.extend(facts);
            part.scope[at as usize] = Some(binding);
            part
        };
        match node {
            Rel::Scan { table } => {
                let var = self.space.fresh(Origin::Table(table));
                let atom = Atom { var, kind: Kind::Scan(table) };
                Ok(vec![bind(part, vec![atom], Vec::new(), Binding::Row(var))])
            }
            Rel::Call { function, args } => {
                let args = self.within(part.scope.clone(), |it| {
                    it.scopes.push(Vec::new());
                    let args = args.iter().map(|id| it.scalar(*id)).collect::<Fit<Vec<Id>>>();
                    it.scopes.pop();
                    args
                })?;
                let var = self.space.fresh(Origin::Unknown);
                let atom = Atom { var, kind: Kind::Call { function, args } };
                Ok(vec![bind(part, vec![atom], Vec::new(), Binding::Row(var))])
            }
            Rel::Opaque { why, key, inputs: below } => {
                let sums = self.within(part.scope.clone(), |it| {
                    let mut sums = Vec::new();
                    for input in below {
                        let blocks = it.open(input)?;
                        sums.push(it.space.sum(blocks));
                    }
                    Ok(sums)
                })?;
                let var = self.space.fresh(Origin::Unknown);
                let atom = Atom { var, kind: Kind::Opaque { why, key, inputs: sums } };
                Ok(vec![bind(part, vec![atom], Vec::new(), Binding::Row(var))])
            }
            _ => {
                let blocks = self.within(part.scope.clone(), |it| it.rel(rel))?;
                let blocks: Vec<Block> = blocks.into_iter().map(|it| self.counted(it)).collect();
                let bound = blocks.into_iter().map(|block| {
                    let binding = Binding::Outputs(block.out);
                    bind(part.clone(), block.atoms, block.facts, binding)
                });
                Ok(bound.collect())
            }
        }
    }

    /// A relation whose columns nobody lists is all its columns.
    pub(crate) fn open(&mut self, rel: RelId) -> Fit<Vec<Block>> {
        if let Rel::Scan { table } = *self.space.arena.get_rel(rel) {
            let var = self.space.fresh(Origin::Table(table));
            let out = vec![self.space.term(Term::Row(var))];
            let atom = Atom { var, kind: Kind::Scan(table) };
            return Ok(vec![Block { atoms: vec![atom], facts: Vec::new(), out }]);
        }
        self.rel(rel)
    }

    /// The value of a column of an input.
    pub(crate) fn column(&mut self, depth: u32, input: u32, field: Field) -> Fit<Id> {
        let scope = self.scopes.len().checked_sub(1 + depth as usize);
        let binding = scope.and_then(|at| self.scopes[at].get(input as usize)).cloned();
        match (binding.flatten(), field) {
            (Some(Binding::Row(var)), field) => Ok(self.space.column(var, field)),
            (Some(Binding::Outputs(out)), Field::At(at)) => {
                out.get(at as usize).copied().ok_or(Unfit("a column that is not there"))
            }
            (Some(Binding::Nothing(_)), _) => Ok(self.space.null),
            (Some(Binding::Outputs(out)), Field::Named(name)) => {
                let star = self.one_star(&out)?;
                self.space.field_of_star(star, name).ok_or(Unfit("a column that is not there"))
            }
            (None, _) => Err(Unfit("an input that is not there yet")),
        }
    }
}

fn bounded(blocks: Vec<Block>) -> Fit<Vec<Block>> {
    if blocks.len() > BLOCKS { Err(Unfit("too many cases")) } else { Ok(blocks) }
}

fn leaves(tree: &Tree) -> Vec<u32> {
    match tree {
        Tree::Input(at) => vec![*at],
        Tree::Inner(parts) => parts.iter().flat_map(leaves).collect(),
        Tree::Left { left, right, .. } | Tree::Full { left, right, .. } => {
            let mut all = leaves(left);
            all.extend(leaves(right));
            all
        }
        Tree::Where { part, .. } => leaves(part),
    }
}

fn least(tree: &Tree) -> u32 {
    leaves(tree).into_iter().min().unwrap_or(0)
}
