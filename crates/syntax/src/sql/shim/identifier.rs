//! `IDENTIFIER('a.b')`: a name that a text says.
//!
//! A parameter in it is written as one that stands in a name, so that both ways give one name.

use sqlparser::tokenizer::Token;

use super::Tape;

pub(super) fn mend(tape: &mut Tape<'_>, at: usize) {
    if !matches!(tape.dialect.name, "databricks" | "snowflake") {
        return;
    }
    if let Some((text, end)) = said(tape, at + 1)
        && let Some(name) = name(&text)
    {
        tape.put(at, end - at, name);
    }
}

/// What stands in the parentheses, where it is texts and parameters one behind the other; and where it ends.
fn said(tape: &Tape<'_>, open: usize) -> Option<(String, usize)> {
    if *tape.token(open) != Token::LParen {
        return None;
    }
    let (mut text, mut at) = (String::new(), open + 1);
    while tape.looks_on() {
        at = part(tape, at, &mut text)?;
        match tape.token(at) {
            Token::StringConcat => at += 1,
            Token::RParen => return Some((text, at + 1)),
            _ => return None,
        }
    }
    None
}

/// Adds one text or parameter; gives where it ends.
fn part(tape: &Tape<'_>, at: usize, text: &mut String) -> Option<usize> {
    match tape.token(at) {
        Token::SingleQuotedString(said) | Token::DoubleQuotedString(said) => {
            text.push_str(said);
            Some(at + 1)
        }
        Token::Placeholder(parameter) if parameter.len() > 1 => {
            text.push_str(parameter);
            Some(at + 1)
        }
        Token::Colon => match tape.token(at + 1) {
            Token::Word(word) => {
                text.extend(["${", &word.value, "}"]);
                Some(at + 2)
            }
            _ => None,
        },
        Token::LBrace => {
            let end = tape.closing(at)? + 1;
            text.push_str(&tape.spelled(at, end));
            Some(end)
        }
        Token::Word(word)
            if word.quote_style.is_none() && word.value.starts_with("__plumb_hole_") =>
        {
            text.push_str(&word.value);
            Some(at + 1)
        }
        _ => None,
    }
}

/// The parts of a name with dots between them; nothing if a text is no name.
fn name(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim();
    loop {
        let quote = rest.chars().next().filter(|letter| matches!(letter, '`' | '"'));
        let (part, behind) = match quote {
            Some(quote) => rest[1..].split_once(quote)?,
            None => rest.split_at(rest.find('.').unwrap_or(rest.len())),
        };
        if part.is_empty() {
            return None;
        }
        tokens.push(Token::make_word(part, quote));
        if behind.is_empty() {
            return Some(tokens);
        }
        rest = behind.strip_prefix('.')?;
        tokens.push(Token::Period);
    }
}
