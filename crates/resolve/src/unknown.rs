//! Parts of a statement whose text is not known: a run puts it where a hole stands.

use plumb_base::Span;
use plumb_ir::{Field, From, Out, Rel, Tree};
use plumb_syntax::sql::tree::{ExprKind, Ident, Item};

use crate::{
    expr::is_hole,
    scope::{Bound, Column, Resolver},
};

/// Clauses that are not read and that take or add columns; all others leave them as the list has them.
const OTHER_COLUMNS: [&str; 3] =
    ["`columns` inside an expression", "exclude after the list", "this pipe operator"];

impl Resolver<'_> {
    /// A query with a clause that is not read: other rows, and, where the clause says nothing of them, the same columns.
    pub(crate) fn unread(&mut self, span: Span, clause: &str, input: Bound) -> Bound {
        if OTHER_COLUMNS.contains(&clause) {
            return self.opaque(span, clause, vec![input]);
        }
        self.problem(span, "not-read", format!("{clause} is not read yet"));
        let key = self.unique();
        let (why, key) = (self.arena.symbol("unread-clause"), self.arena.symbol(&key));
        let rel = self.arena.rel(Rel::Opaque { why, key, inputs: vec![input.rel] });
        if input.open {
            return Bound { rel, ..input };
        }
        // What is opaque does not say how many columns it has; a projection does.
        let rel = self.under(rel);
        let from = From { inputs: vec![rel], tree: Tree::Input(0), filter: Vec::new() };
        let from = self.arena.from(from);
        let mut out = Vec::new();
        let mut columns = Vec::new();
        for (column, at) in input.columns.into_iter().zip(0..) {
            out.push(Out::Column(self.arena.column(0, column.field)));
            columns.push(Column { field: Field::At(at), ..column });
        }
        let rel = self.arena.rel(Rel::Project { from, out });
        Bound { rel, columns, ..input }
    }

    /// A part of a statement whose text is not known: rows of some kind, made of these.
    ///
    /// Equal to another with the same text and the same rows below it, if the text is the same then.
    pub(crate) fn unknown_part(&mut self, span: Span, text: &str, input: &Bound) -> Bound {
        // Whoever made the hole has said so, unless each run is given its value.
        if self.hole_in(text).is_none_or(|hole| hole.kind == "parameter") {
            let message = "a part of the statement is not known before a run";
            self.problem(span, "unknown-part", message);
        }
        let key = self.with_keys(text);
        let (why, key) = (self.arena.symbol("unknown-part"), self.arena.symbol(&key));
        let rel = self.arena.rel(Rel::Opaque { why, key, inputs: vec![input.rel] });
        // What stands in the list beside the part is where it was; what the part brings is reached by name.
        let known = |column: &&Column| column.name.as_ref().is_some_and(|name| !is_hole(name));
        let columns = input.columns.iter().filter(known).cloned().collect();
        Bound { rel, columns, open: true, hidden: Vec::new() }
    }
}

/// Items that are not known: each may be any number of columns.
pub(crate) fn unknown_items(items: &[Item]) -> Option<(Span, String)> {
    let unknown = items.iter().filter_map(|item| match item {
        Item::Expr { alias: Some(alias), .. } => is_hole(&alias.name).then_some(alias),
        Item::Expr { expr, alias: None } => match &expr.kind {
            ExprKind::Column(names) => names.last().filter(|name| is_hole(&name.name)),
            _ => None,
        },
        Item::Columns { names, .. } => names.iter().find(|name| is_hole(&name.name)),
        Item::Star(_) => None,
    });
    let unknown: Vec<&Ident> = unknown.collect();
    let texts: Vec<&str> = unknown.iter().map(|it| it.name.as_str()).collect();
    Some((unknown.first()?.span, texts.join(", ")))
}
