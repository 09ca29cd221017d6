//! SQL: text to statements, in the dialect of its writer.

mod dialect;
mod dialects;
mod functions;
mod grammar;
mod lower;
mod redact;
mod shim;
mod split;
mod tokens;
pub mod tree;

pub use dialects::{Dialect, Division, Fold, GroupAlias, NullOrder};
pub use functions::{FunctionRule, Given, Reads, Shape, Units};
pub use redact::redacted;

use plumb_base::{Severity, Span};
use sqlparser::tokenizer::TokenWithSpan;
use tree::Statement;

/// Statements of one text, and what could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parsed {
    /// Statements in order; one that failed is absent here and stands in `problems`.
    pub statements: Vec<Statement>,
    /// What could not be read.
    pub problems: Vec<Trouble>,
}

/// A problem whose place is still a span of the parsed text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Where.
    pub span: Span,
    /// How much was lost.
    pub severity: Severity,
    /// Kind in kebab-case.
    pub reason: &'static str,
    /// One clause, lower case.
    pub message: String,
}

/// Levels of nesting a statement may have.
const DEPTH: usize = 320;

/// Reads every statement of a text. Never fails, never panics.
pub fn parse(text: &str, dialect: &'static Dialect) -> Parsed {
    let mut parsed = Parsed::default();
    match tokens::read(text, dialect) {
        Ok(tokens) => pieces(text, &tokens, dialect, &mut parsed),
        Err(trouble) => parsed.problems.push(trouble),
    }
    parsed
}

/// Reads the statements of tokens.
fn pieces(text: &str, tokens: &[TokenWithSpan], dialect: &'static Dialect, parsed: &mut Parsed) {
    for piece in split::statements(tokens) {
        lower::statements(text, piece, dialect, parsed);
    }
}
