//! Queries: CTEs, order and limit.

use plumb_base::Name;
use plumb_ir::{Field, Out, Rel, RelId, Scalar, SortKey, Tree};
use plumb_syntax::sql::tree::{Body, Cte, Expr, ExprKind, Ident, Literal, OrderKey, Query};

use crate::{
    expr::is_hole,
    scope::{Bound, Column, Input, Resolver, Scope, number},
};

impl Resolver<'_> {
    pub(crate) fn query(&mut self, query: &Query) -> Bound {
        let outer_ctes = self.ctes.len();
        // A CTE stands for itself: it sees nothing of the statement around it.
        let scopes =
            if query.ctes.is_empty() { None } else { Some(std::mem::take(&mut self.scopes)) };
        for cte in &query.ctes {
            let bound = if query.recursive
                && crate::tables(&cte.query).iter().any(|it| is(it, &cte.name))
            {
                self.recursive(cte)
            } else {
                self.query(&cte.query)
            };
            let bound = self.renamed(bound, &cte.columns);
            self.ctes.push((cte.name.name.clone(), bound));
        }
        if let Some(scopes) = scopes {
            self.scopes = scopes;
        }
        let bound = match &query.body {
            Body::Select(select) => self.select(select, query),
            body @ (Body::Query(_) | Body::Set { .. } | Body::Values(_) | Body::Opaque(_)) => {
                let bound = self.body(body, query);
                self.limited(bound, query)
            }
        };
        let bound = match &query.unread {
            Some(what) => self.opaque(query.span, what, vec![bound]),
            None => bound,
        };
        self.ctes.truncate(outer_ctes);
        bound
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
        self.ctes.push((cte.name.name.clone(), itself));
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

    /// A part of a statement whose text is not known: rows of some kind, made of these.
    ///
    /// Equal to another with the same text and the same rows below it, if the text is the same then.
    pub(crate) fn unknown_part(
        &mut self,
        span: plumb_base::Span,
        text: &str,
        input: &Bound,
    ) -> Bound {
        // Whoever made the hole has said so, unless each run is given its value.
        if self.hole_in(text).is_none_or(|hole| hole.kind == "parameter") {
            let message = "a part of the statement is not known before a run";
            self.problem(span, "unknown-part", message);
        }
        let key = self.with_keys(text);
        let (why, key) = (self.arena.symbol("unknown-part"), self.arena.symbol(&key));
        let rel = self.arena.rel(Rel::Opaque { why, key, inputs: vec![input.rel] });
        // Up to the first that is not known columns are where they were; others are reached by name.
        let known = |column: &&Column| column.name.as_ref().is_some_and(|name| !is_hole(name));
        let first = input.columns.iter().take_while(known).count();
        let mut columns = input.columns[..first].to_vec();
        for column in input.columns[first..].iter().filter(known) {
            let name = column.name.clone();
            let symbol = name.as_ref().map_or("", |name| name.as_str());
            columns.push(Column { field: Field::Named(self.arena.symbol(symbol)), name });
        }
        Bound { rel, columns, open: true, hidden: Vec::new() }
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
        let largest = self.around.dialect.null_order == NullOrder::Largest;
        let nulls_first = key.nulls_first.unwrap_or(key.descending == largest);
        SortKey { value, descending: key.descending, nulls_first }
    }

    /// A projection over one relation that keeps only these columns.
    pub(crate) fn keep(&mut self, input: RelId, fields: &[Field]) -> RelId {
        let out = fields.iter().map(|field| {
            Out::Column(self.arena.scalar(Scalar::Column { depth: 0, input: 0, field: *field }))
        });
        let out = out.collect();
        let from = self.arena.from(plumb_ir::From {
            inputs: vec![input],
            tree: Tree::Input(0),
            filter: Vec::new(),
        });
        self.arena.rel(Rel::Project { from, out })
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
        ExprKind::Path(_, steps) => match steps.last() {
            Some(plumb_syntax::sql::tree::Step::Key(key)) => Some(Name::new(key.to_lowercase())),
            _ => None,
        },
        // Dialects name a cast after what is cast, and a call after the function.
        ExprKind::Cast { expr, .. } => implied_name(expr),
        ExprKind::Call(call) => Some(Name::new(call.name.clone())),
        _ => None,
    }
}
