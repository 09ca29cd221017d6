//! Random plans that are well typed, from bytes: no bytes left means the simplest choice.

use plumb_eval::Value;
use plumb_ir::{
    Arena, Field, From, FromId, Literal, Out, Rel, RelId, Scalar, ScalarId, SetKind, SortKey,
    Symbol, Tree,
};

use super::tables::{KEYS, Kind, NOT_NULL, TABLES};

use Kind::{Bool, Int, Text};

/// A column that may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) field: Field,
    pub(crate) kind: Kind,
}

/// The columns of a relation.
pub(crate) type Columns = Vec<Column>;

/// Inputs of a `FROM` that may be looked at now; an input that may not be is `None`.
pub(crate) type Scope = Vec<Option<Columns>>;

pub(crate) struct Grow<'a> {
    pub(crate) arena: Arena,
    bytes: std::slice::Iter<'a, u8>,
    pub(crate) scopes: Vec<Scope>,
}

impl<'a> Grow<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        let mut arena = Arena::new();
        for (_, columns) in TABLES {
            for (name, _) in columns {
                arena.symbol(name);
            }
        }
        arena.symbol("value");
        Self { arena, bytes: bytes.iter(), scopes: Vec::new() }
    }

    pub(crate) fn pick(&mut self, below: usize) -> usize {
        self.bytes.next().map_or(0, |byte| usize::from(*byte) % below.max(1))
    }

    pub(crate) fn one_in(&mut self, times: usize) -> bool {
        self.pick(times) == times - 1
    }

    pub(crate) fn kind(&mut self) -> Kind {
        [Int, Text, Bool, Int][self.pick(4)]
    }

    /// Rows of a table, of which the facts hold.
    pub(crate) fn rows(&mut self, table: &str, columns: &[(&str, Kind)]) -> Vec<Vec<Value>> {
        let at = |name: &str| columns.iter().position(|(other, _)| *other == name);
        let never: Vec<usize> = NOT_NULL
            .iter()
            .filter(|(of, _)| *of == table)
            .filter_map(|(_, name)| at(name))
            .collect();
        let keys: Vec<Vec<usize>> = KEYS
            .iter()
            .filter(|(of, _)| *of == table)
            .map(|(_, names)| names.iter().filter_map(|name| at(name)).collect())
            .collect();
        let mut rows: Vec<Vec<Value>> = Vec::new();
        for _ in 0..self.pick(5) {
            let row: Vec<Value> = columns.iter().map(|(_, kind)| self.value(*kind)).collect();
            let full = |columns: &[usize]| columns.iter().all(|at| row[*at] != Value::Null);
            let known = |key: &Vec<usize>| {
                full(key) && rows.iter().any(|other| key.iter().all(|at| other[*at] == row[*at]))
            };
            if full(&never) && !keys.iter().any(known) {
                rows.push(row);
            }
        }
        rows
    }

    pub(crate) fn value(&mut self, kind: Kind) -> Value {
        match (self.pick(4), kind) {
            (0, _) => Value::Null,
            (at, Int) => Value::whole(i64::try_from(at).unwrap_or(0) - 1),
            (at, Text) => Value::text(["a", "A", "ab "][at - 1]),
            (at, Bool) => Value::Bool(at % 2 == 1),
        }
    }

    /// A plan for a dataset.
    pub(crate) fn dataset(&mut self) -> RelId {
        let depth = 1 + self.pick(4);
        self.rel(depth).0
    }

    fn scan(&mut self) -> (RelId, Columns) {
        let (name, columns) = TABLES[self.pick(4)];
        self.table(name, columns)
    }

    fn table(&mut self, name: &str, columns: &[(&str, Kind)]) -> (RelId, Columns) {
        let table = self.arena.symbol(name);
        let rel = self.arena.rel(Rel::Scan { table });
        let named = |(name, kind): &(&str, Kind)| Column {
            field: Field::Named(self.arena.symbol(name)),
            kind: *kind,
        };
        let columns = columns.iter().map(named).collect();
        (rel, columns)
    }

    /// An input of a `FROM`.
    fn input(&mut self, depth: usize) -> (RelId, Columns) {
        if depth == 0 || self.pick(3) == 0 { self.scan() } else { self.rel(depth) }
    }

    pub(crate) fn rel(&mut self, depth: usize) -> (RelId, Columns) {
        let below = depth - 1;
        match self.pick(14) {
            0..=4 => self.project(below, None),
            5 | 6 => self.aggregate(below),
            7 => {
                let (input, columns) = self.maybe(below, None);
                (self.arena.rel(Rel::Distinct { input }), columns)
            }
            8 | 9 => self.union(below),
            10 => {
                let kinds: Vec<Kind> = (0..=self.pick(2)).map(|_| self.kind()).collect();
                let (left, columns) = self.project(below, Some(&kinds));
                let (right, _) = self.project(below, Some(&kinds));
                let kind = if self.one_in(2) { SetKind::Except } else { SetKind::Intersect };
                let all = self.one_in(2);
                (self.arena.rel(Rel::Set { kind, all, left, right }), columns)
            }
            11 => self.limit(below),
            12 => self.values(),
            _ => self.stars(below),
        }
    }

    /// Some relation with columns of these kinds, addressed by position.
    fn maybe(&mut self, depth: usize, kinds: Option<&[Kind]>) -> (RelId, Columns) {
        match (depth, kinds) {
            (0, _) | (_, Some(_)) => self.project(depth, kinds),
            (_, None) => self.rel(depth),
        }
    }

    fn values(&mut self) -> (RelId, Columns) {
        let kinds: Vec<Kind> = (0..=self.pick(2)).map(|_| self.kind()).collect();
        let rows = (0..self.pick(4))
            .map(|_| kinds.iter().map(|kind| self.constant(*kind)).collect())
            .collect();
        let width = u32::try_from(kinds.len()).unwrap_or(0);
        (self.arena.rel(Rel::Values { width, rows }), at(&kinds))
    }

    fn limit(&mut self, depth: usize) -> (RelId, Columns) {
        let (input, columns) = self.maybe(depth, None);
        self.scopes.push(vec![Some(columns.clone())]);
        let mut order = Vec::new();
        if self.one_in(2) {
            order.push(self.key(0, 0));
        }
        order.extend(self.total());
        self.scopes.pop();
        let number = |grow: &mut Self| {
            let value = i128::try_from(grow.pick(4)).unwrap_or(0);
            grow.arena.literal(Literal::Integer(value))
        };
        let limit = Some(number(self));
        let offset = self.one_in(3).then(|| number(self));
        (self.arena.rel(Rel::Limit { input, order, limit, offset }), columns)
    }

    pub(crate) fn key(&mut self, depth: usize, windows: usize) -> SortKey {
        let kind = self.kind();
        let value = self.scalar(kind, depth, windows);
        SortKey { value, descending: self.one_in(2), nulls_first: self.one_in(2) }
    }

    /// Sort keys that leave no ties but of rows that look alike.
    pub(crate) fn total(&mut self) -> Vec<SortKey> {
        let mut keys = Vec::new();
        for (input, columns) in (0..).zip(self.scopes.last().cloned().unwrap_or_default()) {
            for column in columns.unwrap_or_default() {
                let value = self.arena.column(input, column.field);
                keys.push(SortKey { value, descending: false, nulls_first: false });
            }
        }
        keys
    }

    pub(crate) fn project(&mut self, depth: usize, kinds: Option<&[Kind]>) -> (RelId, Columns) {
        let from = self.from(depth);
        let kinds = match kinds {
            Some(kinds) => kinds.to_vec(),
            None => (0..=self.pick(3)).map(|_| self.kind()).collect(),
        };
        let windows = usize::from(self.one_in(3));
        let out = kinds
            .iter()
            .map(|kind| Out::Column(self.scalar(*kind, 2.min(depth + 1), windows)))
            .collect();
        self.scopes.pop();
        (self.arena.rel(Rel::Project { from, out }), at(&kinds))
    }

    /// A projection that passes columns on by name.
    fn stars(&mut self, depth: usize) -> (RelId, Columns) {
        let from = self.from(depth);
        let scope = self.scopes.last().cloned().unwrap_or_default();
        let mut out = Vec::new();
        let mut columns: Columns = Vec::new();
        for (input, passed) in (0..).zip(scope) {
            let mut passed: Columns = passed.unwrap_or_default();
            passed.retain(|column| matches!(column.field, Field::Named(_)));
            if self.one_in(3) {
                continue;
            }
            let mut except: Vec<Symbol> = Vec::new();
            passed.retain(|column| {
                // A name that two stars pass on is not a name any more.
                let twice = columns.iter().any(|other| other.field == column.field);
                if let (Field::Named(name), true) = (column.field, self.one_in(4) || twice) {
                    except.push(name);
                    return false;
                }
                true
            });
            except.sort_by(|one, two| self.arena.name(*one).cmp(self.arena.name(*two)));
            columns.extend(passed);
            out.push(Out::Star { input, except });
        }
        if self.one_in(2) {
            let kind = self.kind();
            let position = u32::try_from(out.len()).unwrap_or(0);
            let windows = self.pick(2);
            out.push(Out::Column(self.scalar(kind, 1, windows)));
            columns.push(Column { field: Field::At(position), kind });
        }
        self.scopes.pop();
        (self.arena.rel(Rel::Project { from, out }), columns)
    }

    fn union(&mut self, depth: usize) -> (RelId, Columns) {
        if self.one_in(3) {
            // Stars over tables of one shape.
            let mut arms = Vec::new();
            let mut columns = None;
            let two = self.one_in(3);
            for _ in 0..2 + self.pick(2) {
                let (name, named) = TABLES[if two { 0 } else { [0, 3][self.pick(2)] }];
                let (scan, mut passed) = self.table(name, named);
                let around = self.scopes.len();
                // Two more projections will stand around it.
                self.scopes.extend(vec![Vec::new(); if two { 2 } else { 0 }]);
                self.scopes.push(vec![Some(passed.clone())]);
                let filter = if self.one_in(2) { vec![self.condition(1)] } else { Vec::new() };
                self.scopes.truncate(around);
                let from = From { inputs: vec![scan], tree: Tree::Input(0), filter };
                let mut arm = self.passed(from, &[0]);
                if two {
                    let (other, more) = self.table("v", TABLES[2].1);
                    passed.extend(more);
                    let first = self.one_in(2);
                    let inputs = if first { vec![arm, other] } else { vec![other, arm] };
                    let tree = Tree::Inner(vec![Tree::Input(0), Tree::Input(1)]);
                    let from = From { inputs, tree, filter: Vec::new() };
                    let inner = self.passed(from, if first { &[0, 1] } else { &[1, 0] });
                    let from =
                        From { inputs: vec![inner], tree: Tree::Input(0), filter: Vec::new() };
                    arm = self.passed(from, &[0]);
                }
                arms.push(arm);
                columns.get_or_insert(passed);
            }
            return (self.arena.rel(Rel::Union { inputs: arms }), columns.unwrap_or_default());
        }
        let kinds: Vec<Kind> = (0..=self.pick(3)).map(|_| self.kind()).collect();
        let mut inputs = Vec::new();
        for _ in 0..=self.pick(3) {
            let mut arm = self.project(depth, Some(&kinds)).0;
            if self.one_in(4) {
                arm = self.arena.rel(Rel::Distinct { input: arm });
            } else if self.one_in(6) {
                arm = self.arena.rel(Rel::Union { inputs: vec![arm, arm] });
            }
            inputs.push(arm);
        }
        (self.arena.rel(Rel::Union { inputs }), at(&kinds))
    }

    /// All columns of some inputs, one input after the other.
    fn passed(&mut self, from: From, stars: &[u32]) -> RelId {
        let from = self.arena.from(from);
        let out =
            stars.iter().map(|input| Out::Star { input: *input, except: Vec::new() }).collect();
        self.arena.rel(Rel::Project { from, out })
    }

    fn aggregate(&mut self, depth: usize) -> (RelId, Columns) {
        let from = self.from(depth);
        let scalar = self.one_in(4);
        let key_kinds: Vec<Kind> =
            if scalar { Vec::new() } else { (0..=self.pick(2)).map(|_| self.kind()).collect() };
        let keys = key_kinds.iter().map(|kind| self.scalar(*kind, 1, 0)).collect();
        let (mut calls, mut kinds) = (Vec::new(), key_kinds);
        for _ in 0..self.pick(3) {
            let (call, kind) = self.measure();
            calls.push(call);
            kinds.push(kind);
        }
        self.scopes.pop();
        (self.arena.rel(Rel::Aggregate { from, keys, calls, scalar }), at(&kinds))
    }

    pub(crate) fn measure(&mut self) -> (ScalarId, Kind) {
        let (name, kind, argument) = match self.pick(6) {
            0 => ("count", Int, None),
            1 => ("count", Int, Some(self.kind())),
            2 | 3 => ("sum", Int, Some(Int)),
            4 => ("min", Text, Some(Text)),
            _ => ("max", Int, Some(Int)),
        };
        let args = argument.map(|kind| self.scalar(kind, 1, 0)).into_iter().collect();
        let function = self.arena.symbol(name);
        let distinct = argument.is_some() && self.one_in(3);
        let filter = self.one_in(4).then(|| self.condition(1));
        let call = Scalar::Aggregate { function, args, distinct, filter, order: Vec::new() };
        (self.arena.scalar(call), kind)
    }

    /// A `FROM`; its scope stays open for what stands on it.
    pub(crate) fn from(&mut self, depth: usize) -> FromId {
        let count = [1, 1, 2, 2, 3, 0][self.pick(if depth == 0 { 3 } else { 6 })];
        let shape = self.pick(8);
        self.scopes.push(Vec::new());
        let mut inputs = Vec::new();
        let mut scope: Scope = Vec::new();
        for at in 0..count {
            let lateral = shape < 4 && at > 0 && self.one_in(3);
            let top = self.scopes.len() - 1;
            self.scopes[top] = if lateral { scope.clone() } else { vec![None; at] };
            let (rel, columns) =
                if lateral && self.one_in(2) { self.series() } else { self.input(depth) };
            inputs.push(rel);
            scope.push(Some(columns));
        }
        let top = self.scopes.len() - 1;
        self.scopes[top].clone_from(&scope);
        let tree = self.tree(shape, count);
        let filter = (0..self.pick(3)).map(|_| self.condition(2.min(depth + 1))).collect();
        self.arena.from(From { inputs, tree, filter })
    }

    /// A table function over a sibling.
    fn series(&mut self) -> (RelId, Columns) {
        self.scopes.push(Vec::new());
        let most = self.scalar(Int, 0, 0);
        let first = self.arena.literal(Literal::Integer(1));
        self.scopes.pop();
        let function = self.arena.symbol("generate-series");
        let field = Field::Named(self.arena.symbol("value"));
        (
            self.arena.rel(Rel::Call { function, args: vec![first, most] }),
            vec![Column { field, kind: Int }],
        )
    }

    fn tree(&mut self, shape: usize, count: usize) -> Tree {
        let leaves: Vec<Tree> = (0..u32::try_from(count).unwrap_or(0)).map(Tree::Input).collect();
        match (shape, leaves.as_slice()) {
            (_, [one]) if self.one_in(6) => self.kept(one.clone()),
            (_, [one]) => one.clone(),
            (2 | 3 | 6, [one, two]) => self.outer(one.clone(), two.clone(), Tree::left),
            (2, [one, two, three]) => {
                let first = self.outer(one.clone(), two.clone(), Tree::left);
                self.outer(first, three.clone(), Tree::left)
            }
            (3, [one, two, three]) => {
                let first = self.outer(one.clone(), two.clone(), Tree::left);
                Tree::Inner(vec![first, three.clone()])
            }
            (4, [one, rest @ ..]) if !rest.is_empty() => {
                let right = Tree::Inner(rest.to_vec());
                let right = if self.one_in(2) { self.kept(right) } else { right };
                self.outer(one.clone(), right, Tree::left)
            }
            (5 | 7, [one, two]) => {
                let (one, two) = (self.kept(one.clone()), self.kept(two.clone()));
                self.outer(one, two, Tree::full)
            }
            (5, [one, two, three]) => {
                let first = self.outer(one.clone(), two.clone(), Tree::full);
                let first = self.kept(first);
                self.outer(three.clone(), first, Tree::left)
            }
            (6, [one, two, three]) => {
                let first = self.outer(one.clone(), two.clone(), Tree::left);
                let first = self.kept(first);
                self.outer(first, three.clone(), Tree::full)
            }
            (_, leaves) => Tree::Inner(leaves.to_vec()),
        }
    }

    /// A part of a join, at times with a condition on it alone.
    fn kept(&mut self, part: Tree) -> Tree {
        if self.one_in(2) {
            return part;
        }
        let on = self.among(&part.inputs());
        Tree::Where { part: Box::new(part), on }
    }

    fn outer(
        &mut self,
        left: Tree,
        right: Tree,
        join: fn(Tree, Tree, Vec<ScalarId>) -> Tree,
    ) -> Tree {
        let mut inputs = left.inputs();
        inputs.extend(right.inputs());
        let on = self.among(&inputs);
        join(left, right, on)
    }

    /// Conditions that look at these inputs only.
    fn among(&mut self, inputs: &[u32]) -> Vec<ScalarId> {
        let top = self.scopes.len() - 1;
        let scope = self.scopes[top].clone();
        for (at, columns) in (0..).zip(&mut self.scopes[top]) {
            if !inputs.contains(&at) {
                *columns = None;
            }
        }
        let on = (0..self.pick(3)).map(|_| self.condition(1)).collect();
        self.scopes[top] = scope;
        on
    }
}

/// Columns addressed by position.
fn at(kinds: &[Kind]) -> Columns {
    (0..)
        .zip(kinds)
        .map(|(position, kind)| Column { field: Field::At(position), kind: *kind })
        .collect()
}

/// Short ways to write outer joins.
trait Outer {
    fn left(left: Tree, right: Tree, on: Vec<ScalarId>) -> Tree;
    fn full(left: Tree, right: Tree, on: Vec<ScalarId>) -> Tree;
}

impl Outer for Tree {
    fn left(left: Self, right: Self, on: Vec<ScalarId>) -> Self {
        Self::Left { left: Box::new(left), right: Box::new(right), on }
    }

    fn full(left: Self, right: Self, on: Vec<ScalarId>) -> Self {
        Self::Full { left: Box::new(left), right: Box::new(right), on }
    }
}
