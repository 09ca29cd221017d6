//! Which tables a query names, before anything is bound.

use plumb_base::{Name, TableName};
use plumb_syntax::sql::tree::{
    Argument, Body, Expr, ExprKind, GroupBy, GroupElement, Item, JoinOn, Query, Select, Table,
    TableKind,
};

/// Every table a query names that is not one of its CTEs, and every table function, in order of appearance, each once.
pub(crate) fn tables(query: &Query) -> Vec<TableName> {
    let mut walk = Walk::default();
    walk.query(query);
    walk.found
}

/// Whether a value depends on nothing but what it is given: it reads no table, and takes not some of several rows.
pub(crate) fn stands_alone(expr: &Expr) -> bool {
    let mut walk = Walk::default();
    walk.expr(expr);
    !walk.limits && walk.found.iter().all(is_function)
}

/// The name under which a function of a project stands among tables.
pub(crate) fn called(function: &str) -> TableName {
    let mut parts: Vec<Name> = function.split('.').map(Name::new).collect();
    if let Some(last) = parts.last_mut() {
        *last = Name::new(format!("{last}()"));
    }
    TableName(parts)
}

/// Whether a name is that of a function.
pub(crate) fn is_function(name: &TableName) -> bool {
    name.table().ends_with("()")
}

#[derive(Default)]
struct Walk {
    ctes: Vec<Name>,
    found: Vec<TableName>,
    /// Whether some query takes not all of its rows.
    limits: bool,
}

impl Walk {
    fn query(&mut self, query: &Query) {
        let depth = self.ctes.len();
        self.limits |= query.limit.is_some() || query.offset.is_some();
        for cte in &query.ctes {
            if query.recursive {
                self.ctes.push(cte.name.name.clone());
            }
            self.query(&cte.query);
            if !query.recursive {
                self.ctes.push(cte.name.name.clone());
            }
        }
        self.body(&query.body);
        self.exprs(query.order_by.iter().map(|key| &key.expr));
        self.ctes.truncate(depth);
    }

    fn body(&mut self, body: &Body) {
        match body {
            Body::Select(select) => self.select(select),
            Body::Query(query) => self.query(query),
            Body::Set { left, right, .. } => {
                self.body(left);
                self.body(right);
            }
            Body::Values(rows) => self.exprs(rows.iter().flatten()),
            Body::Opaque(_) => {}
        }
    }

    fn select(&mut self, select: &Select) {
        for table in &select.from {
            self.table(table);
        }
        for item in &select.items {
            match item {
                Item::Expr { expr, .. } | Item::Columns { expr, .. } => self.expr(expr),
                Item::Star(star) => {
                    self.exprs(star.value.as_deref());
                    self.exprs(star.replace.iter().map(|(expr, _)| expr));
                }
            }
        }
        if let GroupBy::Elements(elements) = &select.group_by {
            for element in elements {
                match element {
                    GroupElement::Key(expr) => self.expr(expr),
                    GroupElement::Rollup(sets)
                    | GroupElement::Cube(sets)
                    | GroupElement::Sets(sets) => self.exprs(sets.iter().flatten()),
                }
            }
        }
        self.exprs(select.filter.iter().chain(&select.having).chain(&select.qualify));
    }

    fn table(&mut self, table: &Table) {
        match &table.kind {
            TableKind::Named(relation) => {
                let cte = matches!(relation.name.0.as_slice(), [one] if self.ctes.contains(one));
                if !cte && !self.found.contains(&relation.name) {
                    self.found.push(relation.name.clone());
                }
            }
            TableKind::Derived { query, .. } => self.query(query),
            TableKind::Function { name, args, .. } => {
                let name = called(name);
                if !self.found.contains(&name) {
                    self.found.push(name);
                }
                self.arguments(args);
            }
            TableKind::Join { left, right, on, .. } => {
                self.table(left);
                self.table(right);
                if let JoinOn::Condition(expr) = on {
                    self.expr(expr);
                }
            }
            TableKind::Pivot(pivot) => self.table(&pivot.table),
            TableKind::Unpivot(unpivot) => self.table(&unpivot.table),
            TableKind::Part { table, .. } => self.table(table),
            TableKind::Opaque(_, tables) => {
                for table in tables {
                    self.table(table);
                }
            }
        }
    }

    fn arguments(&mut self, arguments: &[Argument]) {
        for argument in arguments {
            self.argument(argument);
        }
    }

    fn argument(&mut self, argument: &Argument) {
        match argument {
            Argument::Plain(expr) | Argument::Named(_, expr) => self.expr(expr),
            Argument::Query(query) => self.query(query),
            Argument::Star(_) => {}
        }
    }

    fn exprs<'a>(&mut self, exprs: impl IntoIterator<Item = &'a Expr>) {
        for expr in exprs {
            self.expr(expr);
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Column(_)
            | ExprKind::Word(..)
            | ExprKind::Literal(_)
            | ExprKind::Parameter(_)
            | ExprKind::Opaque(_) => {}
            ExprKind::Operator(_, args) | ExprKind::Array(args) | ExprKind::Row(args) => {
                self.exprs(args);
            }
            ExprKind::Call(call) => {
                self.arguments(&call.args);
                self.exprs(call.filter.as_deref());
            }
            ExprKind::Case { operand, branches, otherwise } => {
                self.exprs(operand.iter().chain(otherwise).map(AsRef::as_ref));
                for (when, then) in branches {
                    self.expr(when);
                    self.expr(then);
                }
            }
            ExprKind::Cast { expr, .. } | ExprKind::Lambda(_, expr) | ExprKind::Path(expr, _) => {
                self.expr(expr);
            }
            ExprKind::InQuery(values, query) => {
                self.exprs(values);
                self.query(query);
            }
            ExprKind::Exists(query) | ExprKind::Subquery(query) => self.query(query),
            ExprKind::Quantified { left, right, .. } => {
                self.expr(left);
                self.expr(right);
            }
            ExprKind::Struct(fields) => self.exprs(fields.iter().map(|(_, value)| value)),
        }
    }
}
