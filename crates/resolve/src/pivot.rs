//! `PIVOT` as a grouping with filters, `UNPIVOT` as a union.

use plumb_base::{Name, Span};
use plumb_ir::{Empty, Field, From, Literal, Out, Rel, RelId, Scalar, ScalarId, Tree, function};
use plumb_syntax::sql::tree::{self, Expr, ExprKind, Ident, Pivot, Unpivot};

use crate::scope::{Bound, Column, Input, Resolver, Scope, number};

impl Resolver<'_> {
    /// One row per distinct values of the columns that the `PIVOT` does not speak of; for each value, each aggregate
    /// over the rows that have it.
    pub(crate) fn pivot(&mut self, pivot: &Pivot, span: Span) -> Bound {
        let (inner, _) = self.aside(&pivot.table);
        if inner.open || pivot.values.is_empty() || inner.columns.iter().any(|it| it.name.is_none())
        {
            return self.opaque(
                span,
                "a pivot over columns or values that are not known",
                vec![inner],
            );
        }
        let input = Input::new(inner.clone(), None, None);
        let scope = Scope { inputs: vec![input], visible: false, ..Scope::default() };
        let (parts, _) = self.within(scope, |it| it.pivoted(pivot));
        let Some((aggregates, columns, values)) = parts else {
            return self.opaque(span, "a pivot of this form", vec![inner]);
        };
        let keys: Vec<&Column> = inner
            .columns
            .iter()
            .filter(|column| {
                let used = aggregates.iter().map(|it| it.value).chain(columns.iter().copied());
                !used.into_iter().any(|scalar| self.looks_at(scalar, column.field))
            })
            .collect();
        let mut named: Vec<Column> = Vec::new();
        for (at, key) in keys.iter().enumerate() {
            named.push(Column { name: key.name.clone(), field: Field::At(number(at)) });
        }
        let mut calls = Vec::new();
        for value in &values {
            let equal: Vec<ScalarId> = columns
                .iter()
                .zip(&value.parts)
                .map(|(column, part)| self.arena.call("eq", vec![*column, *part]))
                .collect();
            for aggregate in &aggregates {
                calls.push(self.only_where(aggregate.value, &equal));
                let name = self.pivot_name(value, aggregate, aggregates.len());
                let field = Field::At(number(named.len()));
                named.push(Column { name: Some(name), field });
            }
        }
        let keys: Vec<_> = keys.iter().map(|key| self.arena.column(0, key.field)).collect();
        let input = self.under(inner.rel);
        let from = From { inputs: vec![input], tree: Tree::Input(0), filter: Vec::new() };
        let from = self.arena.from(from);
        // Two values may give one call: each output is a position of its own.
        let (distinct, places) = once(calls);
        let first = number(named.len() - places.len());
        // Without a key these give one row even for no input.
        let whole = ["databricks", "duckdb"].contains(&self.around.dialect.name);
        let scalar = whole && keys.is_empty();
        let rel = self.arena.rel(Rel::Aggregate { from, keys, calls: distinct, scalar });
        for (column, place) in named.iter_mut().skip(first as usize).zip(places) {
            column.field = Field::At(first + place);
        }
        Bound { rel, columns: named, open: false, hidden: Vec::new() }
    }

    /// Aggregates, pivoted columns and values, bound to the rows; nothing for what is not an aggregate.
    fn pivoted(&mut self, pivot: &Pivot) -> Option<(Vec<Measure>, Vec<ScalarId>, Vec<Value>)> {
        let mut aggregates = Vec::new();
        for (expr, alias) in &pivot.aggregates {
            let value = self.expr(expr);
            if !matches!(self.arena.get_scalar(value), Scalar::Aggregate { .. }) {
                return None;
            }
            let spark = self.around.dialect.name == "databricks";
            let value = if spark { self.null_for_none(value)? } else { value };
            let spelled = match &expr.kind {
                ExprKind::Call(call) => call.name.clone(),
                _ => return None,
            };
            aggregates.push(Measure { value, alias: alias.clone(), spelled });
        }
        let columns: Vec<&Expr> = pivot.columns.iter().flat_map(unrow).collect();
        let columns: Vec<ScalarId> = columns.into_iter().map(|column| self.expr(column)).collect();
        let mut values = Vec::new();
        for (expr, alias) in &pivot.values {
            let parts: Vec<&Expr> = unrow(expr);
            if parts.len() != columns.len() {
                return None;
            }
            let spelled: Option<Vec<String>> =
                parts.iter().map(|part| self.spelled(part)).collect();
            let parts = parts.into_iter().map(|part| self.expr(part)).collect();
            values.push(Value { parts, alias: alias.clone(), spelled: spelled?.join("_") });
        }
        Some((aggregates, columns, values))
    }

    /// An aggregate that gives NULL for no rows, as Spark's `PIVOT` does for a value that no row has.
    fn null_for_none(&mut self, aggregate: ScalarId) -> Option<ScalarId> {
        let Scalar::Aggregate { function: name, args, distinct, filter, order } =
            self.arena.get_scalar(aggregate).clone()
        else {
            return None;
        };
        let name = self.arena.name(name);
        if function(name)?.measure?.empty == Empty::Null {
            return Some(aggregate);
        }
        if distinct || args.len() > 1 || name != "count" {
            return None;
        }
        // A sum of ones counts, and is NULL where there is nothing to count.
        let one = self.arena.literal(Literal::Integer(1));
        let counted = match args.first() {
            None => one,
            Some(arg) => {
                let (zero, missing) = (Literal::Integer(0), self.arena.call("is-null", vec![*arg]));
                let branches = vec![(missing, self.arena.literal(zero))];
                self.arena.scalar(Scalar::Case { branches, otherwise: Some(one) })
            }
        };
        let (function, args) = (self.arena.symbol("sum"), vec![counted]);
        Some(self.arena.scalar(Scalar::Aggregate { function, args, distinct, filter, order }))
    }

    /// The name of a column, as each dialect puts it together.
    fn pivot_name(&self, value: &Value, measure: &Measure, measures: usize) -> Name {
        let dialect = self.around.dialect;
        let of_value = match &value.alias {
            Some(alias) => alias.name.clone(),
            // Snowflake keeps the quotes of the literal in the name.
            None if dialect.name == "snowflake" => {
                dialect.column_name(&format!("'{}'", value.spelled), true)
            }
            None => dialect.column_name(&value.spelled, true),
        };
        let of_measure = measure.alias.as_ref().map(|alias| alias.name.as_str());
        match (dialect.name, of_measure) {
            (_, None) if measures == 1 => of_value,
            ("bigquery", Some(measure)) => Name::new(format!("{measure}_{of_value}")),
            ("databricks", Some(_)) if measures == 1 => of_value,
            (_, Some(measure)) => Name::new(format!("{of_value}_{measure}")),
            (_, None) => Name::new(format!("{of_value}_{}", measure.spelled)),
        }
    }

    /// A constant as it stands in the name of a column; a name of BigQuery's does not begin with a digit.
    fn spelled(&self, expr: &Expr) -> Option<String> {
        let text = spelled(expr)?;
        Some(match &expr.kind {
            _ if self.around.dialect.name != "bigquery" => text,
            ExprKind::Literal(tree::Literal::Number(_)) => {
                format!("_{}", text.replace('.', "_point_"))
            }
            ExprKind::Literal(tree::Literal::Bool(_)) => text.to_uppercase(),
            _ => text,
        })
    }

    /// An aggregate over the rows that satisfy conditions.
    fn only_where(&mut self, aggregate: ScalarId, conditions: &[ScalarId]) -> ScalarId {
        let Scalar::Aggregate { function, args, distinct, filter, order } =
            self.arena.get_scalar(aggregate).clone()
        else {
            return aggregate;
        };
        let all: Vec<ScalarId> = filter.into_iter().chain(conditions.iter().copied()).collect();
        let filter = match all.as_slice() {
            [] => None,
            [one] => Some(*one),
            _ => Some(self.arena.call("and", all)),
        };
        self.arena.scalar(Scalar::Aggregate { function, args, distinct, filter, order })
    }

    fn looks_at(&self, scalar: ScalarId, wanted: Field) -> bool {
        match self.arena.get_scalar(scalar) {
            Scalar::Column { depth: 0, field, .. } => *field == wanted,
            other => other.children().iter().any(|child| self.looks_at(*child, wanted)),
        }
    }

    /// For each listed column, the rows with its name and its value.
    pub(crate) fn unpivot(&mut self, unpivot: &Unpivot, span: Span) -> Bound {
        let (inner, _) = self.aside(&unpivot.table);
        let values: Vec<Name> = unrow(&unpivot.value).into_iter().filter_map(name_of).collect();
        let listed: Option<Vec<Listed>> =
            unpivot.columns.iter().map(|it| self.listed_column(it, &inner)).collect();
        let known = !inner.open && inner.columns.iter().all(|it| it.name.is_some());
        let Some(listed) = listed.filter(|listed| {
            known && !listed.is_empty() && listed.iter().all(|it| it.fields.len() == values.len())
        }) else {
            return self.opaque(span, "an unpivot over columns that are not known", vec![inner]);
        };
        let others: Vec<Column> = inner
            .columns
            .iter()
            .filter(|column| !listed.iter().any(|it| it.fields.contains(&column.field)))
            .cloned()
            .collect();
        let arms = listed.iter().map(|it| self.arm(&inner, &others, it, unpivot.keep_nulls));
        let inputs: Vec<RelId> = arms.collect();
        let rel = self.arena.rel(Rel::Union { inputs });
        let mut names: Vec<Option<Name>> = others.into_iter().map(|column| column.name).collect();
        names.push(Some(unpivot.name.name.clone()));
        names.extend(values.into_iter().map(Some));
        let column = |(at, name)| Column { name, field: Field::At(number(at)) };
        let columns = names.into_iter().enumerate().map(column).collect();
        Bound { rel, columns, open: false, hidden: Vec::new() }
    }

    fn listed_column(
        &self,
        (expr, alias): &(Expr, Option<Ident>),
        inner: &Bound,
    ) -> Option<Listed> {
        let names: Vec<Name> = unrow(expr).into_iter().filter_map(name_of).collect();
        let field = |name: &Name| {
            let column = inner.columns.iter().find(|column| column.name.as_ref() == Some(name));
            column.map(|column| column.field)
        };
        let fields: Vec<Field> = names.iter().map(field).collect::<Option<_>>()?;
        let upper = self.around.dialect.columns == plumb_syntax::sql::Fold::Upper;
        let one = |name: &Name| match name.as_str().strip_prefix('"') {
            Some(exact) => exact.trim_end_matches('"').to_owned(),
            None if upper => name.as_str().to_uppercase(),
            None => name.as_str().to_owned(),
        };
        let spelled = alias.as_ref().map_or_else(
            || names.iter().map(one).collect::<Vec<_>>().join("_"),
            |alias| alias.name.as_str().trim_matches('"').to_owned(),
        );
        Some(Listed { fields, spelled })
    }

    fn arm(&mut self, inner: &Bound, others: &[Column], listed: &Listed, nulls: bool) -> RelId {
        let mut out: Vec<Out> =
            others.iter().map(|it| Out::Column(self.arena.column(0, it.field))).collect();
        out.push(Out::Column(self.arena.literal(Literal::Text(listed.spelled.clone()))));
        let values: Vec<ScalarId> =
            listed.fields.iter().map(|field| self.arena.column(0, *field)).collect();
        out.extend(values.iter().map(|value| Out::Column(*value)));
        let mut filter = Vec::new();
        if !nulls {
            // A row goes if all its values are NULL.
            let nulls: Vec<ScalarId> =
                values.iter().map(|value| self.arena.call("is-null", vec![*value])).collect();
            let all = match nulls.as_slice() {
                [one] => *one,
                _ => self.arena.call("and", nulls),
            };
            filter.push(self.arena.call("not", vec![all]));
        }
        let input = self.under(inner.rel);
        let from = From { inputs: vec![input], tree: Tree::Input(0), filter };
        let from = self.arena.from(from);
        self.arena.rel(Rel::Project { from, out })
    }
}

