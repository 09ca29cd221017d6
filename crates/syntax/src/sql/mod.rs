//! SQL: text to statements, in the dialect of its writer.

mod dialect;
mod dialects;
mod extent;
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

/// Bytes of a text that is read; tokens take many times the room of their letters.
const LARGEST: usize = 12 << 20;

/// Statements of one text that are read; where there are more, they hold data, and all say the same.
const STATEMENTS: usize = 50_000;

/// Reads every statement of a text. Never fails, never panics.
pub fn parse(text: &str, dialect: &'static Dialect) -> Parsed {
    let mut parsed = Parsed::default();
    if text.len() > LARGEST {
        let (size, largest) = (text.len() >> 20, LARGEST >> 20);
        parsed.problems.push(Trouble {
            span: Span::new(0, 1),
            severity: Severity::Failed,
            reason: "sql-too-long",
            message: format!("{size} MB of SQL are more than the {largest} MB that are read"),
        });
        return parsed;
    }
    let (tokens, troubles) = tokens::read(text, dialect);
    pieces(text, &tokens, dialect, &mut parsed);
    parsed.problems.extend(troubles);
    parsed
}

/// Reads the statements of tokens.
fn pieces(text: &str, tokens: &[TokenWithSpan], dialect: &'static Dialect, parsed: &mut Parsed) {
    for piece in split::statements(tokens) {
        if parsed.statements.len() + parsed.problems.len() >= STATEMENTS {
            let span = piece.first().map_or_else(Span::default, |first| tokens::bytes(first.span));
            parsed.problems.push(Trouble {
                span,
                severity: Severity::Failed,
                reason: "sql-too-long",
                message: format!("more than {STATEMENTS} statements in one text are not read"),
            });
            break;
        }
        lower::statements(text, piece, dialect, parsed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn reasons(text: &str) -> Vec<&'static str> {
        parse(text, Dialect::plain()).problems.iter().map(|trouble| trouble.reason).collect()
    }

    #[test]
    fn what_is_too_much_is_refused_at_its_place_and_the_rest_is_read() {
        assert_eq!(reasons(&" ".repeat(LARGEST + 1)), ["sql-too-long"]);
        let many = parse(&"select 1;".repeat(STATEMENTS + 9), Dialect::plain());
        assert_eq!((many.statements.len(), many.problems.len()), (STATEMENTS, 1));
        let long = format!("select 1; select 1 in ({} 1); select 2", "1,".repeat(600_000));
        let long = parse(&long, Dialect::plain());
        assert_eq!((long.statements.len(), long.problems[0].span.start), (2, 10));
    }

    #[test]
    fn letters_that_nobody_meant_lose_one_statement() {
        for (text, at) in [
            ("select a\0 from t; select 1", 8),
            ("\0; select 1", 0),
            ("select a \u{fffd} \u{fffd} from t; select 1", 9),
            ("select (\r\n;\r\nselect 1", 8),
        ] {
            let parsed = parse(text, Dialect::plain());
            assert_eq!((parsed.statements.len(), parsed.problems.len()), (1, 1), "{text:?}");
            assert_eq!(parsed.problems[0].span.start, at, "{text:?}");
        }
        for open in ["select 'a", "select \"a", "select /* a", "select `a", "select $$ a"] {
            assert_eq!(reasons(&format!("{open} from t")), ["sql-token"]);
        }
    }

    #[test]
    fn chains_of_ten_thousand_are_read_or_refused() {
        let plenty = |text: &str| text.repeat(10_000);
        for text in [
            format!("select {}1", plenty("a::int + ")),
            format!("select a{}", plenty("::int")),
            format!("select a{}", plenty(" is null")),
            format!("select a{}", plenty("[0]")),
            format!("select a{}", plenty(".b")),
            format!("{}select 1", plenty("select 1 except ")),
            format!("select {}1", plenty("(")),
            format!("select {}1", plenty("case when ")),
            format!("select {}1", plenty("f(")),
            format!("select {}1", plenty("- ")),
            format!("select {}1", plenty("not ")),
            format!("select * from {}1", plenty("(select * from ")),
            format!("select * from t {}", plenty("pivot (sum(a) for b in (1)) ")),
            format!("select * from t {}", plenty("join t on a = b ")),
        ] {
            // As much as `estate` gives.
            let parse = move || drop(parse(&text, Dialect::plain()));
            let thread = std::thread::Builder::new().stack_size(256 << 20).spawn(parse);
            thread.unwrap().join().unwrap();
        }
    }
}
