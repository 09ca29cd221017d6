//! A text without what its writer put in as values: literals, and comments that may hold them.

use plumb_base::Span;
use sqlparser::tokenizer::Token;

use super::{Dialect, tokens};

/// The text with `?` for each literal and without comments; `None` where its tokens cannot be told apart.
pub fn redacted(text: &str, dialect: &Dialect) -> Option<String> {
    let (tokens, troubles) = tokens::read(text, dialect);
    if !troubles.is_empty() {
        return None;
    }
    let (mut kept, mut end) = (String::with_capacity(text.len()), 0);
    for token in &tokens {
        let Span { start, end: after } = tokens::bytes(token.span);
        kept.push_str(&space(text.get(end..start as usize)?));
        if is_literal(&token.token, dialect) {
            kept.push('?');
        } else {
            kept.push_str(text.get(start as usize..after as usize)?);
        }
        end = after as usize;
    }
    kept.push_str(&space(text.get(end..)?));
    Some(kept.trim().to_owned())
}

/// What stands between two tokens; a comment becomes a space, and ends a line where it did.
fn space(text: &str) -> String {
    if text.trim().is_empty() {
        return text.to_owned();
    }
    let after = text.rsplit_once('\n').map_or("", |(_, after)| after);
    let indent = if after.trim().is_empty() { after } else { "" };
    if text.contains('\n') { format!("\n{indent}") } else { " ".to_owned() }
}

fn is_literal(token: &Token, dialect: &Dialect) -> bool {
    match token {
        Token::Number(..)
        | Token::SingleQuotedString(_)
        | Token::TripleSingleQuotedString(_)
        | Token::DollarQuotedString(_)
        | Token::SingleQuotedByteStringLiteral(_)
        | Token::DoubleQuotedByteStringLiteral(_)
        | Token::TripleSingleQuotedByteStringLiteral(_)
        | Token::TripleDoubleQuotedByteStringLiteral(_)
        | Token::SingleQuotedRawStringLiteral(_)
        | Token::DoubleQuotedRawStringLiteral(_)
        | Token::TripleSingleQuotedRawStringLiteral(_)
        | Token::TripleDoubleQuotedRawStringLiteral(_)
        | Token::NationalStringLiteral(_)
        | Token::EscapedStringLiteral(_)
        | Token::UnicodeStringLiteral(_)
        | Token::HexStringLiteral(_) => true,
        Token::DoubleQuotedString(_) | Token::TripleDoubleQuotedString(_) => {
            dialect.double_quoted_text
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_dialect(name: &str, text: &str) -> String {
        redacted(text, Dialect::named(name).unwrap()).unwrap()
    }

    #[test]
    fn literals_and_comments_are_gone_and_the_rest_is_as_it_was() {
        let text = "select 'Ada' as who, -- ask ada@shop.example\n  x + 1.5 /* secret */ as y\nfrom t1 where d = date '2026-01-02' limit 10;";
        assert_eq!(
            in_dialect("snowflake", text),
            "select ? as who,\n  x + ? as y\nfrom t1 where d = date ? limit ?;"
        );
        assert_eq!(in_dialect("snowflake", "select $$a 'b'$$, \"Name\""), "select ?, \"Name\"");
        assert_eq!(
            in_dialect("bigquery", "select \"Ada\", r'x', b\"y\", `p.d.t`"),
            "select ?, ?, ?, `p.d.t`"
        );
        assert_eq!(in_dialect("postgres", "select E'a\\'b', $1, x'ff'"), "select ?, $1, ?");
    }

    #[test]
    fn what_is_no_sql_gives_nothing() {
        assert_eq!(redacted("select 'open", Dialect::plain()), None);
        assert_eq!(redacted("-- only this", Dialect::plain()).as_deref(), Some(""));
    }
}
