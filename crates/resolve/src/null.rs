//! Whether a row is NULL: where all of its fields are, and it is not NULL where none of them is.

use plumb_ir::ScalarId;
use plumb_syntax::sql::tree::{Argument, Expr, ExprKind};

use crate::scope::Resolver;

impl Resolver<'_> {
    /// What is asked of each field of a row that is written out; elsewhere a row is a value of its own.
    pub(crate) fn of_each_field(&mut self, name: &str, row: &Expr) -> Option<ScalarId> {
        if !["ansi", "postgres", "redshift"].contains(&self.around.dialect.name) {
            return None;
        }
        let fields = fields(row).filter(|fields| !fields.is_empty())?;
        let mut asked = Vec::new();
        for field in fields {
            let value = self.expr(field);
            let null = self.arena.call("is-null", vec![value]);
            asked.push(match name {
                "is-not-null" => self.arena.call("not", vec![null]),
                _ => null,
            });
        }
        Some(match asked.as_slice() {
            [one] => *one,
            _ => self.arena.call("and", asked),
        })
    }
}

fn fields(row: &Expr) -> Option<Vec<&Expr>> {
    match &row.kind {
        ExprKind::Row(fields) => Some(fields.iter().collect()),
        ExprKind::Call(call) if call.name.eq_ignore_ascii_case("row") => {
            let plain = call.args.iter().map(|arg| match arg {
                Argument::Plain(field) => Some(field),
                Argument::Named(..) | Argument::Star(_) | Argument::Query(_) => None,
            });
            plain.collect()
        }
        _ => None,
    }
}
