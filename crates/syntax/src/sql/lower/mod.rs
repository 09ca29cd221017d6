//! From the parser library's tree to plumb's own.

mod array_path;
mod call;
mod ends;
mod expr;
mod head;
mod marked;
pub(super) mod metric;
mod path;
mod pipe;
mod predicate;
mod query;
mod select;
mod table;

use std::borrow::Cow;

use plumb_base::{Severity, Span};
use sqlparser::{
    ast,
    parser::{Parser, ParserError},
    tokenizer::{Token, TokenWithSpan},
};

use self::ends::Ends;
use super::{
    DEPTH, Dialect, Parsed, Trouble, extent, tokens,
    tree::{Ident, Query, RelationName, Statement, StatementKind},
};

/// Expressions that may be tried for a statement, and for each of its tokens. Statements of people need one or
/// two tries a token; what needs many more doubles with every level of nesting.
const FUEL: u64 = 10_000;
const FUEL_PER_TOKEN: u64 = 64;

/// What lowering needs to know of the text it works on.
pub(crate) struct Lower<'a> {
    text: &'a str,
    dialect: &'static Dialect,
    ends: Ends,
}

/// Reads one statement; a text inside it may hold several.
pub(crate) fn statements(
    text: &str,
    tokens: Cow<'_, [TokenWithSpan]>,
    dialect: &'static Dialect,
    parsed: &mut Parsed,
) {
    let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else { return };
    let span = tokens::bytes(first.span).to(tokens::bytes(last.span));
    if let Some((at, reason, message)) = extent::excess(&tokens) {
        let span = tokens::bytes(tokens[at].span);
        parsed.problems.push(Trouble { span, severity: Severity::Failed, reason, message });
        return;
    }
    let before = tokens.iter().take_while(|token| is_hole(&token.token)).count();
    if before > 0 {
        let tokens = &tokens[before..];
        let (severity, message) = if tokens.is_empty() {
            (Severity::Failed, "a statement that only its template knows is not read yet")
        } else {
            (Severity::Partly, "what stands before the statement is not known")
        };
        let reason = if tokens.is_empty() { "statement-not-read" } else { "template-statement" };
        let message = message.to_owned();
        parsed.problems.push(Trouble { span, severity, reason, message });
        if tokens.is_empty() {
            let verb = "template".to_owned();
            parsed.statements.push(Statement { kind: StatementKind::Opaque { verb }, span });
        }
        return statements(text, Cow::Borrowed(tokens), dialect, parsed);
    }
    let lower = Lower { text, dialect, ends: Ends::of(&tokens) };
    if head::is_query(&tokens) {
        match lower.parsed(tokens) {
            Ok(query) => {
                parsed.statements.push(Statement { kind: StatementKind::Query(query), span });
            }
            Err(trouble) => parsed.problems.push(placed(trouble, span)),
        }
        return;
    }
    match head::read(&lower, &tokens) {
        Ok(head::Head::Kinds(kinds)) => {
            parsed.statements.extend(kinds.into_iter().map(|kind| Statement { kind, span }));
        }
        Ok(head::Head::Inside(token)) => match tokens::inside(text, token, dialect) {
            Ok((inner, troubles)) => {
                super::pieces(text, inner, dialect, parsed);
                parsed.problems.extend(troubles);
            }
            Err(trouble) => parsed.problems.push(trouble),
        },
        Ok(head::Head::Opaque(what)) => {
            parsed.problems.push(Trouble {
                span,
                severity: Severity::Failed,
                reason: "statement-not-read",
                message: format!("{what} is not read yet"),
            });
            let verb = head::verb(&tokens);
            parsed.statements.push(Statement { kind: StatementKind::Opaque { verb }, span });
        }
        Err(trouble) => parsed.problems.push(placed(trouble, span)),
    }
}

/// A trouble inside its statement: what ends too early has no place of its own.
fn placed(mut trouble: Trouble, statement: Span) -> Trouble {
    if trouble.span.start < statement.start || trouble.span.start > statement.end {
        trouble.span = Span::new(statement.end as usize, statement.end as usize + 1);
    }
    trouble
}

/// What a template printed and nobody knows.
fn is_hole(token: &Token) -> bool {
    match token {
        Token::Word(word) => word.value.starts_with("__plumb_hole_") && word.value.ends_with("__"),
        Token::Placeholder(text) => text.starts_with("{{"),
        _ => false,
    }
}

