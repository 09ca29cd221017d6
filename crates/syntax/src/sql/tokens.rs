//! Tokens whose places are bytes.
//!
//! The parser library counts lines and characters. Its places are rewritten, before it parses, to line 1 and
//! "column" byte + 1; so every span in its tree is a span of bytes, and nothing is counted twice.

use std::cell::RefCell;

use plumb_base::{Severity, Span};
use sqlparser::dialect::Dialect as _;
use sqlparser::tokenizer::{self, Location, Token, TokenWithSpan, Tokenizer};

use super::{Dialect, Trouble, client, lexer, shim};

/// Tokens of a long text are not worth keeping room for.
const ROOM: usize = 1 << 15;

thread_local! {
    /// Room for tokens as the library gives them: a text has many, most of them spaces, and for no longer than a
    /// moment.
    static TOKENS: RefCell<Vec<TokenWithSpan>> = const { RefCell::new(Vec::new()) };
    /// Room for those of the next text, which the last one has left.
    static LEFT: RefCell<Vec<TokenWithSpan>> = const { RefCell::new(Vec::new()) };
}

/// Takes back the room of tokens that nobody needs any more.
pub(super) fn spend(mut tokens: Vec<TokenWithSpan>) {
    tokens.clear();
    LEFT.with_borrow_mut(|left| {
        if (left.capacity() + 1..=ROOM).contains(&tokens.capacity()) {
            *left = tokens;
        }
    });
}

/// Times that a text goes on behind a statement whose tokens cannot be told apart.
const RESUMES: usize = 16;

/// Tokens of a text without spaces and comments, and where and why it goes wrong.
///
/// A statement in which it goes wrong is left out; those before it and those behind the next line that ends with a
/// semicolon are not.
pub(crate) fn read(text: &str, dialect: &Dialect) -> (Vec<TokenWithSpan>, Vec<Trouble>) {
    let kept;
    let mut text = text;
    if ["ansi", "postgres", "redshift"].contains(&dialect.name) {
        let grammar = (dialect.grammar)();
        let escapes = grammar.supports_string_literal_backslash_escape();
        kept = client::without_commands(text, escapes);
        text = &kept;
    }
    let (mut troubles, mut from) = (Vec::new(), 0);
    let mut tokens = LEFT.take();
    while let Err(trouble) = append(text, from, dialect, &mut tokens) {
        // Behind a quote that nobody closes, what stands between literals is taken for literals.
        let open = tokens.iter().position(|it| holds_statements(it, text));
        let sure = &tokens[..open.unwrap_or(tokens.len())];
        let kept = sure.iter().rposition(|it| it.token == Token::SemiColon).map_or(0, |at| at + 1);
        let start = |at: usize| tokens.get(at).map(|token| bytes(token.span).start);
        let place = open.and_then(start).unwrap_or(trouble.span.start) as usize;
        let first = start(kept).unwrap_or(trouble.span.start);
        troubles.push(Trouble { span: Span::new(place, place + 1), ..trouble });
        tokens.truncate(kept);
        match line_end(text, first, Span::new(0, text.len()).end) {
            Some(end) if troubles.len() <= RESUMES => from = end,
            _ => break,
        }
    }
    if ["ansi", "duckdb", "postgres", "redshift"].contains(&dialect.name) {
        continued(&mut tokens, text);
    }
    if dialect.name == "databricks" {
        raw(&mut tokens, text);
    }
    (shim::mend(tokens, dialect), troubles)
}

/// Adds the tokens from a byte on, as far as they can be told apart.
fn append(
    text: &str,
    from: usize,
    dialect: &Dialect,
    tokens: &mut Vec<TokenWithSpan>,
) -> Result<(), Trouble> {
    let before = tokens.len();
    if lexer::append(text, from, dialect, tokens).is_some() {
        return Ok(());
    }
    tokens.truncate(before);
    by_library(text, from, dialect, tokens)
}

pub(super) fn by_library(
    text: &str,
    from: usize,
    dialect: &Dialect,
    tokens: &mut Vec<TokenWithSpan>,
) -> Result<(), Trouble> {
    let grammar = (dialect.grammar)();
    let mut walk = Walk { text, byte: from, line: 1, column: 1 };
    let before = tokens.len();
    let start = Location { line: 1, column: 1 };
    let (read, stops) = TOKENS.with_borrow_mut(|all| {
        all.clear();
        let read = Tokenizer::new(&grammar, &text[from..]).tokenize_with_location_into_buf(all);
        let stops = all.last().map_or(start, |last| last.span.end);
        let some = |token: &TokenWithSpan| !matches!(token.token, Token::Whitespace(_));
        tokens.reserve_exact(all.iter().filter(|token| some(token)).count());
        tokens.extend(all.drain(..).filter(some));
        all.shrink_to(ROOM);
        (read, stops)
    });
    for token in &mut tokens[before..] {
        let start = walk.byte_at(token.span.start);
        // The end may not lie beyond the start of the next token, which is read next.
        let end = Walk { ..walk }.byte_at(token.span.end);
        token.span = tokenizer::Span::new(location(start), location(end));
    }
    read.map_err(|error| {
        // The library has the end of what nobody closes: it begins where the tokens before it end.
        let at = Walk { text, byte: from, line: 1, column: 1 }.byte_at(stops);
        trouble(Span::new(at, at + 1), error.message.to_lowercase())
    })
}

