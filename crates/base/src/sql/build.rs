//! Trees put together from parts, for statements whose query nobody wrote out.

use crate::{Span, TableName};

use super::{
    Body, Distinct, Expr, GroupBy, Ident, Item, Query, RelationName, Select, SetOp, Star, Table,
    TableKind,
};

impl Query {
    /// A query that is a body and nothing else.
    pub fn of(body: Body, span: Span) -> Self {
        Self {
            ctes: Vec::new(),
            recursive: false,
            body,
            order_by: Vec::new(),
            limit: None,
            offset: None,
            unread: None,
            span,
        }
    }
}

impl Body {
    /// A `SELECT` with a list, a `FROM` and a `WHERE`.
    pub fn select(items: Vec<Item>, from: Vec<Table>, filter: Option<Expr>, span: Span) -> Self {
        Self::Select(Box::new(Select {
            distinct: Distinct::No,
            items,
            from,
            filter,
            group_by: GroupBy::No,
            having: None,
            qualify: None,
            windows: Vec::new(),
            value: None,
            unread: None,
            span,
        }))
    }

    /// The rows of several bodies; matched by name where they do not list the same columns.
    pub fn union(bodies: Vec<Self>, by_name: bool) -> Option<Self> {
        bodies.into_iter().reduce(|left, right| Self::Set {
            op: SetOp::Union,
            all: true,
            by_name,
            left: Box::new(left),
            right: Box::new(right),
        })
    }
}

impl Item {
    /// `*` or `t.*`.
    pub fn star(of: Option<TableName>, span: Span) -> Self {
        Self::Star(Box::new(Star {
            of,
            value: None,
            except: Vec::new(),
            replace: Vec::new(),
            rename: Vec::new(),
            like: None,
            span,
        }))
    }

    /// An expression under a name.
    pub fn named(expr: Expr, name: Ident) -> Self {
        Self::Expr { expr, alias: Some(name) }
    }
}

impl Table {
    /// A table by its name.
    pub fn named(name: RelationName) -> Self {
        let span = name.span;
        Self { kind: TableKind::Named(name), alias: None, span }
    }
}
