//! What a value that is not known is called, so that equal names hold equal values.

use plumb_base::Digest;
use ruff_python_ast::{
    Expr,
    visitor::{Visitor, walk_expr},
};

use crate::{names::Bound, program::span, text::Unknown, walk::Walk};

/// Functions that give the same for the same.
const STEADY: &[&str] = &[
    "abs",
    "capitalize",
    "datetime",
    "date",
    "format",
    "get",
    "int",
    "isoformat",
    "join",
    "len",
    "lower",
    "lstrip",
    "max",
    "min",
    "replace",
    "round",
    "rstrip",
    "sorted",
    "split",
    "str",
    "strftime",
    "strip",
    "strptime",
    "timedelta",
    "title",
    "tuple",
    "upper",
    "zfill",
];

impl Walk<'_> {
    /// The name of what an expression gives; `written` is all that stands for it.
    pub(crate) fn unknown(&mut self, expr: &Expr, written: &str) -> Unknown {
        if let Expr::Name(name) = expr
            && name.id.as_str() == written
        {
            return match self.lookup(&name.id) {
                Some(Bound::Unknown(unknown)) => unknown,
                _ => Unknown::Expression(self.own_name(&name.id)),
            };
        }
        let mut look = Look { walk: self, names: Vec::new(), steady: true };
        look.visit_expr(expr);
        let (names, steady) = (look.names, look.steady);
        let mut key = written.split_whitespace().collect::<Vec<_>>().join(" ");
        for (name, meant) in names {
            if name != meant {
                key = format!("{key} where {name} is {meant}");
            }
        }
        if !steady {
            // A call may give something else each time.
            self.calls += 1;
            key = format!("{key} #{}", self.calls);
        }
        Unknown::Expression(short(key))
    }

    /// What stands for an expression in the code.
    pub(crate) fn written(&self, expr: &Expr) -> String {
        let span = span(expr);
        let text = self.code.text.get(span.start as usize..span.end as usize);
        text.unwrap_or_default().to_owned()
    }
}

/// Looks at the names and calls of an expression.
struct Look<'w, 'a> {
    walk: &'w Walk<'a>,
    names: Vec<(String, String)>,
    steady: bool,
}

impl<'n> Visitor<'n> for Look<'_, '_> {
    fn visit_expr(&mut self, expr: &'n Expr) {
        match expr {
            Expr::Name(name) => {
                let meant = match self.walk.lookup(&name.id) {
                    Some(Bound::Unknown(Unknown::Expression(meant))) => meant,
                    Some(_) => name.id.to_string(),
                    None => self.walk.own_name(&name.id),
                };
                let pair = (name.id.to_string(), meant);
                if !self.names.contains(&pair) {
                    self.names.push(pair);
                }
            }
            Expr::Call(call) => {
                let name = match &*call.func {
                    Expr::Name(name) => name.id.as_str(),
                    Expr::Attribute(attribute) => attribute.attr.as_str(),
                    _ => "",
                };
                self.steady &= STEADY.contains(&name);
                match &*call.func {
                    Expr::Attribute(attribute) => self.visit_expr(&attribute.value),
                    Expr::Name(_) => {}
                    other => self.visit_expr(other),
                }
                self.visit_arguments(&call.arguments);
            }
            Expr::Await(_) | Expr::Yield(_) | Expr::YieldFrom(_) => self.steady = false,
            _ => walk_expr(self, expr),
        }
    }
}

fn short(key: String) -> String {
    const LIMIT: usize = 200;
    if key.len() <= LIMIT {
        return key;
    }
    let cut = (0..=LIMIT / 2).rev().find(|at| key.is_char_boundary(*at)).unwrap_or(0);
    format!("{}…{}", &key[..cut], Digest::of(&key))
}
