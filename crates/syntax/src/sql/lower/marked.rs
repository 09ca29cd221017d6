//! Outer joins that conditions mark: `FROM a, b WHERE a.id = b.id(+)` keeps the rows of `a`.

use std::collections::BTreeSet;

use sqlparser::ast::{
    BinaryOperator, Expr, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, Join,
    JoinConstraint, JoinOperator, Select, SelectItem, TableFactor, TableWithJoins,
};

use crate::sql::Dialect;

/// Dialects that have the mark.
const DIALECTS: [&str; 2] = ["redshift", "snowflake"];

/// The same with left joins in place of marks; nothing where there are none, or where they say no clear thing.
///
/// A table whose columns are marked is joined to those before it; all conditions with a mark of it say what makes a
/// match, all others are what they were.
pub(super) fn joined(dialect: &Dialect, select: &Select) -> Option<Select> {
    let has_marks = DIALECTS.contains(&dialect.name) && select.from.len() > 1;
    let filter = select.selection.as_ref().filter(|_| has_marks)?;
    let mut all = Vec::new();
    conjuncts(filter, &mut all);
    let looks: Vec<(Expr, Looks)> = all.into_iter().map(Looks::of).collect();
    if looks.iter().all(|(_, looks)| looks.marked.is_empty()) {
        return None;
    }
    let mut tables: Vec<Marked> = select.from.iter().map(Marked::of).collect::<Option<_>>()?;
    let mut rest = Vec::new();
    for (condition, mut looks) in looks {
        let Some(marked) = looks.marked.pop_first() else {
            rest.push(condition);
            continue;
        };
        let clear = !looks.unclear && looks.marked.is_empty() && !looks.plain.contains(&marked);
        let table = tables.iter_mut().find(|it| it.name == marked).filter(|_| clear)?;
        table.conditions.push(condition);
        table.looks_at.extend(looks.plain);
    }
    let star = |item: &SelectItem| matches!(item, SelectItem::Wildcard(_));
    let from = in_turn(tables, select.projection.iter().any(star))?;
    let selection = all_of(rest);
    Some(Select { from: vec![from], selection, ..select.clone() })
}

/// A table of a `FROM`, and the conditions that are marked for it.
struct Marked {
    name: String,
    factor: TableFactor,
    conditions: Vec<Expr>,
    /// Names of other tables that those look at.
    looks_at: BTreeSet<String>,
}

impl Marked {
    fn of(table: &TableWithJoins) -> Option<Self> {
        let name = match &table.relation {
            // What sees tables to its left must stay behind them.
            TableFactor::Table { alias: Some(alias), .. }
            | TableFactor::Derived { alias: Some(alias), lateral: false, .. } => &alias.name,
            TableFactor::Table { name, alias: None, .. } => name.0.last()?.as_ident()?,
            _ => return None,
        };
        let name = name.value.to_lowercase();
        let (factor, conditions, looks_at) = (table.relation.clone(), Vec::new(), BTreeSet::new());
        table.joins.is_empty().then_some(Self { name, factor, conditions, looks_at })
    }
}

/// One table after the other, each behind those that its conditions look at; in their own order where a star lists
/// their columns.
fn in_turn(mut waiting: Vec<Marked>, as_they_stand: bool) -> Option<TableWithJoins> {
    let names: BTreeSet<String> = waiting.iter().map(|it| it.name.clone()).collect();
    if names.len() < waiting.len() {
        return None;
    }
    let mut before: BTreeSet<String> = BTreeSet::new();
    let mut from: Option<TableWithJoins> = None;
    while !waiting.is_empty() {
        let ready = |it: &Marked| {
            let first = before.is_empty() && !it.conditions.is_empty();
            let known = |name: &String| before.contains(name) || !names.contains(name);
            !first && it.looks_at.iter().all(known)
        };
        let at = waiting.iter().position(ready).filter(|at| *at == 0 || !as_they_stand)?;
        let Marked { name, factor, conditions, .. } = waiting.remove(at);
        before.insert(name);
        let join_operator = match all_of(conditions) {
            Some(on) => JoinOperator::LeftOuter(JoinConstraint::On(on)),
            None => JoinOperator::CrossJoin(JoinConstraint::None),
        };
        match &mut from {
            Some(from) => from.joins.push(Join { relation: factor, global: false, join_operator }),
            None => from = Some(TableWithJoins { relation: factor, joins: Vec::new() }),
        }
    }
    from
}

