//! Sums as text.

use std::fmt::Write as _;

use crate::{
    space::{Space, parts},
    term::{Block, Fact, Id, Kind, SumId, Term},
};

pub(crate) struct Show<'s, 'a> {
    pub(crate) space: &'s Space<'a>,
}

impl Show<'_, '_> {
    pub(crate) fn block(&self, block: &Block, indent: usize) -> String {
        let pad = "  ".repeat(indent);
        let mut text = format!("{pad}[");
        for atom in &block.atoms {
            let kind = self.kind(&atom.kind, indent + 1);
            write!(text, "{}:{kind} ", atom.var.0).unwrap_or(());
        }
        text.push('|');
        for fact in &block.facts {
            write!(text, " {};", self.fact(fact, indent + 1)).unwrap_or(());
        }
        let out: Vec<String> = block.out.iter().map(|id| self.term(*id, indent + 1)).collect();
        write!(text, " -> {}]", out.join(", ")).unwrap_or(());
        text
    }

    fn sum(&self, sum: SumId, indent: usize) -> String {
        let blocks = self.space.blocks(sum).iter();
        let blocks: Vec<String> = blocks.map(|block| self.block(block, indent)).collect();
        format!("{{\n{}}}", blocks.join("\n"))
    }

    fn kind(&self, kind: &Kind, indent: usize) -> String {
        let name = |symbol| self.space.arena.name(symbol).to_owned();
        match kind {
            Kind::Scan(table) => name(*table),
            Kind::Distinct(sum) => format!("distinct {}", self.sum(*sum, indent)),
            Kind::Limit { sum, order, limit, offset, .. } => format!(
                "limit {order:?} {} {} {}",
                self.term(*limit, indent),
                self.term(*offset, indent),
                self.sum(*sum, indent)
            ),
            Kind::Window(sum) => format!("window {}", self.sum(*sum, indent)),
            Kind::Call { function, args } => {
                let args: Vec<String> = args.iter().map(|id| self.term(*id, indent)).collect();
                format!("{}({})", name(*function), args.join(", "))
            }
            Kind::Set { kind, left, right } => {
                format!("{kind:?} {} {}", self.sum(*left, indent), self.sum(*right, indent))
            }
            Kind::Opaque { key, .. } => format!("opaque {}", name(*key)),
        }
    }

    fn fact(&self, fact: &Fact, indent: usize) -> String {
        let term = |id: &Id| self.term(*id, indent);
        let list = |parts: &[Fact], word: &str| {
            let parts: Vec<String> = parts.iter().map(|it| self.fact(it, indent)).collect();
            format!("({})", parts.join(word))
        };
        match fact {
            Fact::True => "true".to_owned(),
            Fact::False => "false".to_owned(),
            Fact::Same(one, two) => format!("{} = {}", term(one), term(two)),
            Fact::Differ(one, two) => format!("{} != {}", term(one), term(two)),
            Fact::Below(one, two) => format!("{} < {}", term(one), term(two)),
            Fact::AtMost(one, two) => format!("{} <= {}", term(one), term(two)),
            Fact::Some(sum) => format!("some {}", self.sum(*sum, indent)),
            Fact::None(sum) => format!("none {}", self.sum(*sum, indent)),
            Fact::All(parts) => list(parts, " and "),
            Fact::Any(parts) => list(parts, " or "),
        }
    }

    fn term(&self, id: Id, indent: usize) -> String {
        let name = |symbol| self.space.arena.name(symbol).to_owned();
        match self.space.get(id) {
            Term::Column(var, plumb_ir::Field::At(at)) => format!("{}#{at}", var.0),
            Term::Column(var, plumb_ir::Field::Named(column)) => {
                format!("{}.{}", var.0, name(*column))
            }
            Term::Row(var) => format!("{}.*", var.0),
            Term::Literal(literal) => match literal {
                plumb_ir::Literal::Integer(number) => number.to_string(),
                other => format!("{other:?}"),
            },
            Term::Total(sum) => format!("total {}", self.sum(*sum, indent)),
            Term::Fold { function, sum, .. } => {
                format!("{} {}", name(*function), self.sum(*sum, indent))
            }
            Term::One(sum) => format!("one {}", self.sum(*sum, indent)),
            Term::Holds(sum) => format!("holds {}", self.sum(*sum, indent)),
            Term::Call { function, args } => {
                let args: Vec<String> = args.iter().map(|id| self.term(*id, indent)).collect();
                format!("{}({})", name(*function), args.join(", "))
            }
            term @ (Term::Case { .. }
            | Term::Cast { .. }
            | Term::Window(_)
            | Term::Lambda { .. }
            | Term::Param(_)) => {
                let word = match term {
                    Term::Case { .. } => "case".to_owned(),
                    Term::Cast { to, .. } => format!("cast {to}"),
                    Term::Window(window) => format!("window {}", name(window.function)),
                    _ => "lambda".to_owned(),
                };
                let inner: Vec<String> =
                    parts(term).into_iter().map(|id| self.term(id, indent)).collect();
                format!("{word}({})", inner.join(", "))
            }
        }
    }
}