/// An aggregate of a `PIVOT`.
struct Measure {
    value: ScalarId,
    alias: Option<Ident>,
    /// Name of its function.
    spelled: String,
}

/// A value of a `PIVOT`.
struct Value {
    parts: Vec<ScalarId>,
    alias: Option<Ident>,
    spelled: String,
}

/// Columns of an `UNPIVOT` that become values, and what stands for their name.
struct Listed {
    fields: Vec<Field>,
    spelled: String,
}

/// Each scalar once, and where each of the given ones went.
fn once(scalars: Vec<ScalarId>) -> (Vec<ScalarId>, Vec<u32>) {
    let (mut distinct, mut places) = (Vec::new(), Vec::new());
    for scalar in scalars {
        let at = distinct.iter().position(|it| *it == scalar).unwrap_or_else(|| {
            distinct.push(scalar);
            distinct.len() - 1
        });
        places.push(number(at));
    }
    (distinct, places)
}

fn unrow(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        ExprKind::Row(items) => items.iter().collect(),
        _ => vec![expr],
    }
}

fn name_of(expr: &Expr) -> Option<Name> {
    match &expr.kind {
        ExprKind::Column(names) => names.last().map(|name| name.name.clone()),
        _ => None,
    }
}

/// A constant as it stands in the name of a column.
fn spelled(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Literal(tree::Literal::Text(text) | tree::Literal::Number(text)) => {
            Some(text.clone())
        }
        ExprKind::Literal(tree::Literal::Bool(value)) => Some(value.to_string()),
        ExprKind::Column(names) => names.last().map(|name| name.name.to_string()),
        _ => None,
    }
}
