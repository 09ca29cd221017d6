//! Queries: CTEs, order and limit.

use plumb_base::Name;
use plumb_ir::{Field, Rel, SortKey};
use plumb_syntax::sql::tree::{
    Argument, Body, Cte, Expr, ExprKind, Ident, Literal, OrderKey, Query,
};

use crate::{
    expr::is_hole,
    scope::{Bound, Column, Input, Named, Resolver, Scope, Wanted, number},
};

impl Resolver<'_> {
    /// A query of which each row is one value: what `SELECT AS STRUCT` gives is a struct there, and columns elsewhere.
    pub(crate) fn value_query(&mut self, query: &Query) -> Bound {
        self.wanted = Wanted::Value;
        self.query(query)
    }

    pub(crate) fn query(&mut self, query: &Query) -> Bound {
        let wanted = std::mem::take(&mut self.wanted);
        let outer_ctes = self.ctes.len();
        for cte in &query.ctes {
            let bound = if query.recursive
                && crate::tables(&cte.query).iter().any(|it| is(it, &cte.name))
            {
                self.recursive(cte)
            } else {
                self.query(&cte.query)
            };
            let bound = self.renamed(bound, &cte.columns);
            self.name(cte, bound);
        }
        self.wanted = wanted;
        let bound = match &query.body {
            Body::Select(select) => self.select(select, query),
            body @ (Body::Query(_) | Body::Set { .. } | Body::Values(_) | Body::Opaque(_)) => {
                let bound = self.body(body, query);
                self.limited(bound, query)
            }
        };
        let bound = match &query.unread {
            Some(what) => self.unread(query.span, what, bound),
            None => bound,
        };
        self.ctes.truncate(outer_ctes);
        self.wanted = Wanted::Columns;
        bound
    }

    fn name(&mut self, cte: &Cte, bound: Bound) {
        let around = self.scopes.len();
        self.ctes.push(Named { name: cte.name.name.clone(), bound, around });
    }

    /// A CTE that reads itself is the fixpoint of its body: opaque, but equal where the bodies are.
    fn recursive(&mut self, cte: &Cte) -> Bound {
        let first = first_select(&cte.query.body);
        let columns: Vec<Column> = match first {
            Some(body) => {
                let reads = self.reads.len();
                let (problems, selects) = (self.problems.len(), self.selects.len());
                let bound = self.body(body, &cte.query);
                self.reads.truncate(reads);
                self.problems.truncate(problems);
                self.selects.truncate(selects);
                bound.columns
            }
            None => Vec::new(),
        };
        let (why, key) = (self.arena.symbol("recursion"), self.arena.symbol("itself"));
        let rel = self.arena.rel(Rel::Opaque { why, key, inputs: Vec::new() });
        let open = columns.is_empty();
        let itself = self.renamed(Bound { rel, columns, open, hidden: Vec::new() }, &cte.columns);
        self.name(cte, itself);
        let body = self.query(&cte.query);
        self.ctes.pop();
        let (why, key) = (self.arena.symbol("recursive"), self.arena.symbol("fixpoint"));
        let rel = self.arena.rel(Rel::Opaque { why, key, inputs: vec![body.rel] });
        Bound { rel, ..body }
    }

    /// Something not understood over relations that are; its columns are reached by name.
    pub(crate) fn opaque(
        &mut self,
        span: plumb_base::Span,
        what: &str,
        inputs: Vec<Bound>,
    ) -> Bound {
        self.problem(span, "not-read", format!("{what} is not read yet"));
        let key = self.unique();
        let (why, key) = (self.arena.symbol("not-read"), self.arena.symbol(&key));
        let inputs = inputs.into_iter().map(|bound| bound.rel).collect();
        let rel = self.arena.rel(Rel::Opaque { why, key, inputs });
        Bound { rel, columns: Vec::new(), open: true, hidden: Vec::new() }
    }

    /// Columns under other names, by position.
    pub(crate) fn renamed(&mut self, mut bound: Bound, names: &[Ident]) -> Bound {
        if names.is_empty() {
            return bound;
        }
        // Rows of a function have columns by position whether or not anybody knows their names.
        let call = matches!(self.arena.get_rel(bound.rel), Rel::Call { .. });
        if bound.open && !call {
            let message = "columns are renamed by position, and are not known";
            self.problem(names[0].span, "unknown-columns", message);
        }
        while bound.columns.len() < names.len() {
            let index = bound.columns.len();
            let field = if call {
                Field::Named(self.arena.symbol(&format!("column{}", index + 1)))
            } else {
                Field::At(number(index))
            };
            bound.columns.push(Column { name: None, field });
        }
        for (column, name) in bound.columns.iter_mut().zip(names) {
            column.name = Some(name.name.clone());
        }
        bound
    }

    /// Order and limit of a body that is not a plain `SELECT`: keys are output columns.
    pub(crate) fn limited(&mut self, bound: Bound, query: &Query) -> Bound {
        if query.limit.is_none() && query.offset.is_none() {
            return bound;
        }
        let input = Input::new(bound.clone(), None, None);
        let scope = Scope { inputs: vec![input], visible: true, ..Scope::default() };
        let ((order, limit, offset), _) = self.within(scope, |it| {
            let order = it.order(&query.order_by, &bound.columns);
            (
                order,
                query.limit.as_ref().map(|expr| it.expr(expr)),
                query.offset.as_ref().map(|expr| it.expr(expr)),
            )
        });
        let rel = self.arena.rel(Rel::Limit { input: bound.rel, order, limit, offset });
        Bound { rel, ..bound }
    }

    /// Sort keys; a whole number is the position of an output column.
    pub(crate) fn order(&mut self, keys: &[OrderKey], outputs: &[Column]) -> Vec<SortKey> {
        keys.iter()
            .map(|key| {
                let position = position(&key.expr).and_then(|at| outputs.get(at));
                let value = match position {
                    Some(column) => {
                        let field = column.field;
                        self.arena.column(0, field)
                    }
                    None => self.expr(&key.expr),
                };
                self.sort_key(key, value)
            })
            .collect()
    }

    pub(crate) fn sort_key(&mut self, key: &OrderKey, value: plumb_ir::ScalarId) -> SortKey {
        use plumb_syntax::sql::NullOrder;
        let nulls_first = key.nulls_first.unwrap_or(match self.around.dialect.null_order {
            NullOrder::Largest => key.descending,
            NullOrder::Smallest => !key.descending,
            NullOrder::Last => false,
        });
        SortKey { value, descending: key.descending, nulls_first }
    }
}

