//! Random scalars that are well typed.

use plumb_eval::Value;
use plumb_ir::{Bound, Field, Frame, FrameUnit, Literal, Rel, Scalar, ScalarId, Symbol};

use super::{
    grow::{Columns, Grow},
    tables::{
        Kind::{self, Bool, Int, Text},
        TABLES,
    },
};

impl Grow<'_> {
    pub(crate) fn constant(&mut self, kind: Kind) -> ScalarId {
        let literal = match self.value(kind) {
            Value::Bool(value) => Literal::Bool(value),
            Value::Number(value) => {
                value.as_whole().map_or(Literal::Null, |value| Literal::Integer(i128::from(value)))
            }
            Value::Text(value) => Literal::Text(value.to_string()),
            _ => Literal::Null,
        };
        self.arena.literal(literal)
    }

    /// The columns in sight, with their scope and input.
    pub(crate) fn column(&mut self, kind: Kind) -> ScalarId {
        let outer = if self.one_in(4) { self.pick(3) } else { 0 };
        let depth = outer.min(self.scopes.len().saturating_sub(1));
        let mut found = Vec::new();
        // An input that looks at nothing of its own looks at what is around it.
        for depth in (depth..self.scopes.len()).chain(0..depth) {
            let scope = &self.scopes[self.scopes.len() - 1 - depth];
            for (input, columns) in (0..).zip(scope) {
                for column in columns.iter().flatten().filter(|column| column.kind == kind) {
                    found.push((depth, input, column.field));
                }
            }
            if !found.is_empty() {
                break;
            }
        }
        if found.is_empty() {
            return self.constant(kind);
        }
        let (depth, input, field) = found[self.pick(found.len())];
        let depth = u32::try_from(depth).unwrap_or(0);
        if let (Field::Named(name), true) = (field, self.one_in(4)) {
            return self.either(depth, input, name);
        }
        self.arena.scalar(Scalar::Column { depth, input, field })
    }

    /// A column as one of several inputs that may have it, of which one does.
    pub(crate) fn either(&mut self, depth: u32, input: u32, name: Symbol) -> ScalarId {
        let scope = &self.scopes[self.scopes.len() - 1 - depth as usize];
        let mut inputs = vec![input];
        for (other, columns) in (0..).zip(scope) {
            let Some(columns) = columns else { continue };
            // Only a table is sure not to pass the name on where the columns do not list it.
            let whole = columns.len() > 1
                && columns.iter().all(|column| matches!(column.field, Field::Named(_)));
            if whole
                && columns.iter().all(|column| column.field != Field::Named(name))
                && self.sure(other, depth, columns)
            {
                inputs.push(other);
            }
        }
        inputs.sort_unstable();
        inputs.dedup();
        if inputs.len() == 1 {
            return self.arena.scalar(Scalar::Column { depth, input, field: Field::Named(name) });
        }
        self.arena.scalar(Scalar::Either { depth, inputs, name })
    }

    /// Whether these are all columns of some table, so that nothing is hidden.
    pub(crate) fn sure(&self, _input: u32, _depth: u32, columns: &Columns) -> bool {
        TABLES.iter().any(|(_, table)| {
            table.len() == columns.len()
                && table.iter().zip(columns).all(|((name, _), column)| {
                    self.arena.find_symbol(name).map(Field::Named) == Some(column.field)
                })
        })
    }

    pub(crate) fn scalar(&mut self, kind: Kind, depth: usize, windows: usize) -> ScalarId {
        if windows > 0 && kind == Int && self.one_in(2) {
            return self.window();
        }
        if depth == 0 {
            return if self.one_in(4) { self.constant(kind) } else { self.column(kind) };
        }
        let below = depth - 1;
        match (kind, self.pick(12)) {
            (_, 0..=3) => self.column(kind),
            (_, 4) => self.constant(kind),
            (_, 5) => {
                let branches = (0..=self.pick(2))
                    .map(|_| (self.condition(below), self.scalar(kind, below, windows)))
                    .collect();
                let otherwise = self.one_in(2).then(|| self.scalar(kind, below, windows));
                self.arena.scalar(Scalar::Case { branches, otherwise })
            }
            (_, 6) => {
                let args = (0..=self.pick(3)).map(|_| self.scalar(kind, below, windows)).collect();
                self.arena.call("coalesce", args)
            }
            (Int, 7 | 8) => {
                let name = ["add", "sub", "mul"][self.pick(3)];
                let args = vec![self.scalar(Int, below, windows), self.scalar(Int, below, windows)];
                self.arena.call(name, args)
            }
            (Int, 9) => {
                let args = vec![self.scalar(Int, below, windows)];
                self.arena.call("neg", args)
            }
            (Int, _) => self.subquery(),
            (Text, 7 | 8) => {
                let args =
                    vec![self.scalar(Text, below, windows), self.scalar(Text, below, windows)];
                self.arena.call("concat", args)
            }
            (Text, 9) => {
                let value = self.scalar(Int, below, windows);
                self.arena.scalar(Scalar::Cast { value, to: plumb_ir::Type::Text, safe: false })
            }
            (Text, _) => {
                let mut args = vec![self.scalar(Text, below, windows)];
                let name = match self.pick(16) {
                    0..=5 => "lower",
                    6..=8 => "upper",
                    9 | 10 => "left",
                    11 => ["trim", "ltrim", "rtrim"][self.pick(3)],
                    _ => "substring",
                };
                if name == "substring" {
                    args.push(self.number());
                }
                if name == "left" || name == "substring" && self.one_in(2) {
                    args.push(self.number());
                }
                self.arena.call(name, args)
            }
            (Bool, _) => self.condition(depth),
        }
    }

    /// A small number that is at least one.
    fn number(&mut self) -> ScalarId {
        let number = i128::try_from(1 + self.pick(3)).unwrap_or_default();
        self.arena.literal(Literal::Integer(number))
    }

    /// A scalar subquery that always has one row.
    pub(crate) fn subquery(&mut self) -> ScalarId {
        let from = self.from(0);
        let (call, kind) = self.measure();
        let call = if kind == Int {
            call
        } else {
            let function = self.arena.symbol("count");
            let count = Scalar::Aggregate {
                function,
                args: Vec::new(),
                distinct: false,
                filter: None,
                order: Vec::new(),
            };
            self.arena.scalar(count)
        };
        self.scopes.pop();
        let rel = self.arena.rel(Rel::Aggregate {
            from,
            keys: Vec::new(),
            calls: vec![call],
            scalar: true,
        });
        self.arena.scalar(Scalar::Subquery(rel))
    }

    pub(crate) fn window(&mut self) -> ScalarId {
        let name = ["row-number", "count", "sum"][self.pick(3)];
        let kind = self.kind();
        let partition = if self.one_in(2) { vec![self.scalar(kind, 1, 0)] } else { Vec::new() };
        let args = if name == "sum" { vec![self.scalar(Int, 0, 0)] } else { Vec::new() };
        let mut order = Vec::new();
        if name == "row-number" {
            order.extend(self.one_in(2).then(|| self.key(1, 0)));
            order.extend(self.total());
        }
        // Where a function looks at a frame, it is always written out.
        let whole = Frame { unit: FrameUnit::Rows, start: Bound::First, end: Bound::Last };
        let frame = (name != "row-number").then_some(whole);
        let function = self.arena.symbol(name);
        self.arena.scalar(Scalar::Window {
            function,
            args,
            distinct: false,
            ignore_nulls: false,
            partition,
            order,
            frame,
        })
    }

    /// A truth value.
    pub(crate) fn condition(&mut self, depth: usize) -> ScalarId {
        let below = depth.saturating_sub(1);
        let kind = self.kind();
        let choice = self.pick(if depth == 0 { 8 } else { 16 });
        match choice {
            0..=2 => {
                let name = ["eq", "eq", "lt", "le", "ne"][self.pick(5)];
                let args = vec![self.scalar(kind, below, 0), self.scalar(kind, below, 0)];
                self.arena.call(name, args)
            }
            3 => self.column(Bool),
            4 => {
                let name = ["is-null", "is-distinct", "is-not-distinct"][self.pick(3)];
                let count = if name == "is-null" { 1 } else { 2 };
                let args = (0..count).map(|_| self.scalar(kind, below, 0)).collect();
                self.arena.call(name, args)
            }
            5 => {
                let mut args = vec![self.scalar(kind, below, 0)];
                args.extend((0..=self.pick(3)).map(|_| self.constant(kind)));
                self.arena.call("in-list", args)
            }
            6 => {
                let args = (0..3).map(|_| self.scalar(Int, below, 0)).collect();
                self.arena.call("between", args)
            }
            7 if self.one_in(2) => self.constant(Bool),
            7 => {
                let text = self.scalar(Text, below, 0);
                let pattern = ["a", "a%", "%", "A%%", "_b%"][self.pick(5)];
                let (name, pattern) =
                    if self.one_in(4) { ("starts-with", "a") } else { ("like", pattern) };
                let pattern = self.arena.literal(Literal::Text(pattern.to_owned()));
                self.arena.call(name, vec![text, pattern])
            }
            8 | 9 => {
                let name = ["and", "or"][self.pick(2)];
                let args = (0..2 + self.pick(2)).map(|_| self.condition(below)).collect();
                self.arena.call(name, args)
            }
            10 | 11 => {
                let args = vec![self.condition(below)];
                let name = if self.one_in(4) { "is-true" } else { "not" };
                self.arena.call(name, args)
            }
            12 => {
                let column = self.scalar(kind, 0, 0);
                let args = (0..=self.pick(3))
                    .map(|_| {
                        let constant = self.constant(kind);
                        self.arena.call("eq", vec![column, constant])
                    })
                    .collect();
                self.arena.call("or", args)
            }
            13 => {
                let values = vec![self.scalar(kind, 0, 0)];
                let rel = self.project(0, Some(&[kind])).0;
                self.arena.scalar(Scalar::In { values, rel })
            }
            _ => {
                let rel = self.rel(1).0;
                self.arena.scalar(Scalar::Exists(rel))
            }
        }
    }
}
