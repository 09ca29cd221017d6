//! Which tables a query names, before anything is bound.

use plumb_base::{Name, TableName};
use plumb_syntax::sql::tree::{
    Argument, Body, Expr, ExprKind, GroupBy, GroupElement, Item, JoinOn, Query, Select, Table, TableKind,
};

/// Every table a query names that is not one of its CTEs, in order of appearance, each once.
pub(crate) fn tables(query: &Query) -> Vec<TableName> {
    let mut walk = Walk { ctes: Vec::new(), found: Vec::new() };
    walk.query(query);
    walk.found
}

struct Walk {
    ctes: Vec<Name>,
    found: Vec<TableName>,
}

impl Walk {
    fn query(&mut self, query: &Query) {
        let depth = self.ctes.len();
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
        query.order_by.iter().for_each(|key| self.expr(&key.expr));
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
            Body::Values(rows) => rows.iter().flatten().for_each(|value| self.expr(value)),
            Body::Opaque(_) => {}
        }
    }

    fn select(&mut self, select: &Select) {
        select.from.iter().for_each(|table| self.table(table));
        for item in &select.items {
            match item {
                Item::Expr { expr, .. } => self.expr(expr),
                Item::Star(star) => star.replace.iter().for_each(|(expr, _)| self.expr(expr)),
            }
        }
        if let GroupBy::Elements(elements) = &select.group_by {
            for element in elements {
                match element {
                    GroupElement::Key(expr) => self.expr(expr),
                    GroupElement::Rollup(sets) | GroupElement::Cube(sets) | GroupElement::Sets(sets) => {
                        sets.iter().flatten().for_each(|expr| self.expr(expr));
                    }
                }
            }
        }
        for expr in select.filter.iter().chain(&select.having).chain(&select.qualify) {
            self.expr(expr);
        }
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
            TableKind::Function { args, .. } => args.iter().for_each(|arg| self.argument(arg)),
            TableKind::Join { left, right, on, .. } => {
                self.table(left);
                self.table(right);
                if let JoinOn::Condition(expr) = on {
                    self.expr(expr);
                }
            }
            TableKind::Pivot(pivot) => self.table(&pivot.table),
            TableKind::Unpivot(unpivot) => self.table(&unpivot.table),
            TableKind::Opaque(_, tables) => tables.iter().for_each(|table| self.table(table)),
        }
    }

    fn argument(&mut self, argument: &Argument) {
        match argument {
            Argument::Plain(expr) | Argument::Named(_, expr) => self.expr(expr),
            Argument::Query(query) => self.query(query),
            Argument::Star(_) => {}
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Column(_) | ExprKind::Literal(_) | ExprKind::Parameter(_) | ExprKind::Opaque(_) => {}
            ExprKind::Operator(_, args) | ExprKind::Array(args) | ExprKind::Row(args) => {
                args.iter().for_each(|arg| self.expr(arg));
            }
            ExprKind::Call(call) => {
                call.args.iter().for_each(|arg| self.argument(arg));
                call.filter.iter().for_each(|filter| self.expr(filter));
            }
            ExprKind::Case { operand, branches, otherwise } => {
                operand.iter().chain(otherwise).for_each(|expr| self.expr(expr));
                for (when, then) in branches {
                    self.expr(when);
                    self.expr(then);
                }
            }
            ExprKind::Cast { expr, .. } | ExprKind::Lambda(_, expr) | ExprKind::Path(expr, _) => self.expr(expr),
            ExprKind::InQuery(values, query) => {
                values.iter().for_each(|value| self.expr(value));
                self.query(query);
            }
            ExprKind::Exists(query) | ExprKind::Subquery(query) => self.query(query),
            ExprKind::Quantified { left, right, .. } => {
                self.expr(left);
                self.expr(right);
            }
            ExprKind::Struct(fields) => fields.iter().for_each(|(_, value)| self.expr(value)),
        }
    }
}