fn conjuncts<'e>(condition: &'e Expr, all: &mut Vec<&'e Expr>) {
    match condition {
        Expr::BinaryOp { left, op: BinaryOperator::And, right } => {
            conjuncts(left, all);
            conjuncts(right, all);
        }
        Expr::Nested(inner) => conjuncts(inner, all),
        _ => all.push(condition),
    }
}

fn all_of(conditions: Vec<Expr>) -> Option<Expr> {
    conditions.into_iter().reduce(|left, right| Expr::BinaryOp {
        left: Box::new(left),
        op: BinaryOperator::And,
        right: Box::new(right),
    })
}

/// Names of tables whose columns a condition looks at.
#[derive(Default)]
struct Looks {
    marked: BTreeSet<String>,
    plain: BTreeSet<String>,
    /// Whether it may look at others, too.
    unclear: bool,
}

impl Looks {
    /// A condition without its marks, and what it looks at.
    fn of(condition: &Expr) -> (Expr, Self) {
        let (mut condition, mut looks) = (condition.clone(), Self::default());
        looks.at(&mut condition, false);
        (condition, looks)
    }

    /// Looks at an expression, and takes its marks away. A mark at something that is not looked into stays, and is
    /// said not to be read.
    fn at(&mut self, expr: &mut Expr, marked: bool) {
        if let Expr::OuterJoin(inner) = expr
            && matches!(**inner, Expr::CompoundIdentifier(_))
        {
            *expr = (**inner).clone();
            return self.at(expr, true);
        }
        match expr {
            Expr::CompoundIdentifier(parts) => {
                let name = |part: &Ident| part.value.to_lowercase();
                match parts.as_slice() {
                    [.., table, _] if marked => drop(self.marked.insert(name(table))),
                    // What stands last may be a field of a column.
                    [before @ .., _] => self.plain.extend(before.iter().map(name)),
                    [] => {}
                }
            }
            Expr::BinaryOp { left, right, op } => {
                self.at(left, false);
                self.at(right, false);
                self.unclear |= *op == BinaryOperator::Or && !self.marked.is_empty();
            }
            Expr::Nested(inner)
            | Expr::UnaryOp { expr: inner, .. }
            | Expr::IsNull(inner)
            | Expr::IsNotNull(inner)
            | Expr::Cast { expr: inner, .. } => self.at(inner, false),
            Expr::Between { expr, low, high, .. } => {
                for side in [expr, low, high] {
                    self.at(side, false);
                }
            }
            Expr::InList { expr, list, .. } => {
                for side in std::iter::once(&mut **expr).chain(list) {
                    self.at(side, false);
                }
            }
            Expr::Like { expr, pattern, .. } | Expr::ILike { expr, pattern, .. } => {
                self.at(expr, false);
                self.at(pattern, false);
            }
            Expr::Function(call) => match &mut call.args {
                FunctionArguments::None => {}
                FunctionArguments::Subquery(_) => self.unclear = true,
                FunctionArguments::List(list) => {
                    list.args.iter_mut().for_each(|it| self.argument(it));
                }
            },
            Expr::Value(_) | Expr::TypedString(_) | Expr::Interval(_) => {}
            _ => self.unclear = true,
        }
    }

    fn argument(&mut self, argument: &mut FunctionArg) {
        match argument {
            FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => self.at(expr, false),
            _ => self.unclear = true,
        }
    }
}
