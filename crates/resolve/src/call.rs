//! Function calls: the dialect's name becomes a canonical one, or one nobody else has.

use plumb_base::{Name, Span};
use plumb_ir::{FunctionKind, Literal, Scalar, ScalarId, function};
use plumb_syntax::sql::{
    Given, Reads, Shape, Units,
    tree::{Argument, Call, Expr, ExprKind, Extreme},
};

use crate::scope::Resolver;

impl Resolver<'_> {
    pub(crate) fn call(&mut self, call: &Call, span: Span) -> ScalarId {
        if let Some(what) = &call.unread {
            self.problem(span, "not-read", format!("{what} is not read yet"));
            return self.unknown("not-read");
        }
        if let Some(value) = self.made(call, span) {
            return value;
        }
        if let [Argument::Query(query)] = call.args.as_slice()
            && call.name == "array"
            && let Some(list) = self.sorted_rows(query)
        {
            return list;
        }
        let star = matches!(call.args.as_slice(), [Argument::Star(None)]);
        let plain = if star && call.name == "count" { &[] } else { call.args.as_slice() };
        let (name, args, known) = self.arguments(&call.name, plain, call.name_span);
        if let Some(window) = &call.over {
            let window = self.window(window);
            let partition = window.partition.iter().map(|key| self.expr(key)).collect();
            let order: Vec<_> = window
                .order_by
                .iter()
                .map(|key| {
                    let value = self.expr(&key.expr);
                    self.sort_key(key, value)
                })
                .collect();
            let frame = self.frame(&name, &window, &order);
            let mut args = args;
            if let Some(filter) = &call.filter {
                // FILTER in a window passes over rows as a NULL argument does, for all but COUNT(*).
                let condition = self.expr(filter);
                let value = args
                    .first()
                    .copied()
                    .unwrap_or_else(|| self.arena.literal(Literal::Integer(1)));
                let guarded = Scalar::Case { branches: vec![(condition, value)], otherwise: None };
                let guarded = self.arena.scalar(guarded);
                args = std::iter::once(guarded).chain(args.into_iter().skip(1)).collect();
            }
            let function = self.arena.symbol(&name);
            let (distinct, ignore_nulls) = (call.distinct, call.ignore_nulls);
            return self.arena.scalar(Scalar::Window {
                function,
                args,
                distinct,
                ignore_nulls,
                partition,
                order,
                frame,
            });
        }
        let name = self.of_group(name);
        let kind = function(&name).map(|it| it.kind);
        let looks_aggregate = call.distinct || call.filter.is_some() || !call.order_by.is_empty();
        if kind == Some(FunctionKind::Aggregate) || (!known && looks_aggregate) {
            let nested = args.iter().any(|arg| self.aggregates(*arg));
            let args = if nested { self.of_rows(call, plain) } else { args };
            return self.aggregate(&name, args, call);
        }
        if kind == Some(FunctionKind::Table)
            && self.scope().listing
            && !args.iter().any(|arg| self.aggregates(*arg))
        {
            let bound = self.rows_in_list(call, span, &[]);
            let input = self.scope().inputs.len() + self.scope().added.len() - 1;
            if let Some(column) = bound.columns.first() {
                return self.arena.column(crate::scope::number(input), column.field);
            }
        }
        if let Some(FunctionKind::Table | FunctionKind::Window) = kind {
            self.problem(
                span,
                "not-read",
                format!("`{}` in a select list is not read yet", call.name),
            );
            return self.unknown("rows-in-place");
        }
        self.plain(&name, args)
    }

    /// Spark's `first_value(x)` without a window is its aggregate `first(x)`.
    fn of_group(&self, name: String) -> String {
        let ends = ["first-value", "last-value", "databricks-first-value", "databricks-last-value"];
        if self.around.dialect.name == "databricks" && ends.contains(&name.as_str()) {
            return name.trim_end_matches("-value").to_owned();
        }
        name
    }

    /// Arguments of an aggregate, which hold no aggregate: `HAVING sum(x) > 0` beside `sum(x) AS x` means the column.
    fn of_rows(&mut self, call: &Call, args: &[Argument]) -> Vec<ScalarId> {
        let scope = self.scope();
        let (merged, aliases) =
            (std::mem::take(&mut scope.merged), std::mem::take(&mut scope.aliases));
        let plain = |name: &&(Name, ScalarId)| !self.aggregates(name.1);
        let names = merged.iter().filter(plain).cloned().collect();
        let listed = aliases.all().iter().filter(plain).cloned().collect();
        (self.scope().merged, self.scope().aliases) = (names, listed);
        let (_, args, _) = self.arguments(&call.name, args, call.name_span);
        (self.scope().merged, self.scope().aliases) = (merged, aliases);
        args
    }

    fn aggregate(&mut self, name: &str, args: Vec<ScalarId>, call: &Call) -> ScalarId {
        let filter = call.filter.as_ref().map(|filter| self.expr(filter));
        let order = call
            .order_by
            .iter()
            .map(|key| {
                let value = self.expr(&key.expr);
                self.sort_key(key, value)
            })
            .collect();
        let mut name =
            if call.ignore_nulls { format!("{name}-ignore-nulls") } else { name.to_owned() };
        let mut args = args;
        if let Some(limit) = &call.limit {
            name.push_str("-limited");
            args.push(self.expr(limit));
        }
        if let Some((end, value)) = call.at.as_deref() {
            name.push_str(match end {
                Extreme::Max => "-at-max",
                Extreme::Min => "-at-min",
            });
            args.push(self.expr(value));
        }
        let function = self.arena.symbol(&name);
        self.arena.scalar(Scalar::Aggregate {
            function,
            args,
            distinct: call.distinct,
            filter,
            order,
        })
    }

    /// Canonical name and arguments of a call, and whether the function is known.
    pub(crate) fn arguments(
        &mut self,
        name: &str,
        args: &[Argument],
        span: Span,
    ) -> (String, Vec<ScalarId>, bool) {
        // BigQuery's `SAFE.f(x)` gives NULL where `f(x)` fails: another function.
        let (safe, bare) = match name.strip_prefix("safe.") {
            Some(bare) if self.around.dialect.name == "bigquery" => (true, bare),
            _ => (false, name),
        };
        let dialect = self.around.dialect;
        let shapes: Vec<Shape> = args.iter().map(shape_of).collect();
        let rule = dialect.rule(bare, &shapes);
        let given: Vec<ScalarId> = args
            .iter()
            .enumerate()
            .map(|(at, arg)| self.argument(arg, rule.map_or(Reads::Value, |rule| rule.reads(at))))
            .collect();
        let Some(rule) = rule else {
            self.calls.unknown += 1;
            self.note(span, "unknown-function", format!("function `{name}` is not known"));
            return (format!("{}.{name}", dialect.name), given, false);
        };
        self.calls.known += 1;
        let mut canonical = rule.canonical.to_owned();
        if safe {
            canonical = format!("safe-{canonical}");
        }
        (canonical, self.given(&rule.arguments(given.len()), &given), true)
    }

    /// Arguments of a canonical call, made of those that were written.
    pub(crate) fn given(&mut self, wanted: &[Given], written: &[ScalarId]) -> Vec<ScalarId> {
        wanted
            .iter()
            .filter_map(|argument| match argument {
                Given::Argument(at) => written.get(*at).copied(),
                Given::Number(number) => {
                    Some(self.arena.literal(Literal::Integer(i128::from(*number))))
                }
                Given::Text(text) => Some(self.text(text)),
                Given::Call(name, args) => {
                    let args = self.given(args, written);
                    Some(self.plain(name, args))
                }
            })
            .collect()
    }

    fn argument(&mut self, arg: &Argument, reads: Reads) -> ScalarId {
        match arg {
            Argument::Plain(expr) => match reads {
                Reads::Value => self.expr(expr),
                Reads::Word(place) | Reads::Text(place) => self.unit(expr, reads, place),
            },
            Argument::Named(name, expr) => {
                let (name, value) = (self.text(name.as_str()), self.expr(expr));
                self.arena.call("argument", vec![name, value])
            }
            Argument::Star(_) => {
                self.problem(Span::default(), "not-read", "a star as an argument is not read yet");
                self.unknown("star-argument")
            }
            Argument::Query(query) => {
                let bound = self.value_query(query);
                self.arena.scalar(Scalar::Subquery(bound.rel))
            }
        }
    }

    /// A unit of time, written as a text, or where bare words are read as one.
    fn unit(&mut self, expr: &Expr, reads: Reads, place: Units) -> ScalarId {
        let dialect = self.around.dialect;
        let words = matches!(reads, Reads::Word(_));
        let word = match &expr.kind {
            ExprKind::Column(names)
                if words
                    && names.len() == 1
                    && !names[0].name.as_str().contains("__plumb_hole_") =>
            {
                Some(names[0].name.as_str().to_owned())
            }
            ExprKind::Literal(plumb_syntax::sql::tree::Literal::Text(text))
                if !text.contains("__plumb_hole_") =>
            {
                Some(text.clone())
            }
            // BigQuery's `WEEK(MONDAY)`.
            ExprKind::Call(call) if words => match call.args.as_slice() {
                [Argument::Plain(Expr { kind: ExprKind::Column(names), .. })]
                    if names.len() == 1 =>
                {
                    Some(format!("{}({})", call.name, names[0].name))
                }
                _ => None,
            },
            _ => None,
        };
        match word {
            Some(word) => self.text(&dialect.unit(place, &word)),
            None => self.expr(expr),
        }
    }

    /// A call of a scalar function, with special forms spelled out.
    pub(crate) fn plain(&mut self, name: &str, args: Vec<ScalarId>) -> ScalarId {
        match (name, args.as_slice()) {
            ("if", [condition, yes, no]) => {
                let case =
                    Scalar::Case { branches: vec![(*condition, *yes)], otherwise: Some(*no) };
                self.arena.scalar(case)
            }
            ("nvl2", [value, yes, no]) => {
                let null = self.arena.call("is-null", vec![*value]);
                let case = Scalar::Case { branches: vec![(null, *no)], otherwise: Some(*yes) };
                self.arena.scalar(case)
            }
            ("decode", [value, rest @ ..]) => {
                let pairs = rest.chunks_exact(2);
                let otherwise = pairs.remainder().first().copied();
                let branches = pairs
                    .map(|pair| {
                        (self.arena.call("is-not-distinct", vec![*value, pair[0]]), pair[1])
                    })
                    .collect();
                self.arena.scalar(Scalar::Case { branches, otherwise })
            }
            ("cast", [value, to]) => {
                let to = match self.arena.as_literal(*to) {
                    Some(Literal::Text(to)) => plumb_ir::Type::parse(to),
                    _ => None,
                };
                let to = to.expect("the tables name types that exist");
                self.arena.scalar(Scalar::Cast { value: *value, to, safe: false })
            }
            ("coalesce" | "greatest" | "least" | "concat", [one]) => *one,
            _ => self.arena.call(name, args),
        }
    }
}

