//! Set operations and rows written out.

use plumb_base::{Name, Span};
use plumb_ir::{Field, From, Out, Rel, RelId, SetKind, Tree};
use plumb_syntax::sql::tree::{Body, Expr, Query, SetOp};

use crate::scope::{Bound, Column, Resolver, Scope, number};

impl Resolver<'_> {
    /// A body without the order and limit of the query it stands in, which only a `SELECT` needs early.
    pub(crate) fn body(&mut self, body: &Body, query: &Query) -> Bound {
        match body {
            Body::Select(select) => {
                let bare = Query {
                    ctes: Vec::new(),
                    recursive: false,
                    body: Body::Opaque(String::new()),
                    order_by: Vec::new(),
                    limit: None,
                    offset: None,
                    unread: None,
                    span: query.span,
                };
                self.select(select, &bare)
            }
            Body::Query(inner) => self.query(inner),
            Body::Set { op, all, by_name, .. } => {
                let mut sides = Vec::new();
                flatten(body, *op, *all, *by_name, &mut sides);
                let wanted = self.wanted;
                let mut bounds = Vec::new();
                for side in sides {
                    self.wanted = wanted;
                    bounds.push(self.body(side, query));
                }
                self.set(*op, *all, *by_name, bounds, query.span)
            }
            Body::Values(rows) => self.values(rows),
            Body::Opaque(what) => self.opaque(query.span, what, Vec::new()),
        }
    }

    fn values(&mut self, rows: &[Vec<Expr>]) -> Bound {
        let width = rows.first().map_or(0, Vec::len);
        let (rows, _) = self.within(Scope::default(), |it| {
            let row = |row: &Vec<Expr>| row.iter().map(|value| it.expr(value)).collect::<Vec<_>>();
            rows.iter().map(row).collect::<Vec<_>>()
        });
        let rows = rows.into_iter().filter(|row| row.len() == width).collect();
        let rel = self.arena.rel(Rel::Values { width: number(width), rows });
        let column = |index| Column {
            name: Some(Name::new(format!("column{}", index + 1))),
            field: Field::At(number(index)),
        };
        Bound { rel, columns: (0..width).map(column).collect(), open: false, hidden: Vec::new() }
    }

    fn set(
        &mut self,
        op: SetOp,
        all: bool,
        by_name: bool,
        bounds: Vec<Bound>,
        span: Span,
    ) -> Bound {
        let Some(first) = bounds.first().cloned() else {
            return self.opaque(span, "an empty set operation", bounds);
        };
        let open = bounds.iter().any(|bound| bound.open);
        if by_name && !open {
            return self.matched_by_name(op, all, &bounds);
        }
        let mut rels: Vec<RelId> = vec![first.rel];
        for bound in &bounds[1..] {
            let same_shape = bound.open == first.open && positions(bound) == positions(&first);
            if !same_shape {
                let message = if open {
                    "a set operation over columns that are not known"
                } else {
                    "the sides of a set operation have different numbers of columns"
                };
                self.problem(span, "unknown-columns", message);
                let closed = !by_name && names_all(&first, &bounds);
                return Bound { open: !closed, ..self.opaque_set(span, bounds) };
            }
            rels.push(bound.rel);
        }
        let rel = self.combined(op, all, rels, first.rel);
        Bound { rel, columns: first.columns, open: first.open, hidden: first.hidden }
    }

    fn combined(&mut self, op: SetOp, all: bool, rels: Vec<RelId>, first: RelId) -> RelId {
        match op {
            SetOp::Union => {
                let union = self.arena.rel(Rel::Union { inputs: rels });
                if all { union } else { self.arena.rel(Rel::Distinct { input: union }) }
            }
            SetOp::Intersect | SetOp::Except => {
                let kind =
                    if op == SetOp::Intersect { SetKind::Intersect } else { SetKind::Except };
                let mut rest = rels.into_iter();
                let left = rest.next().unwrap_or(first);
                rest.fold(left, |left, right| self.arena.rel(Rel::Set { kind, all, left, right }))
            }
        }
    }

    /// Sides whose columns are matched by name; a column that a side has not is NULL there.
    fn matched_by_name(&mut self, op: SetOp, all: bool, bounds: &[Bound]) -> Bound {
        let mut names: Vec<Option<Name>> = Vec::new();
        for column in bounds.iter().flat_map(|bound| &bound.columns) {
            if !names.contains(&column.name) {
                names.push(column.name.clone());
            }
        }
        let mut rels = Vec::new();
        for bound in bounds {
            let mut out = Vec::new();
            for name in &names {
                let column = bound.columns.iter().find(|column| column.name == *name);
                out.push(Out::Column(match column {
                    Some(column) => self.arena.column(0, column.field),
                    None => self.null(),
                }));
            }
            let input = self.under(bound.rel);
            let from = From { inputs: vec![input], tree: Tree::Input(0), filter: Vec::new() };
            let from = self.arena.from(from);
            rels.push(self.arena.rel(Rel::Project { from, out }));
        }
        let first = rels[0];
        let rel = self.combined(op, all, rels, first);
        let column = |(at, name)| Column { name, field: Field::At(number(at)) };
        let columns = names.into_iter().enumerate().map(column).collect();
        Bound { rel, columns, open: false, hidden: Vec::new() }
    }

    /// Sides whose columns cannot be matched: nothing is said of the result.
    fn opaque_set(&mut self, span: Span, bounds: Vec<Bound>) -> Bound {
        let columns: Vec<Column> =
            bounds.first().map(|bound| bound.columns.clone()).unwrap_or_default();
        let named = columns.into_iter().filter_map(|column| {
            let name = column.name?;
            let field = Field::Named(self.arena.symbol(name.as_str()));
            Some(Column { name: Some(name), field })
        });
        let columns = named.collect();
        Bound {
            columns,
            ..self.opaque(span, "a set operation over columns that are not known", bounds)
        }
    }
}

/// Whether the first side says what the columns are called, and how many there are.
fn names_all(first: &Bound, sides: &[Bound]) -> bool {
    let named = first.columns.iter().all(|column| column.name.is_some());
    let alike = sides.iter().all(|side| side.open || positions(side) == positions(first));
    named && alike && !first.open
}

/// How many columns are addressed by position.
fn positions(bound: &Bound) -> usize {
    bound.columns.iter().filter(|column| matches!(column.field, Field::At(_))).count()
}

/// Sides of a chain of the same operator, left to right.
fn flatten<'a>(body: &'a Body, op: SetOp, all: bool, by_name: bool, sides: &mut Vec<&'a Body>) {
    match body {
        Body::Set { op: other, all: other_all, by_name: other_name, left, right }
            if *other == op && *other_all == all && *other_name == by_name =>
        {
            flatten(left, op, all, by_name, sides);
            sides.push(right);
        }
        other => sides.push(other),
    }
}
