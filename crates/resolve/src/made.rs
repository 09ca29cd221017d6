//! Functions that people make: a call of one is what its body computes.
//!
//! A body is bound by itself, with its parameters as columns of a relation that is not there; arguments take their
//! place. Where that does not do, the call stays one of a function of which only the name is known: if the body is
//! not read wholly, reads tables, or takes some of several rows, and if arguments would be worked out elsewhere.

use std::{collections::BTreeMap, sync::Arc};

use plumb_base::{Name, Severity, Span, TableName};
use plumb_ir::{Arena, Field, Scalar, ScalarId, Type};
use plumb_syntax::sql::{
    Dialect, Trouble,
    tree::{Argument, Call, Function, TypeName},
};

use crate::{
    call::shape_of,
    columns::stands_alone,
    outward::deepened,
    scope::{Resolver, Scope, number},
    types::data_type,
};

/// Functions that stand in bodies of each other, at most.
const DEPTH: usize = 16;

/// Nodes of a call whose arguments stand in its body, at most: what stands there several times is counted each time.
const NODES: usize = 10_000;

/// Functions that people make, by name and number of parameters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Functions(BTreeMap<(Name, usize), Vec<Made>>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Made {
    dialect: &'static str,
    /// The statement that makes it.
    text: String,
    function: Arc<Function>,
}

impl Functions {
    /// Whether nobody makes any.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds one that is called so; its statement reads so.
    pub fn add(&mut self, name: TableName, dialect: &Dialect, text: &str, function: &Function) {
        let key = (Name::new(name.table()), function.params.len());
        let function = Arc::new(Function { name, ..function.clone() });
        let made = Made { dialect: dialect.name, text: text.to_owned(), function };
        self.0.entry(key).or_default().push(made);
    }

    /// Adds all of another list, in place of those of the same names.
    pub fn join(&mut self, other: &Self) {
        self.0.extend(other.0.iter().map(|(key, made)| (key.clone(), made.clone())));
    }

    /// The one that a name means: outer parts may be left out where no other one fits, but for one that has none.
    pub fn find(&self, name: &TableName, args: usize, dialect: &Dialect) -> Option<Arc<Function>> {
        let key = (Name::new(name.table()), args);
        // In BigQuery what stands in a dataset is never called without it.
        let bare = name.0.len() == 1 && dialect.name == "bigquery";
        let fits = |made: &&Made| {
            let other = &made.function.name;
            let outer = other.0.len() > 1 && other.is_suffix_of(name);
            let inner = if bare { other.0.len() == 1 } else { name.is_suffix_of(other) };
            made.dialect == dialect.name && (outer || inner)
        };
        let mut all = self.0.get(&key)?.iter().filter(fits);
        let first = all.next()?;
        all.all(|it| it.text == first.text).then(|| Arc::clone(&first.function))
    }
}