impl Lower<'_> {
    /// A query of its own.
    fn parsed<'t>(&self, tokens: impl Into<Cow<'t, [TokenWithSpan]>>) -> Result<Query, Trouble> {
        let query = self.whole(tokens, query)?;
        Ok(self.query(&query))
    }

    /// What the parser library makes of tokens, all of them.
    fn whole<'t, T>(
        &self,
        tokens: impl Into<Cow<'t, [TokenWithSpan]>>,
        read: fn(&mut Parser<'_>) -> Result<T, ParserError>,
    ) -> Result<T, Trouble> {
        let (grammar, tokens) = ((self.dialect.grammar)(), tokens.into());
        let start = tokens.first().map_or(0, |token| tokens::bytes(token.span).start);
        let end = tokens.last().map_or(0, |token| tokens::bytes(token.span).end);
        grammar.refuel(FUEL + FUEL_PER_TOKEN * tokens.len() as u64);
        let mut parser = Parser::new(&grammar)
            .with_recursion_limit(DEPTH)
            .with_tokens_with_locations(tokens.into_owned());
        let parsed = read(&mut parser).and_then(|tree| {
            let rest = parser.peek_token();
            match rest.token {
                Token::EOF => Ok(tree),
                _ => parser.expected("end of statement", rest),
            }
        });
        let tokens = parser.into_tokens();
        let parsed = parsed.map_err(|error| {
            if grammar.is_spent() {
                return spent(start, end);
            }
            // Where it goes too deep, the library may try something else, and complain of that.
            if extent::nesting(&tokens) > DEPTH {
                return too_deep(start);
            }
            trouble(&error, start, end)
        });
        tokens::spend(tokens);
        parsed
    }

    fn span(&self, span: sqlparser::tokenizer::Span) -> Span {
        let span = tokens::bytes(span);
        if span.end as usize <= self.text.len() { span } else { Span::default() }
    }

    fn ident(&self, ident: &ast::Ident) -> Ident {
        let name = self.dialect.column_name(&ident.value, ident.quote_style.is_some());
        Ident { name, span: self.span(ident.span) }
    }

    /// A name of a relation; BigQuery quotes a whole path at once.
    fn relation(&self, name: &ast::ObjectName) -> RelationName {
        let (mut parts, mut span) = (Vec::with_capacity(name.0.len()), Span::default());
        for part in &name.0 {
            let Some(ident) = part.as_ident() else { continue };
            span = span.to(self.span(ident.span));
            let quoted = ident.quote_style.is_some();
            if ident.quote_style == Some('`') && ident.value.contains('.') {
                parts
                    .extend(ident.value.split('.').map(|part| self.dialect.table_part(part, true)));
            } else {
                parts.push(self.dialect.table_part(&ident.value, quoted));
            }
        }
        RelationName { name: plumb_base::TableName(parts), span }
    }
}

fn query(parser: &mut Parser<'_>) -> Result<Box<ast::Query>, ParserError> {
    parser.parse_query()
}

fn expr(parser: &mut Parser<'_>) -> Result<ast::Expr, ParserError> {
    parser.parse_expr()
}

fn whole_statement(parser: &mut Parser<'_>) -> Result<ast::Statement, ParserError> {
    parser.parse_statement()
}

/// A statement on which the parser tried too much.
fn spent(start: u32, end: u32) -> Trouble {
    Trouble {
        span: Span { start, end },
        severity: Severity::Failed,
        reason: "sql-too-hard",
        message: "reading it takes too many attempts".to_owned(),
    }
}

/// A statement of which the parser does not see the ground; how deep it goes is no matter of its end.
fn too_deep(start: u32) -> Trouble {
    Trouble {
        span: Span { start, end: start + 1 },
        severity: Severity::Failed,
        reason: "sql-depth",
        message: format!("nested deeper than {DEPTH} levels"),
    }
}

/// A parser error with its place; the library puts it into words: `… at Line: 1, Column: 34`.
fn trouble(error: &ParserError, start: u32, end: u32) -> Trouble {
    let (reason, text) = match error {
        ParserError::TokenizerError(text) => ("sql-token", text.clone()),
        ParserError::ParserError(text) => ("sql-syntax", text.clone()),
        ParserError::RecursionLimitExceeded => return too_deep(start),
    };
    let (message, at) = match text.rsplit_once(" at Line: ") {
        Some((message, place)) => {
            let column =
                place.rsplit_once("Column: ").and_then(|(_, column)| column.trim().parse().ok());
            (message.to_owned(), column.map_or(end, |column: u32| column.saturating_sub(1)))
        }
        None => (text, end),
    };
    let message = match message.split_once("Expected: ") {
        Some((_, rest)) => match rest.split_once(", found: ") {
            Some((wanted, found)) => format!("expected {wanted}, found `{found}`"),
            None => format!("expected {rest}"),
        },
        None => message.to_lowercase(),
    };
    Trouble {
        span: Span::new(at as usize, at as usize + 1),
        severity: Severity::Failed,
        reason,
        message,
    }
}
