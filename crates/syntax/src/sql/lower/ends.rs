//! Where each `SELECT` of a statement ends: the parser library knows places of names, not of the words around them.

use plumb_base::Span;
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, TokenWithSpan};

use crate::sql::tokens::bytes;

/// Bytes of every `SELECT`, from the word to the last token of its clauses, by where they begin.
pub(super) struct Ends(Vec<Span>);

impl Ends {
    pub(super) fn of(tokens: &[TokenWithSpan]) -> Self {
        let (mut found, mut levels) = (Vec::<Span>::new(), vec![None::<usize>]);
        let mut end = 0;
        for (at, token) in tokens.iter().enumerate() {
            let top = levels.len() - 1;
            let ends = match &token.token {
                Token::RParen | Token::RBracket | Token::RBrace | Token::SemiColon => true,
                Token::VerticalBarRightAngleBracket => true,
                Token::Word(word) if word.quote_style.is_none() => ends(
                    word.keyword,
                    at.checked_sub(1).map(|at| &tokens[at].token),
                    tokens.get(at + 1),
                ),
                _ => false,
            };
            if ends && let Some(open) = levels[top].take() {
                found[open].end = end;
            }
            let span = bytes(token.span);
            match &token.token {
                Token::LParen | Token::LBracket | Token::LBrace => levels.push(None),
                Token::RParen | Token::RBracket | Token::RBrace if top > 0 => drop(levels.pop()),
                Token::Word(word)
                    if word.keyword == Keyword::SELECT && word.quote_style.is_none() =>
                {
                    levels[top] = Some(found.len());
                    found.push(span);
                }
                _ => {}
            }
            end = span.end;
        }
        for open in levels.into_iter().flatten() {
            found[open].end = end;
        }
        Self(found)
    }

    /// The `SELECT` that begins like this.
    pub(super) fn from(&self, word: Span) -> Span {
        match self.0.binary_search_by_key(&word.start, |span| span.start) {
            Ok(at) if !word.is_empty() => word.to(self.0[at]),
            _ => word,
        }
    }
}

/// Whether a word ends the `SELECT` before it.
fn ends(word: Keyword, before: Option<&Token>, after: Option<&TokenWithSpan>) -> bool {
    let after = after.map(|token| &token.token);
    match word {
        Keyword::SELECT
        | Keyword::INSERT
        | Keyword::UNION
        | Keyword::INTERSECT
        | Keyword::MINUS => true,
        // `* EXCEPT (…)` takes columns out.
        Keyword::EXCEPT => !matches!(before, Some(Token::Mul)),
        Keyword::ORDER => {
            matches!(after, Some(Token::Word(word)) if word.keyword == Keyword::BY)
        }
        Keyword::LIMIT => matches!(after, Some(Token::Number(..))),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::Dialect;

    #[test]
    fn a_select_ends_behind_its_last_clause() {
        let text = "with a as (select b from c where d is null) select * except (e), (select 1) from a \
                    where f > now() - interval 30 day group by all order by 1 limit 2";
        let dialect = Dialect::named("databricks").unwrap();
        let (tokens, _) = crate::sql::tokens::read(text, dialect);
        let found = Ends::of(&tokens).0.into_iter();
        let found: Vec<_> = found.map(|it| &text[it.start as usize..it.end as usize]).collect();
        assert_eq!(
            found,
            [
                "select b from c where d is null",
                "select * except (e), (select 1) from a where f > now() - interval 30 day group by all",
                "select 1",
            ]
        );
    }
}
