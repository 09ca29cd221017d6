//! Where one statement ends and the next begins, in scripts too.

use sqlparser::tokenizer::{Token, TokenWithSpan};

/// The tokens of each statement, without the semicolon behind it and the words of control before it.
///
/// A block is its statements: `BEGIN`, `IF … THEN`, `LOOP` and the like say when something runs, not what.
pub(crate) fn statements(tokens: &[TokenWithSpan]) -> Vec<&[TokenWithSpan]> {
    let mut pieces = Vec::new();
    for piece in tokens.split(|token| token.token == Token::SemiColon) {
        let end = piece.iter().position(|token| token.token == Token::EOF).unwrap_or(piece.len());
        without_control(&piece[..end], &mut pieces);
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// What may follow a label.
const LABELLED: &[&str] = &["begin", "loop", "while", "repeat", "for"];

fn without_control<'a>(mut piece: &'a [TokenWithSpan], pieces: &mut Vec<&'a [TokenWithSpan]>) {
    while !piece.is_empty() {
        let skipped = match word(piece, 0).to_ascii_lowercase().as_str() {
            "begin" if opens_block(piece) => 1,
            // PostgreSQL's `DO $$ … $$` is a statement.
            "do" if ends_with_text(piece) => 0,
            "else" | "loop" | "repeat" | "do" | "exception" => 1,
            "if" | "elseif" | "elsif" | "when" | "case" => {
                behind(piece, &["then", "begin"]).unwrap_or(0)
            }
            "while" => behind(piece, &["do", "loop", "begin"]).unwrap_or(0),
            "for" => {
                let body = behind(piece, &["do", "loop"]).unwrap_or(0);
                // The rows it walks over are a statement, too.
                pieces.push(&piece[..body.saturating_sub(1)]);
                body
            }
            "until" => piece.len(),
            // What stands before the body of a procedure or a task is a statement of its own.
            "create" if holds_code(piece) => {
                let body = behind(piece, &["begin"]).filter(|body| *body < piece.len());
                pieces.extend(body.map(|body| &piece[..body]));
                body.unwrap_or(0)
            }
            // `<<name>> LOOP`, `name: LOOP`; a colon may stand before a parameter, too: `select :x`.
            _ if piece[0].token == Token::ShiftLeft => 3.min(piece.len()),
            _ if piece.get(1).is_some_and(|token| token.token == Token::Colon)
                && is_any(word(piece, 2), LABELLED) =>
            {
                2
            }
            _ => 0,
        };
        if skipped == 0 {
            pieces.push(piece);
            return;
        }
        piece = &piece[skipped..];
    }
}

/// A word that is not in quotes.
fn word(tokens: &[TokenWithSpan], index: usize) -> &str {
    match tokens.get(index).map(|token| &token.token) {
        Some(Token::Word(word)) if word.quote_style.is_none() => &word.value,
        _ => "",
    }
}

fn is_any(word: &str, of: &[&str]) -> bool {
    of.iter().any(|text| word.eq_ignore_ascii_case(text))
}

/// `BEGIN` opens a block unless it begins a transaction.
fn opens_block(piece: &[TokenWithSpan]) -> bool {
    let transaction = ["transaction", "work", "read", "isolation", "name"];
    piece.len() > 1 && !is_any(word(piece, 1), &transaction)
}

fn holds_code(piece: &[TokenWithSpan]) -> bool {
    (1..piece.len().min(7))
        .any(|at| is_any(word(piece, at), &["procedure", "function", "task", "event"]))
}

/// `DO $$ … $$`, `DO LANGUAGE plpgsql $$ … $$`, `DO $$ … $$ LANGUAGE plpgsql`.
fn ends_with_text(piece: &[TokenWithSpan]) -> bool {
    let mut behind = piece.iter().skip(1).take(4).map(|token| &token.token);
    piece.len() < 5
        && behind
            .any(|it| matches!(it, Token::DollarQuotedString(_) | Token::SingleQuotedString(_)))
}

/// The index behind the first of some words outside parentheses.
fn behind(piece: &[TokenWithSpan], words: &[&str]) -> Option<usize> {
    let mut depth = 0_u32;
    for (index, token) in piece.iter().enumerate() {
        match token.token {
            Token::LParen => depth += 1,
            Token::RParen => depth = depth.saturating_sub(1),
            _ if depth == 0 && index > 0 && is_any(word(piece, index), words) => {
                return Some(index + 1);
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use crate::sql::{Dialect, tokens::read};

    fn pieces(text: &str) -> Vec<String> {
        let tokens = read(text, Dialect::named("snowflake").unwrap()).0;
        let spelled = |piece: &&[sqlparser::tokenizer::TokenWithSpan]| {
            piece.iter().map(|token| token.token.to_string()).collect::<Vec<_>>().join(" ")
        };
        super::statements(&tokens).iter().map(spelled).collect()
    }

    #[test]
    fn statements_end_at_semicolons() {
        assert_eq!(pieces("select 1; select ';' ; ;; -- ;\n"), ["select 1", "select ';'"]);
        assert_eq!(pieces("begin; select case when a then b end; commit").len(), 3);
        let procedure = "create procedure p() as $$ begin; x; end $$; select 1";
        assert_eq!(pieces(procedure).len(), 2);
    }

    #[test]
    fn a_block_is_its_statements() {
        assert_eq!(
            pieces(
                "begin let x := 1; if (x > 1) then delete from t; else call y(); end if; end; select 1"
            ),
            ["let x := 1", "delete from t", "call y ( )", "end if", "end", "select 1"]
        );
        assert_eq!(
            pieces("begin select case when 1 then 2 end; end; select 1"),
            ["select case when 1 then 2 end", "end", "select 1"]
        );
        assert_eq!(
            pieces(
                "while x < 5 do insert into t select x; end while; for r in (select 1) do update t set a = 1; end for"
            ),
            [
                "insert into t select x",
                "end while",
                "for r in ( select 1 )",
                "update t set a = 1",
                "end for"
            ]
        );
        assert_eq!(
            pieces("for r in select a from t loop delete from u; end loop; for i in 1..9 loop x"),
            ["for r in select a from t", "delete from u", "end loop", "for i in 1. .9", "x"]
        );
        assert_eq!(
            pieces("create task k as begin insert into a select 1; select 2; end"),
            ["create task k as begin", "insert into a select 1", "select 2", "end"]
        );
    }

    #[test]
    fn a_block_may_follow_a_condition_at_once() {
        let pieces = pieces(
            "while 1 = 1 begin insert into a select 1; if b > 1 begin delete from c; end; end",
        );
        assert_eq!(pieces, ["insert into a select 1", "delete from c", "end", "end"]);
    }

    #[test]
    fn a_condition_without_what_follows_from_it_is_not_lost() {
        for text in ["if a > 1", "case a", "while a < 2", "for r in (select 1)", "when b"] {
            assert_eq!(pieces(&format!("{text}; select 2")).len(), 2, "{text}");
        }
    }

    #[test]
    fn a_colon_makes_a_label_only_before_what_may_have_one() {
        assert_eq!(
            pieces("here: loop select 1; end loop here; select :x from t; call :p"),
            ["select 1", "end loop here", "select : x from t", "call : p"]
        );
    }
}
