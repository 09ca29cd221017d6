//! SQL: text to statements, in the dialect of its writer.

mod dialect;
mod dialects;
mod functions;
mod lower;
mod redact;
mod split;
mod tokens;
pub mod tree;

pub use dialects::{Dialect, Division, Fold, NullOrder};
pub use functions::{FunctionRule, Given};
pub use redact::redacted;

use plumb_base::{Severity, Span};
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
    let tokens = match tokens::read(text, dialect) {
        Ok(tokens) => tokens,
        Err((at, message)) => {
            parsed.problems.push(Trouble {
                span: Span::new(at, at + 1),
                severity: Severity::Failed,
                reason: "sql-token",
                message,
            });
            return parsed;
        }
    };
    for piece in split::statements(&tokens) {
        match lower::statement(text, piece, dialect, &mut parsed.problems) {
            Ok(Some(statement)) => parsed.statements.push(statement),
            Ok(None) => {}
            Err(trouble) => parsed.problems.push(trouble),
        }
    }
    parsed
}