/// Whether a literal in plain quotes holds lines that end as statements do.
fn holds_statements(token: &TokenWithSpan, text: &str) -> bool {
    let span = bytes(token.span);
    matches!(token.token, Token::SingleQuotedString(_) | Token::DoubleQuotedString(_))
        && line_end(text, span.start, span.end).is_some()
}

/// Behind the first line between two bytes that ends with a semicolon.
fn line_end(text: &str, start: u32, end: u32) -> Option<usize> {
    let said = text.get(start as usize..end as usize)?;
    let mut at = start as usize;
    for line in said.split_inclusive('\n') {
        at += line.len();
        if line.ends_with('\n') && line.trim_end().ends_with(';') {
            return Some(at);
        }
    }
    None
}

/// Spark's `r'…'` is what stands between the quotes, whatever is a sign to leave out elsewhere.
fn raw(tokens: &mut Vec<TokenWithSpan>, text: &str) {
    tokens.dedup_by(|next, before| {
        let Token::Word(word) = &before.token else { return false };
        let quoted =
            matches!(next.token, Token::SingleQuotedString(_) | Token::DoubleQuotedString(_));
        let (prefix, literal) = (bytes(before.span), bytes(next.span));
        let is_raw = quoted
            && word.quote_style.is_none()
            && word.value.eq_ignore_ascii_case("r")
            && prefix.end == literal.start;
        let inside = (literal.start as usize + 1)..(literal.end as usize).saturating_sub(1);
        match text.get(inside).filter(|_| is_raw) {
            Some(said) => {
                before.token = Token::SingleQuotedRawStringLiteral(said.to_owned());
                before.span = before.span.union(&next.span);
                true
            }
            None => false,
        }
    });
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
) -> Result<(Vec<TokenWithSpan>, Vec<Trouble>), Trouble> {
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
    let (mut tokens, mut troubles) = read(value, dialect);
    for trouble in &mut troubles {
        trouble.span = shift(trouble.span);
    }
    for token in &mut tokens {
        let span = shift(bytes(token.span));
        token.span =
            tokenizer::Span::new(location(span.start as usize), location(span.end as usize));
    }
    Ok((tokens, troubles))
}

fn trouble(span: Span, message: String) -> Trouble {
    Trouble { span, severity: Severity::Failed, reason: "sql-token", message }
}

/// The bytes of a rewritten span; an unknown one is empty at 0.
pub(crate) fn bytes(span: tokenizer::Span) -> Span {
    let byte = |at: Location| usize::try_from(at.column).unwrap_or(0).saturating_sub(1);
    if span.start.line == 0 { Span::default() } else { Span::new(byte(span.start), byte(span.end)) }
}

pub(crate) fn location(byte: usize) -> Location {
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
        let tokens = read(text, Dialect::plain()).0;
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
            let tokens = read(text, Dialect::named(dialect).unwrap()).0;
            tokens.iter().map(|token| token.token.to_string()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(spelled("postgres"), "select 'ab' , 'c' 'd'");
        assert_eq!(spelled("snowflake"), "select 'a' 'b' , 'c' 'd'");
    }

    #[test]
    fn an_open_quote_has_a_place() {
        let (tokens, errors) = read("select a,\n 'x", Dialect::plain());
        assert_eq!((tokens.len(), errors[0].span.start), (0, 11));
        assert!(errors[0].message.contains("unterminated"), "{errors:?}");
    }

    #[track_caller]
    fn kept(text: &str, expected: &str, places: &[usize]) {
        let (tokens, errors) = read(text, Dialect::named("databricks").unwrap());
        let spelled: Vec<String> = tokens.iter().map(|token| token.token.to_string()).collect();
        assert_eq!(spelled.join(" ").trim_end_matches(" EOF"), expected);
        let starts: Vec<usize> = errors.iter().map(|error| error.span.start as usize).collect();
        assert_eq!(starts, places);
    }

    #[test]
    fn an_open_quote_loses_one_statement() {
        kept("select 1;\nselect 'a;\nselect 2;\nselect 3", "select 1 ; select 2 ; select 3", &[17]);
        kept("select 'it's';\r\nselect 'b' ;\r\n", "select 'b' ;", &[12]);
        kept("select 1; select /* a;", "select 1 ;", &[17]);
        kept("select 1;\nselect $a$ é;\nselect 2", "select 1 ; select 2", &[17]);
        kept("select 'a;\nselect 'b';\nselect 'c'", "select 'b' ; select 'c'", &[7]);
        kept(
            "select 'a;\nselect 1;\nselect 'b;\nselect 'c",
            "select 1 ; select 'b;\nselect ' c",
            &[7],
        );
    }

    #[test]
    fn a_raw_literal_keeps_its_backslashes() {
        kept(r"select r'\d+', R'x\y', 'r' 'z'", r"select R'\d+' , R'x\y' , 'r' 'z'", &[]);
    }
}
