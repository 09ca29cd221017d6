//! What the use of a value tells of its type.

use plumb_ir::{FunctionKind, Scalar, ScalarId, Type, function};

use super::{
    domain::{Domain, Ground},
    shape::{ClassId, Walk},
};
use crate::value::Value;

impl Walk<'_> {
    /// The class of a scalar in the innermost scope.
    pub(super) fn scalar(&mut self, id: ScalarId) -> ClassId {
        if !self.step() {
            return self.fresh();
        }
        let arena = self.arena;
        match arena.get_scalar(id) {
            Scalar::Column { depth, input, field } => self.column(*depth, *input, *field),
            Scalar::Either { depth, inputs, name } => self.either(*depth, inputs, *name),
            Scalar::Literal(_) => self.constant(id),
            Scalar::Call { function, args } => self.call(arena.name(*function), args),
            Scalar::Case { branches, otherwise } => {
                let mut results = Vec::new();
                for (when, then) in branches {
                    let when = self.scalar(*when);
                    self.be(when, Domain::Bool, Ground::Use);
                    results.push(self.scalar(*then));
                }
                results.extend(otherwise.map(|value| self.scalar(value)));
                self.all_same(&results)
            }
            Scalar::Cast { value, to, .. } => self.cast(*value, to),
            Scalar::Aggregate { function, args, filter, order, .. } => {
                if let Some(filter) = filter {
                    let filter = self.scalar(*filter);
                    self.be(filter, Domain::Bool, Ground::Use);
                }
                for key in order {
                    self.scalar(key.value);
                }
                self.measure(arena.name(*function), args)
            }
            Scalar::Window { function, args, partition, order, .. } => {
                for key in partition.iter().copied().chain(order.iter().map(|key| key.value)) {
                    self.scalar(key);
                }
                self.measure(arena.name(*function), args)
            }
            Scalar::Exists(rel) => {
                self.rel(*rel);
                self.typed(Domain::Bool)
            }
            Scalar::In { values, rel } => {
                self.rel(*rel);
                for (at, value) in (0..).zip(values) {
                    let (value, field) =
                        (self.scalar(*value), self.field(*rel, plumb_ir::Field::At(at)));
                    self.same(value, field);
                }
                self.typed(Domain::Bool)
            }
            Scalar::Subquery(rel) => {
                self.rel(*rel);
                self.field(*rel, plumb_ir::Field::At(0))
            }
            Scalar::Lambda { body, .. } => {
                self.scalar(*body);
                self.fresh()
            }
            Scalar::Param(_) | Scalar::Hole { .. } => self.fresh(),
        }
    }

    fn cast(&mut self, value: ScalarId, to: &Type) -> ClassId {
        let class = self.scalar(value);
        let Some(domain) = Domain::of(to) else { return self.fresh() };
        // What has no other type may well be what it is converted to.
        let (known, ground) = (self.class(class).domain, self.class(class).ground);
        if ground == Ground::Nothing || known == domain {
            self.be(class, domain, Ground::Constant);
            return class;
        }
        self.typed(domain)
    }

    fn measure(&mut self, name: &str, args: &[ScalarId]) -> ClassId {
        let classes: Vec<ClassId> = args.iter().map(|arg| self.scalar(*arg)).collect();
        match (name, classes.as_slice()) {
            ("sum" | "avg", [one]) => {
                self.number(*one);
                self.typed(Domain::Number)
            }
            ("bool-and" | "bool-or" | "count-if", [one, ..]) => {
                self.be(*one, Domain::Bool, Ground::Use);
                self.fresh()
            }
            (
                "min" | "max" | "any-value" | "only-value" | "first" | "last" | "first-value"
                | "last-value" | "lag" | "lead",
                [one, ..],
            ) => *one,
            _ => self.typed(Domain::Number),
        }
    }

    fn number(&mut self, class: ClassId) {
        let known = self.class(class).domain;
        if !matches!(known, Domain::Whole | Domain::Exact) {
            self.be(class, Domain::Number, Ground::Use);
        }
    }

    fn call(&mut self, name: &str, args: &[ScalarId]) -> ClassId {
        let classes: Vec<ClassId> = args.iter().map(|arg| self.scalar(*arg)).collect();
        match (name, classes.as_slice()) {
            (
                "eq" | "ne" | "lt" | "le" | "is-distinct" | "is-not-distinct" | "between"
                | "in-list" | "all-equal",
                all,
            ) => {
                self.all_same(all);
                self.typed(Domain::Bool)
            }
            (
                "coalesce" | "null-if" | "greatest" | "least" | "greatest-skip" | "least-skip",
                all,
            ) => self.all_same(all),
            ("if" | "nvl2", [first, rest @ ..]) => {
                if name == "if" {
                    self.be(*first, Domain::Bool, Ground::Use);
                }
                self.all_same(rest)
            }
            ("and" | "or" | "not" | "xor" | "is-true" | "is-false", all) => {
                for class in all {
                    self.be(*class, Domain::Bool, Ground::Use);
                }
                self.typed(Domain::Bool)
            }
            (
                "add" | "add-open" | "sub" | "mul" | "neg" | "abs" | "mod" | "div" | "div-int",
                all,
            ) => self.arithmetic(all),
            ("like" | "ilike", [one, ..]) => {
                self.be(*one, Domain::Text, Ground::Use);
                self.patterns(*one, &classes[1..]);
                self.typed(Domain::Bool)
            }
            (
                "lower" | "upper" | "trim" | "ltrim" | "rtrim" | "substring" | "left" | "right",
                [one, ..],
            ) => {
                self.be(*one, Domain::Text, Ground::Use);
                *one
            }
            ("concat" | "concat-skip", all) => {
                let class = self.typed(Domain::Text);
                for one in all {
                    if self.class(*one).ground == Ground::Nothing {
                        self.be(*one, Domain::Text, Ground::Constant);
                    }
                }
                class
            }
            ("length", [one]) => {
                self.be(*one, Domain::Text, Ground::Use);
                self.typed(Domain::Number)
            }
            ("date-part", [unit, time]) => {
                self.be(*time, Domain::Date, Ground::Use);
                let part = self.typed(Domain::Whole);
                let unit = self.class(*unit).constants.first().cloned();
                if let Some(Value::Text(unit)) = unit {
                    self.part_of_time(part, unit.to_string(), *time);
                }
                part
            }
            ("date-trunc", [_, time]) => {
                self.be(*time, Domain::Date, Ground::Use);
                *time
            }
            ("date-add", [_, _, time]) => {
                self.be(*time, Domain::Date, Ground::Use);
                *time
            }
            ("date-diff", [_, one, two]) => {
                let time = self.same(*one, *two);
                self.be(time, Domain::Date, Ground::Use);
                self.typed(Domain::Whole)
            }
            _ => self.other(name),
        }
    }

    /// What the table of functions tells.
    fn other(&mut self, name: &str) -> ClassId {
        let scalar = function(name).filter(|it| it.kind == FunctionKind::Scalar);
        let domain = scalar.and_then(|it| match &it.result {
            Some(plumb_ir::ResultType::Always(of)) => Domain::of(of),
            _ => None,
        });
        if let Some(domain) = domain { self.typed(domain) } else { self.fresh() }
    }

    /// Numbers are of one class with what is made of them; times are left alone.
    fn arithmetic(&mut self, classes: &[ClassId]) -> ClassId {
        for class in classes {
            let known = (self.class(*class).domain, self.class(*class).ground);
            if matches!(known.0, Domain::Date | Domain::Timestamp) && known.1 > Ground::Constant {
                return *class;
            }
        }
        let class = self.all_same(classes);
        self.number(class);
        class
    }

    /// A text that fits a pattern, and one that does not quite.
    fn patterns(&mut self, of: ClassId, patterns: &[ClassId]) {
        for pattern in patterns {
            for constant in self.class(*pattern).constants.clone() {
                if let Value::Text(text) = constant {
                    let fitting = text.replace('%', "").replace('_', "x");
                    self.class(of).meet(Value::text(&fitting));
                    self.class(of).meet(Value::text(&format!("{fitting}y")));
                }
            }
        }
    }
}
