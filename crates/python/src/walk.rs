//! A walk through statements in the order in which they run, as far as that can be told.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use plumb_base::{MappedText, Span};
use ruff_python_ast::{
    Expr, Operator, Parameters, Stmt, StmtWith,
    visitor::{Visitor, walk_stmt},
};

use crate::{
    assigned::{Counts, ELSEWHERE, assigned, matched, shared, targets},
    evaluate::Value,
    flow::{Flow, Query},
    names::{Bound, Names},
    program::{Given, InPiece, Program, Tree},
    text::Unknown,
};

/// Names of one level: the program, or a function.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    pub(crate) names: BTreeMap<String, Bound>,
    /// Names that belong to the function; `None` for the program.
    own: Option<BTreeSet<String>>,
    /// What stands before a name of the function where names must be told apart.
    prefix: String,
    /// Whether it is a class, whose names its functions do not see.
    is_class: bool,
}

/// Where a walk is, and what it found so far.
pub(crate) struct Walk<'a> {
    /// The piece it is in.
    pub(crate) code: MappedText,
    /// Commands in it, by the byte at which they begin.
    pub(crate) commands: BTreeMap<u32, Span>,
    /// Where it is no Python.
    broken: Vec<Span>,
    counts: &'a Counts,
    pub(crate) given: Given<'a>,
    pub(crate) scopes: Vec<Scope>,
    /// How often each name was bound so far.
    seen: BTreeMap<String, usize>,
    /// Every text that was handed over, in order.
    pub(crate) queries: Vec<Query>,
    pub(crate) pieces: Vec<InPiece>,
    /// Calls that may give something else each time, so far.
    pub(crate) calls: usize,
    /// Dialects that imports speak for, and calls.
    pub(crate) imported: BTreeSet<&'static str>,
    pub(crate) called: BTreeSet<&'static str>,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(counts: &'a Counts, given: Given<'a>) -> Self {
        Self {
            code: MappedText::default(),
            commands: BTreeMap::new(),
            broken: Vec::new(),
            counts,
            given,
            scopes: vec![Scope::default()],
            seen: BTreeMap::new(),
            queries: Vec::new(),
            pieces: Vec::new(),
            calls: 0,
            imported: BTreeSet::new(),
            called: BTreeSet::new(),
        }
    }

    /// Walks through a piece of code.
    pub(crate) fn code(&mut self, code: &MappedText, tree: &Tree) {
        self.code = code.clone();
        self.commands.clone_from(&tree.commands);
        self.broken.clone_from(&tree.broken);
        let problems = tree.problem.clone().into_iter().collect();
        self.pieces.push(InPiece { problems, ..InPiece::default() });
        self.block(tree.statements());
    }

    /// Whether something is no Python in a part of the code: its text may not be what was meant.
    pub(crate) fn is_broken(&self, part: Span) -> bool {
        self.broken.iter().any(|at| at.start <= part.end && part.start <= at.end)
    }

    /// Takes over the names of a program that runs here.
    pub(crate) fn take_over(&mut self, names: &Names) {
        self.pieces.push(InPiece::default());
        // What it does not know is not what this program does not know, though it may be called the same.
        let of = format!(" of run {}", self.pieces.len());
        for (name, bound) in names.of_run(&of).bound {
            self.bind(&name, bound);
        }
    }

    pub(crate) fn finished(mut self) -> Program {
        let (mut holes, mut said) = (Vec::new(), BTreeSet::new());
        let queries = std::mem::take(&mut self.queries);
        for query in queries.iter().filter(|query| !query.is_taken()) {
            let sql = query.printed(&mut holes);
            // A text that is kept under a name may be handed over twice: it is one query.
            let place = |text: &MappedText| (text.map.to_file(Span::new(0, 1)), text.text.clone());
            let said = |text| said.insert(place(text));
            if sql.into.is_none() && !sql.text.as_ref().is_some_and(said) {
                continue;
            }
            if let Some(piece) = self.pieces.get_mut(query.piece) {
                piece.sql.push(sql);
            }
        }
        let only =
            |names: &BTreeSet<&'static str>| names.first().copied().filter(|_| names.len() == 1);
        let dialect = only(&self.called).or_else(|| only(&self.imported));
        let bound = self.scopes.pop().map(|scope| scope.names).unwrap_or_default();
        let names = Names { bound }.elsewhere();
        Program { pieces: self.pieces, holes, names, dialect }
    }

    /// What stands in the piece that is walked through.
    pub(crate) fn here(&mut self) -> &mut InPiece {
        if self.pieces.is_empty() {
            self.pieces.push(InPiece::default());
        }
        let last = self.pieces.len() - 1;
        &mut self.pieces[last]
    }

    /// A place in the piece as one in its file.
    pub(crate) fn place(&self, span: Span) -> Span {
        self.code.map.to_file(span)
    }

    pub(crate) fn scope(&mut self) -> &mut Scope {
        if self.scopes.is_empty() {
            self.scopes.push(Scope::default());
        }
        let last = self.scopes.len() - 1;
        &mut self.scopes[last]
    }

    /// What a name stands for here.
    pub(crate) fn lookup(&self, name: &str) -> Option<Bound> {
        for (above, scope) in self.scopes.iter().rev().enumerate() {
            match &scope.own {
                _ if scope.is_class && above > 0 => {}
                Some(own) if own.contains(name) => return scope.names.get(name).cloned(),
                Some(_) => {}
                // A function may run at any time: what is bound twice may be either then.
                None if self.scopes.len() == 1 || self.counts.get(name) == Some(&1) => {
                    return scope.names.get(name).cloned();
                }
                None => {}
            }
        }
        None
    }

    /// What a name is called where it has to be told from others that read the same.
    pub(crate) fn own_name(&self, name: &str) -> String {
        let Some(scope) = self.scopes.last().filter(|scope| scope.own.is_some()) else {
            return name.to_owned();
        };
        let own = scope.own.as_ref().is_some_and(|own| own.contains(name));
        let steady = self.counts.get(name).is_none_or(|count| *count == 1);
        if own || !steady { format!("{}.{name}", scope.prefix) } else { name.to_owned() }
    }

    pub(crate) fn bind(&mut self, name: &str, bound: Bound) {
        let own = self.own_name(name);
        *self.seen.entry(own).or_default() += 1;
        let outside = self.scopes.len() == 1;
        let elsewhere = outside && self.counts.get(name).is_some_and(|count| *count >= ELSEWHERE);
        if elsewhere {
            let unknown = Bound::Unknown(self.fresh(name));
            self.scope().names.insert(name.to_owned(), unknown);
            return;
        }
        self.scope().names.insert(name.to_owned(), bound);
    }

    /// Binds a name to something that is not known.
    pub(crate) fn forget(&mut self, name: &str) {
        let own = self.own_name(name);
        *self.seen.entry(own).or_default() += 1;
        let unknown = Bound::Unknown(self.fresh(name));
        self.scope().names.insert(name.to_owned(), unknown);
    }

    /// What a name holds that was just bound.
    fn fresh(&self, name: &str) -> Unknown {
        let own = self.own_name(name);
        Unknown::Expression(match self.seen.get(&own) {
            None | Some(1) => own,
            Some(count) => format!("{own} ({count})"),
        })
    }

    pub(crate) fn block(&mut self, body: &[Stmt]) {
        for statement in body {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::Assign(assign) => {
                let flow = self.flow(&assign.value);
                for target in &assign.targets {
                    self.assign(target, &assign.value, &flow);
                }
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    let flow = self.flow(value);
                    self.assign(&assign.target, value, &flow);
                }
            }
            Stmt::AugAssign(assign) => {
                self.flow(&assign.value);
                self.add_to(&assign.target, assign.op, &assign.value);
            }
            Stmt::For(each) => {
                self.flow(&each.iter);
                self.repeated(|it| it.assign_unknown(&each.target), &each.body);
                self.block(&each.orelse);
            }
            Stmt::While(each) => {
                self.flow(&each.test);
                self.repeated(|_| {}, &each.body);
                self.block(&each.orelse);
            }
            Stmt::If(branch) => self.branch(branch),
            Stmt::Match(switch) => {
                self.flow(&switch.subject);
                for name in switch.cases.iter().flat_map(|case| matched(&case.pattern)) {
                    self.forget(&name);
                }
                for guard in switch.cases.iter().filter_map(|case| case.guard.as_ref()) {
                    self.flow(guard);
                }
                let mut bodies: Vec<&[Stmt]> =
                    switch.cases.iter().map(|case| case.body.as_slice()).collect();
                bodies.push(&[]);
                self.branches(&bodies);
            }
            Stmt::With(with) => self.with(with),
            Stmt::Try(attempt) => self.attempt(attempt),
            Stmt::FunctionDef(function) => {
                for decorator in &function.decorator_list {
                    self.flow(&decorator.expression);
                }
                self.forget(&function.name);
                self.inside(&function.name, Some(&function.parameters), &function.body);
            }
            Stmt::ClassDef(class) => {
                self.forget(&class.name);
                self.inside(&class.name, None, &class.body);
            }
            Stmt::Import(import) => {
                for alias in &import.names {
                    self.imports(&alias.name);
                    let name = alias.asname.as_ref().unwrap_or(&alias.name);
                    self.forget(name.split('.').next().unwrap_or_default());
                }
            }
            Stmt::ImportFrom(import) => {
                let module = import.module.as_ref().map_or("", |module| module.as_str());
                for alias in &import.names {
                    self.imports(&format!("{module}.{}", alias.name));
                    self.forget(alias.asname.as_ref().unwrap_or(&alias.name));
                }
            }
            Stmt::Expr(expression) => {
                self.flow(&expression.value);
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn with(&mut self, with: &StmtWith) {
        for item in &with.items {
            self.flow(&item.context_expr);
            if let Some(target) = &item.optional_vars {
                self.assign_unknown(target);
            }
        }
        self.block(&with.body);
    }

    fn imports(&mut self, module: &str) {
        let speaks = |dialect: &'static str, modules: &[&str]| {
            modules.iter().any(|name| module.starts_with(name)).then_some(dialect)
        };
        let found = [
            speaks("snowflake", &["snowflake."]),
            speaks("bigquery", &["google.cloud.bigquery", "pandas_gbq", "bigframes"]),
            speaks("postgres", &["psycopg", "asyncpg", "redshift_connector"]),
            speaks("databricks", &["pyspark", "databricks", "delta", "dlt"]),
        ];
        self.imported.extend(found.into_iter().flatten());
    }

    fn assign(&mut self, target: &Expr, value: &Expr, flow: &Flow) {
        match (target, value) {
            (Expr::Name(name), _) => {
                let bound = match (flow, self.value(value)) {
                    (Flow::Rows(rows), _) => Some(Bound::Rows(*rows)),
                    (_, Some(Value::Text(text))) => Some(Bound::Text(Arc::new(text))),
                    (_, Some(Value::Number(text))) => Some(Bound::Number(Arc::new(text))),
                    (_, None) => None,
                };
                match bound {
                    Some(bound) => self.bind(&name.id, bound),
                    None => self.forget(&name.id),
                }
            }
            (Expr::Tuple(targets), Expr::Tuple(values))
                if targets.elts.len() == values.elts.len() =>
            {
                for (target, value) in targets.elts.iter().zip(&values.elts) {
                    self.assign(target, value, &Flow::Nothing);
                }
            }
            _ => self.assign_unknown(target),
        }
    }

    pub(crate) fn assign_unknown(&mut self, target: &Expr) {
        for name in targets(target) {
            self.forget(&name);
        }
    }

    /// `text += more`
    fn add_to(&mut self, target: &Expr, op: Operator, value: &Expr) {
        let Expr::Name(name) = target else { return };
        let known = match self.lookup(&name.id) {
            Some(Bound::Text(text)) if op == Operator::Add => Some(text),
            _ => None,
        };
        let Some(known) = known else { return self.forget(&name.id) };
        let written = self.written(value);
        let mut text = (*known).clone();
        text.push(self.printed(value, &written));
        if text.is_too_long() {
            return self.forget(&name.id);
        }
        self.bind(&name.id, Bound::Text(Arc::new(text)));
    }

    /// The body of a function or class, with names of its own.
    fn inside(&mut self, name: &str, parameters: Option<&Parameters>, body: &[Stmt]) {
        let mut own = assigned(body);
        for shared in shared(body) {
            own.remove(&shared);
        }
        let names: Vec<String> =
            parameters.into_iter().flatten().map(|it| it.name().to_string()).collect();
        own.extend(names.iter().cloned());
        let prefix = self.own_name(name);
        let is_class = parameters.is_none();
        self.scopes.push(Scope { names: BTreeMap::new(), own: Some(own), prefix, is_class });
        for name in &names {
            self.forget(name);
        }
        self.block(body);
        self.scopes.pop();
    }
}

impl<'n> Visitor<'n> for Walk<'_> {
    fn visit_stmt(&mut self, statement: &'n Stmt) {
        self.statement(statement);
    }

    fn visit_expr(&mut self, expr: &'n Expr) {
        self.flow(expr);
    }
}
