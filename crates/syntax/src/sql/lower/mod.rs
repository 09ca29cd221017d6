//! From the parser library's tree to plumb's own.

mod call;
mod expr;
mod head;
mod predicate;
mod query;
mod select;
mod table;

use plumb_base::{Severity, Span};
use sqlparser::{
    ast,
    parser::{Parser, ParserError},
    tokenizer::{Token, TokenWithSpan},
};

use super::{
    DEPTH, Dialect, Trouble, tokens,
    tree::{Ident, Query, RelationName, Statement, StatementKind},
};

/// What lowering needs to know of the text it works on.
pub(crate) struct Lower<'a> {
    text: &'a str,
    dialect: &'static Dialect,
}

/// Reads one statement; `None` if it holds nothing.
pub(crate) fn statement(
    text: &str,
    tokens: &[TokenWithSpan],
    dialect: &'static Dialect,
    problems: &mut Vec<Trouble>,
) -> Result<Option<Statement>, Trouble> {
    let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else { return Ok(None) };
    let span = tokens::bytes(first.span).to(tokens::bytes(last.span));
    let lower = Lower { text, dialect };
    let verb = head::verb(tokens);
    let kind = match head::read(&lower, tokens)? {
        head::Head::Query => StatementKind::Query(lower.parsed(tokens)?),
        head::Head::Write { target, mode, temporary, columns, query } => {
            let query = lower.parsed(query)?;
            StatementKind::Write { target, mode, temporary, columns, query }
        }
        head::Head::Use { level, name } => StatementKind::Use { level, name },
        head::Head::Declare { target, columns } => StatementKind::Declare { target, columns },
        head::Head::Other => StatementKind::Other { verb },
        head::Head::Opaque => {
            problems.push(Trouble {
                span,
                severity: Severity::Failed,
                reason: "statement-not-read",
                message: format!("`{verb}` statements are not read yet"),
            });
            StatementKind::Opaque { verb }
        }
    };
    Ok(Some(Statement { kind, span }))
}

impl Lower<'_> {
    fn parsed(&self, tokens: &[TokenWithSpan]) -> Result<Query, Trouble> {
        let query = self.parse(tokens)?;
        Ok(self.query(&query))
    }

    /// Parses tokens that should be one query.
    fn parse(&self, tokens: &[TokenWithSpan]) -> Result<Box<ast::Query>, Trouble> {
        let grammar = (self.dialect.grammar)();
        let end = tokens.last().map_or(0, |token| tokens::bytes(token.span).end);
        let mut parser = Parser::new(grammar.as_ref())
            .with_recursion_limit(DEPTH)
            .with_tokens_with_locations(tokens.to_vec());
        let parsed = parser.parse_query().and_then(|query| {
            let rest = parser.peek_token();
            match rest.token {
                Token::EOF => Ok(query),
                _ => parser.expected("end of statement", rest),
            }
        });
        parsed.map_err(|error| trouble(&error, end))
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
        let (mut parts, mut span) = (Vec::new(), Span::default());
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

/// A parser error with its place; the library puts it into words: `… at Line: 1, Column: 34`.
fn trouble(error: &ParserError, end: u32) -> Trouble {
    let (reason, text) = match error {
        ParserError::TokenizerError(text) => ("sql-token", text.clone()),
        ParserError::ParserError(text) => ("sql-syntax", text.clone()),
        ParserError::RecursionLimitExceeded => {
            ("sql-depth", format!("nested deeper than {DEPTH} levels"))
        }
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
