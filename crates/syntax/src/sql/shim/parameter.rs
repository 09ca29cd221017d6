//! Parameters of notebooks, scripts and tools: `$x`, `${x}`, `{{ x }}`, `&{x}`, `@@x`.
//!
//! In the place of a name they are a name, in the place of a value a placeholder; both keep their spelling.

use sqlparser::tokenizer::Token;

use super::Tape;

pub(super) fn mend(tape: &mut Tape<'_>, at: usize) {
    if let Token::LBrace = tape.token(at)
        && matches!(tape.token(at + 1), Token::Mul)
        && matches!(tape.token(at + 2), Token::RBrace)
    {
        // Snowflake's `{*}`.
        let name = Token::make_word("object_construct", None);
        tape.put(at, 3, [name, Token::LParen, Token::Mul, Token::RParen]);
        return;
    }
    // BigQuery's `@{hint=value}`.
    if let Token::AtSign = tape.token(at)
        && matches!(tape.token(at + 1), Token::LBrace)
        && let Some(close) = tape.closing(at + 1)
    {
        tape.remove(at, close + 1 - at);
        return;
    }
    if tape.hint(at)
        && let Some(close) = (at..tape.tokens.len())
            .take_while(|_| tape.looks_on())
            .find(|at| *tape.token(*at) == Token::RBrace)
    {
        tape.remove(at, close + 1 - at);
        return;
    }
    versioned(tape, at);
    let Some(mut count) = written(tape, at) else { return };
    let mut text = spelled(tape, at, count);
    let mut name = named(tape, at, count);
    // What touches it belongs to the same name: `${env}_sales`.
    while tape.touches(at + count - 1) {
        match tape.token(at + count) {
            Token::Word(word) if word.quote_style.is_none() => text.push_str(&word.value),
            Token::Number(number, _) => text.push_str(number),
            _ => match written(tape, at + count) {
                Some(more) => {
                    text.push_str(&spelled(tape, at + count, more));
                    count += more;
                    continue;
                }
                None => break,
            },
        }
        name = true;
        count += 1;
    }
    name |= named(tape, at, count);
    if name {
        tape.put(at, count, [Token::make_word(&text, None)]);
    } else if at > 0 && tape.is(at - 1, "in") {
        // The parameter is the whole list.
        tape.put(at, count, [Token::LParen, Token::Placeholder(text), Token::RParen]);
    } else {
        tape.put(at, count, [Token::Placeholder(text)]);
    }
}

/// How many tokens the parameter at an index takes.
fn written(tape: &Tape<'_>, at: usize) -> Option<usize> {
    let braces = |open: usize| Some(tape.closing(open)? + 1 - at);
    match tape.token(at) {
        Token::Placeholder(text) if text == "$" => match tape.token(at + 1) {
            Token::LBrace if tape.touches(at) => braces(at + 1),
            _ => None,
        },
        Token::Placeholder(_) => Some(1),
        // `prefix_${x}`: the dollar went to the word before it.
        Token::Word(word) if word.value.ends_with('$') => match tape.token(at + 1) {
            Token::LBrace if tape.touches(at) => braces(at + 1),
            _ => None,
        },
        Token::LBrace if matches!(tape.token(at + 1), Token::LBrace) && tape.touches(at) => {
            braces(at)
        }
        // Not where braces hold a struct.
        Token::LBrace if tape.dialect.name == "databricks" => braces(at),
        Token::Ampersand if tape.dialect.name == "snowflake" && tape.touches(at) => {
            match tape.token(at + 1) {
                Token::LBrace => braces(at + 1),
                Token::Word(_) => Some(2),
                _ => None,
            }
        }
        Token::AtAt if matches!(tape.token(at + 1), Token::Word(_)) => {
            let mut count = 2;
            while matches!(tape.token(at + count), Token::Period)
                && matches!(tape.token(at + count + 1), Token::Word(_))
            {
                count += 2;
            }
            Some(count)
        }
        _ => None,
    }
}

fn spelled(tape: &Tape<'_>, at: usize, count: usize) -> String {
    tape.spelled(at, at + count)
}

/// Whether a parameter stands where only a name can.
fn named(tape: &Tape<'_>, at: usize, count: usize) -> bool {
    const BEFORE: &str =
        "from join into update table view use schema database catalog exists overwrite using";
    let dotted = |token: &Token| matches!(token, Token::Period);
    // `INTO t (columns)`, `TABLE [IF NOT EXISTS] t (columns)`; behind other words it would be a call.
    let columns = |at: usize| {
        tape.one_of(at - 1, "into table view")
            || (at > 2
                && tape.is(at - 1, "exists")
                && tape.is(at - 2, "not")
                && tape.is(at - 3, "if"))
    };
    let parenthesis = matches!(tape.token(at + count), Token::LParen);
    dotted(tape.before(at))
        || dotted(tape.token(at + count))
        || (at > 0 && tape.one_of(at - 1, BEFORE) && (!parenthesis || columns(at)))
        || (at > 0 && tape.is(at - 1, "as"))
}

/// Delta's `t@v3` and `t@20240101000000000`.
fn versioned(tape: &mut Tape<'_>, at: usize) {
    if tape.dialect.name != "databricks"
        || !matches!(tape.token(at), Token::AtSign)
        || !tape.touches(at)
    {
        return;
    }
    let version = match tape.token(at + 1) {
        Token::Word(word) => word.value.strip_prefix(['v', 'V']).map(str::to_owned),
        _ => None,
    };
    if let Some(version) = version.filter(|it| it.bytes().all(|byte| byte.is_ascii_digit())) {
        let words = ["VERSION", "AS", "OF"].map(Token::make_keyword);
        tape.put(at, 2, words.into_iter().chain([Token::Number(version, false)]));
    }
}