/// The zero-based position a sort or group key names by a whole number.
pub(crate) fn position(expr: &Expr) -> Option<usize> {
    if let ExprKind::Literal(Literal::Number(text)) = &expr.kind {
        return text.parse::<usize>().ok()?.checked_sub(1);
    }
    None
}

fn is(table: &plumb_base::TableName, name: &Ident) -> bool {
    matches!(table.0.as_slice(), [one] if *one == name.name)
}

fn first_select(body: &Body) -> Option<&Body> {
    match body {
        Body::Set { left, .. } => first_select(left).or(Some(left)),
        Body::Query(query) => first_select(&query.body),
        Body::Select(_) | Body::Values(_) => Some(body),
        Body::Opaque(_) => None,
    }
}

/// The name a column gets when none is given.
pub(crate) fn implied_name(expr: &Expr) -> Option<Name> {
    match &expr.kind {
        ExprKind::Column(names) if names.iter().any(|name| is_hole(&name.name)) => None,
        ExprKind::Column(names) => names.last().map(|name| name.name.clone()),
        ExprKind::Word(word, _) => Some(word.name.clone()),
        ExprKind::Path(_, steps) => match steps.last() {
            Some(plumb_syntax::sql::tree::Step::Key(key)) => Some(Name::new(key.to_lowercase())),
            _ => None,
        },
        // Dialects name a cast after what is cast, and a call after the function.
        ExprKind::Cast { expr, .. } => implied_name(expr),
        ExprKind::Call(call) => match (call.name.as_str(), call.args.as_slice()) {
            // A slice has the name of the list.
            ("[:]", [Argument::Plain(list), ..]) => implied_name(list),
            (name, _) => Some(Name::new(name)),
        },
        _ => None,
    }
}
