//! Tokens whose places are bytes.
//!
//! The parser library counts lines and characters. Its places are rewritten, before it parses, to line 1 and
//! "column" byte + 1; so every span in its tree is a span of bytes, and nothing is counted twice.

use std::cell::RefCell;

use plumb_base::{Severity, Span};
use sqlparser::tokenizer::{self, Location, Token, TokenWithSpan, Tokenizer};

use super::{Dialect, Trouble, shim};

/// Tokens of a long text are not worth keeping room for.
const ROOM: usize = 1 << 16;

thread_local! {
    /// Room for tokens as the library gives them: a text has many, most of them spaces, and for no longer than a
    /// moment.
    static TOKENS: RefCell<Vec<TokenWithSpan>> = const { RefCell::new(Vec::new()) };
}

/// Tokens of a text without spaces and comments, or where and why it goes wrong.
pub(crate) fn read(text: &str, dialect: &Dialect) -> Result<Vec<TokenWithSpan>, Trouble> {
    let grammar = (dialect.grammar)();
    let mut walk = Walk { text, byte: 0, line: 1, column: 1 };
    let mut tokens = TOKENS.with_borrow_mut(|all| {
        all.clear();
        let read = Tokenizer::new(&grammar, text).tokenize_with_location_into_buf(all);
        let some = |token: &TokenWithSpan| !matches!(token.token, Token::Whitespace(_));
        let count = all.iter().filter(|token| some(token)).count();
        let mut tokens = Vec::with_capacity(count);
        tokens.extend(all.drain(..).filter(some));
        all.shrink_to(ROOM);
        read.map(|()| tokens).map_err(|error| {
            let at = walk.byte_at(error.location);
            trouble(Span::new(at, at + 1), error.message.to_lowercase())
        })
    })?;
    for token in &mut tokens {
        let start = walk.byte_at(token.span.start);
        // The end may not lie beyond the start of the next token, which is read next.
        let end = Walk { ..walk }.byte_at(token.span.end);
        token.span = tokenizer::Span::new(location(start), location(end));
    }
    if ["ansi", "duckdb", "postgres", "redshift"].contains(&dialect.name) {
        continued(&mut tokens, text);
    }
    Ok(shim::mend(tokens, dialect))
}

/// Literals on lines of their own, with nothing between, are one.
fn continued(tokens: &mut Vec<TokenWithSpan>, text: &str) {
    tokens.dedup_by(|next, before| {
        let (Token::SingleQuotedString(more), Token::SingleQuotedString(whole)) =
            (&next.token, &mut before.token)
        else {
            return false;
        };
        let (end, start) = (bytes(before.span).end as usize, bytes(next.span).start as usize);
        let same = text.get(end..start).is_some_and(|between| between.contains('\n'));
        if same {
            whole.push_str(more);
            before.span = before.span.union(&next.span);
        }
        same
    });
}

/// Tokens of a text inside a literal, with their places in the text around it.
///
/// Where escapes make the literal another text than what stands between its quotes, they all have its place.
pub(crate) fn inside(
    text: &str,
    literal: &TokenWithSpan,
    dialect: &Dialect,
) -> Result<Vec<TokenWithSpan>, Trouble> {
    let around = bytes(literal.span);
    let (open, value) = match &literal.token {
        Token::DollarQuotedString(it) => {
            let tag = it.tag.as_ref().map_or(0, String::len);
            (tag + 2, it.value.as_str())
        }
        Token::SingleQuotedString(it) | Token::DoubleQuotedString(it) => (1, it.as_str()),
        Token::SingleQuotedRawStringLiteral(it) => (2, it.as_str()),
        Token::TripleDoubleQuotedString(it) | Token::TripleSingleQuotedString(it) => {
            (3, it.as_str())
        }
        Token::TripleDoubleQuotedRawStringLiteral(it)
        | Token::TripleSingleQuotedRawStringLiteral(it) => (4, it.as_str()),
        _ => return Err(trouble(around, "a text was expected".to_owned())),
    };
    let first = around.start as usize + open;
    let same = text.get(first..first + value.len()) == Some(value);
    let shift = |span: Span| {
        if same {
            Span::new(span.start as usize + first, span.end as usize + first)
        } else {
            around
        }
    };
    let mut tokens =
        read(value, dialect).map_err(|error| Trouble { span: shift(error.span), ..error })?;
    for token in &mut tokens {
        let span = shift(bytes(token.span));
        token.span =
            tokenizer::Span::new(location(span.start as usize), location(span.end as usize));
    }
    Ok(tokens)
}

fn trouble(span: Span, message: String) -> Trouble {
    Trouble { span, severity: Severity::Failed, reason: "sql-token", message }
}

/// The bytes of a rewritten span; an unknown one is empty at 0.
pub(crate) fn bytes(span: tokenizer::Span) -> Span {
    let byte = |at: Location| usize::try_from(at.column).unwrap_or(0).saturating_sub(1);
    if span.start.line == 0 { Span::default() } else { Span::new(byte(span.start), byte(span.end)) }
}

fn location(byte: usize) -> Location {
    Location { line: 1, column: byte as u64 + 1 }
}

/// A position that only walks forwards.
#[derive(Clone, Copy)]
struct Walk<'a> {
    text: &'a str,
    byte: usize,
    line: u64,
    column: u64,
}

impl Walk<'_> {
    fn byte_at(&mut self, to: Location) -> usize {
        for letter in self.text[self.byte..].chars() {
            if (self.line, self.column) >= (to.line, to.column) {
                break;
            }
            self.byte += letter.len_utf8();
            if letter == '\n' {
                self.line += 1;
                self.column = 1;
            } else {
                self.column += 1;
            }
        }
        self.byte
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_bytes() {
        let text = "select 'é',\r\n\tün_x /* c\n */ , 1";
        let tokens = read(text, Dialect::plain()).unwrap();
        let read: Vec<&str> = tokens
            .iter()
            .map(|token| bytes(token.span))
            .map(|span| &text[span.start as usize..span.end as usize])
            .collect();
        assert_eq!(read, ["select", "'é'", ",", "ün_x", ",", "1"]);
    }

    #[test]
    fn a_literal_may_go_on_in_the_next_line() {
        let text = "select 'a'\n  'b', 'c' 'd'";
        let spelled = |dialect| {
            let tokens = read(text, Dialect::named(dialect).unwrap()).unwrap();
            tokens.iter().map(|token| token.token.to_string()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(spelled("postgres"), "select 'ab' , 'c' 'd'");
        assert_eq!(spelled("snowflake"), "select 'a' 'b' , 'c' 'd'");
    }

    #[test]
    fn an_open_quote_has_a_place() {
        let error = read("select a,\n 'x", Dialect::plain()).unwrap_err();
        assert_eq!(error.span.start, 11);
        assert!(error.message.contains("unterminated"), "{error:?}");
    }
}
