//! Where one statement ends and the next begins.

use sqlparser::{
    keywords::Keyword,
    tokenizer::{Token, TokenWithSpan},
};

/// The tokens of each statement, without the semicolon behind it. A scripting block is one statement.
pub(crate) fn statements(tokens: &[TokenWithSpan]) -> Vec<&[TokenWithSpan]> {
    let (mut pieces, mut start, mut depth) = (Vec::new(), 0, 0_u32);
    for (index, token) in tokens.iter().enumerate() {
        match &token.token {
            Token::SemiColon if depth == 0 => {
                pieces.push(&tokens[start..index]);
                start = index + 1;
            }
            Token::Word(word) if word.quote_style.is_none() => {
                let next = tokens.get(index + 1).map(|token| &token.token);
                match word.keyword {
                    Keyword::BEGIN if opens_block(next) => depth += 1,
                    Keyword::CASE if depth > 0 && !follows_end(tokens, index) => depth += 1,
                    Keyword::END if depth > 0 && !closes_control(next) => depth -= 1,
                    _ => {}
                }
            }
            _ => {}
        }
    }
    pieces.push(&tokens[start..]);
    pieces.retain(|piece| piece.iter().any(|token| token.token != Token::EOF));
    pieces
}

fn keyword(token: Option<&Token>) -> Keyword {
    match token {
        Some(Token::Word(word)) => word.keyword,
        _ => Keyword::NoKeyword,
    }
}

/// `BEGIN` opens a block unless it begins a transaction.
fn opens_block(next: Option<&Token>) -> bool {
    let transaction = matches!(keyword(next), Keyword::TRANSACTION | Keyword::WORK);
    let name = matches!(next, Some(Token::Word(word)) if word.value.eq_ignore_ascii_case("name"));
    !(transaction || name || matches!(next, None | Some(Token::SemiColon | Token::EOF)))
}

/// `END IF`, `END LOOP`, … close what no `BEGIN` or `CASE` opened; `END CASE` closes a `CASE`.
fn closes_control(next: Option<&Token>) -> bool {
    let Some(Token::Word(word)) = next else { return false };
    let control = ["if", "loop", "for", "while", "repeat"];
    control.iter().any(|text| word.value.eq_ignore_ascii_case(text))
}

fn follows_end(tokens: &[TokenWithSpan], index: usize) -> bool {
    index > 0 && keyword(Some(&tokens[index - 1].token)) == Keyword::END
}

#[cfg(test)]
mod tests {
    use crate::sql::{Dialect, tokens::read};

    fn count(text: &str) -> usize {
        super::statements(&read(text, Dialect::named("snowflake").unwrap()).unwrap()).len()
    }

    #[test]
    fn statements_end_at_semicolons() {
        assert_eq!(count("select 1; select ';' ; ;; -- ;\n"), 2);
        assert_eq!(count("create procedure p() as $$ begin; x; end $$; select 1"), 2);
        assert_eq!(count("begin; select case when a then b end; commit"), 3);
    }

    #[test]
    fn a_block_is_one_statement() {
        assert_eq!(count("begin let x := 1; if (x) then y(); end if; end; select 1"), 2);
        assert_eq!(count("begin select case when 1 then 2 end; end; select 1"), 2);
    }
}
