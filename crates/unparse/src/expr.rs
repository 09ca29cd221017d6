//! A scalar as text, and how tightly it holds together.

use crate::doc::Doc;

/// How tightly a text holds together; what stands inside something tighter is put in parentheses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Or,
    And,
    Not,
    Compare,
    /// Operators that bind more or less tightly from dialect to dialect.
    Odd,
    Add,
    Multiply,
    Unary,
    Atom,
}

/// A scalar as text.
#[derive(Debug, Clone)]
pub(crate) struct Expr {
    pub(crate) doc: Doc,
    pub(crate) level: Level,
    /// What it would be called, canonically.
    pub(crate) hint: Option<String>,
    /// What it is called if nothing is said: it is a column.
    pub(crate) own: Option<String>,
}

impl Expr {
    pub(crate) fn new(doc: Doc, level: Level) -> Self {
        Self { doc, level, hint: None, own: None }
    }

    pub(crate) fn atom(doc: Doc) -> Self {
        Self::new(doc, Level::Atom)
    }

    pub(crate) fn called(self, hint: Option<String>) -> Self {
        Self { hint, ..self }
    }

    /// In parentheses, if it does not hold together so tightly.
    pub(crate) fn at(self, level: Level) -> Doc {
        if self.level >= level { self.doc } else { Doc::parens("", self.doc) }
    }
}