/// What rules look at in an argument.
pub(crate) fn shape_of(arg: &Argument) -> Shape {
    match arg {
        Argument::Plain(expr) | Argument::Named(_, expr) => shape(expr),
        Argument::Star(_) | Argument::Query(_) => Shape::Other,
    }
}

/// What rules look at in an expression.
pub(crate) fn shape(expr: &Expr) -> Shape {
    match &expr.kind {
        ExprKind::Literal(plumb_syntax::sql::tree::Literal::Number(text))
            if text.parse::<u64>().is_ok_and(|number| number > 0) =>
        {
            Shape::Count
        }
        _ => Shape::Other,
    }
}

/// One spelling for each unit of an interval.
pub(crate) fn unit_name(word: &str) -> String {
    let word = word.to_lowercase();
    let known = match word.as_str() {
        "years" | "yy" | "yyy" | "yyyy" | "yr" | "y" | "years_" => "year",
        "quarters" | "q" | "qtr" | "qtrs" => "quarter",
        "months" | "mm" | "mon" | "mons" => "month",
        "weeks" | "w" | "wk" => "week",
        "days" | "d" | "dd" => "day",
        "hours" | "h" | "hh" | "hr" | "hrs" => "hour",
        "minutes" | "m" | "mi" | "min" | "mins" => "minute",
        "seconds" | "s" | "sec" | "secs" => "second",
        "milliseconds" | "ms" | "msec" => "millisecond",
        "microseconds" | "us" | "usec" => "microsecond",
        _ => return word,
    };
    known.to_owned()
}