impl Resolver<'_> {
    /// What a call computes, if it is one of a function that somebody makes, and that is read.
    pub(crate) fn made(&mut self, call: &Call, span: Span) -> Option<ScalarId> {
        let plain = call.over.is_none() && call.filter.is_none() && call.limit.is_none();
        if !plain || call.distinct || !call.order_by.is_empty() {
            return None;
        }
        let values = call.args.iter().map(|arg| match arg {
            Argument::Plain(expr) => Some(expr),
            Argument::Named(..) | Argument::Star(_) | Argument::Query(_) => None,
        });
        let values: Vec<_> = values.collect::<Option<_>>()?;
        let function = (self.around.functions)(&call.name, values.len())?;
        let shapes: Vec<_> = call.args.iter().map(shape_of).collect();
        if self.around.dialect.rule(&call.name, &shapes).is_some() {
            return None;
        }
        let body = self.computed(&function);
        let args: Vec<ScalarId> = values.into_iter().map(|it| self.expr(it)).collect();
        let Some(value) = body.and_then(|body| self.put(body, &args, &function)) else {
            self.calls.unknown += 1;
            let message = format!("what function `{}` computes is not looked into", call.name);
            self.note(span, "unknown-function", message);
            let opaque = format!("{}.{}", self.around.dialect.name, function.name);
            return Some(self.plain(&opaque, args));
        };
        self.calls.known += 1;
        Some(value)
    }

    /// The body of a function, if all of it is read.
    fn computed(&mut self, function: &Function) -> Option<ScalarId> {
        let body = function.body.as_ref().filter(|body| stands_alone(body))?;
        if self.inside.len() >= DEPTH || self.inside.contains(&function.name) {
            return None;
        }
        let marks = (self.problems.len(), self.reads.len(), self.selects.len(), self.calls);
        let params = function.params.iter().map(|(name, _)| name.clone()).collect();
        let params = std::mem::replace(&mut self.params, params);
        let scopes = std::mem::replace(&mut self.scopes, vec![Scope::default()]);
        let (ctes, windows) = (std::mem::take(&mut self.ctes), std::mem::take(&mut self.windows));
        let awaited = std::mem::take(&mut self.awaited);
        // Places of lambdas stay taken: arguments may mean them.
        let nobody = vec![Name::new(""); self.lambdas.len()];
        let lambdas = std::mem::replace(&mut self.lambdas, nobody);
        self.inside.push(function.name.clone());
        let bound = self.expr(body);
        self.inside.pop();
        (self.params, self.scopes, self.ctes, self.windows) = (params, scopes, ctes, windows);
        (self.awaited, self.lambdas) = (awaited, lambdas);
        let (problems, reads, selects, calls) = marks;
        let unread = |it: &Trouble| it.severity > Severity::Note;
        let read =
            self.calls.unknown == calls.unknown && !self.problems[problems..].iter().any(unread);
        self.problems.truncate(problems);
        self.reads.truncate(reads);
        self.selects.truncate(selects);
        self.calls = calls;
        (read && !self.aggregates(bound)).then_some(bound)
    }

    /// A body with arguments in place of parameters; none where they are worked out once and stand there several
    /// times, or not where they belong.
    fn put(&mut self, body: ScalarId, args: &[ScalarId], function: &Function) -> Option<ScalarId> {
        let rows = self.arena.holds_relation(body);
        let moves = |it: &ScalarId| self.arena.is_volatile(*it) || rows && self.is_of_rows(*it);
        if args.iter().any(moves) {
            return None;
        }
        let types = function.params.iter().map(|(_, name)| name.as_ref());
        let args: Vec<ScalarId> =
            args.iter().zip(types).map(|(arg, name)| self.as_type(*arg, name)).collect();
        let mut left = NODES;
        let value = self.arena.rewrite(body, 0, &mut |arena: &mut Arena, id, level: u32| {
            let Scalar::Column { depth, input: 0, field: Field::At(at) } = arena.get_scalar(id)
            else {
                left = left.saturating_sub(1);
                return None;
            };
            let arg = *args.get(*at as usize).filter(|_| *depth == level)?;
            left = left.saturating_sub(weight(arena, arg, left));
            Some(deepened(arena, arg, level))
        });
        (left > 0).then(|| self.as_type(value, function.returns.as_ref()))
    }

    /// A parameter of the function whose body is bound.
    pub(crate) fn parameter(&mut self, name: &Name) -> Option<ScalarId> {
        let at = self.params.iter().position(|it| it == name)?;
        let depth = number(self.scopes.len().saturating_sub(1));
        let field = Field::At(number(at));
        Some(self.arena.scalar(Scalar::Column { depth, input: 0, field }))
    }

    /// Whether a value is one of several rows, as aggregates and windows are.
    fn is_of_rows(&self, scalar: ScalarId) -> bool {
        let scalar = self.arena.get_scalar(scalar);
        matches!(scalar, Scalar::Aggregate { .. } | Scalar::Window { .. })
            || scalar.children().iter().any(|child| self.is_of_rows(*child))
    }

    fn as_type(&mut self, value: ScalarId, name: Option<&TypeName>) -> ScalarId {
        let Some(name) = name else { return value };
        let to: Type = data_type(name, self.around.dialect.name);
        self.arena.scalar(Scalar::Cast { value, to, safe: false })
    }
}

/// Nodes of a value, up to so many.
fn weight(arena: &Arena, id: ScalarId, most: usize) -> usize {
    let mut count = 1;
    for child in arena.get_scalar(id).children() {
        if count >= most {
            break;
        }
        count += weight(arena, child, most - count);
    }
    count
}
