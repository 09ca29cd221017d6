//! Code that is nested deeper than Python itself would take.

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, lexer::lex};

/// Brackets in brackets, and blocks in blocks, that Python takes.
const NESTED: usize = 200;
const BLOCKS: usize = 100;

/// Operators of one expression whose tree is sure to fit on the stack that [`with_room`] gives.
const OPERATORS: usize = 3_000;

/// Stack for those who walk a tree or drop it: they call themselves for each level.
const STACK: usize = 256 << 20;

/// Runs something on a stack that is large enough for all code that is not [`too_deep`].
pub(crate) fn with_room<T>(run: impl FnOnce() -> T) -> T {
    stacker::grow(STACK, run)
}

/// Whether some code is nested too deep to be parsed.
pub(crate) fn too_deep(code: &str) -> bool {
    let mut tokens = lex(code, Mode::Module);
    // Operators of the expression at each level of brackets, the outermost first.
    let (mut levels, mut blocks, mut all) = (vec![0_usize], 0_usize, 0_usize);
    loop {
        let level = levels.len() - 1;
        match tokens.next_token() {
            TokenKind::EndOfFile => return false,
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => {
                levels[level] += 1;
                all += 1;
                levels.push(0);
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace if level > 0 => {
                all -= levels.pop().unwrap_or_default();
            }
            TokenKind::Indent => blocks += 1,
            TokenKind::Dedent => blocks = blocks.saturating_sub(1),
            TokenKind::Newline | TokenKind::Comma | TokenKind::Semi => {
                all -= std::mem::take(&mut levels[level]);
            }
            // Names, literals and the ends of what was opened add no level.
            TokenKind::Name
            | TokenKind::Int
            | TokenKind::Float
            | TokenKind::String
            | TokenKind::Comment
            | TokenKind::NonLogicalNewline => {}
            _ => {
                levels[level] += 1;
                all += 1;
            }
        }
        if levels.len() > NESTED || blocks > BLOCKS || all > OPERATORS {
            return true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_is_not_deep() {
        assert!(!too_deep(&"x = -1, -2\n".repeat(10_000)));
        assert!(!too_deep(&format!("x = [{}]", "-1, ".repeat(10_000))));
        assert!(!too_deep(&format!("x = {}1", "1 + ".repeat(1_000))));
        assert!(!too_deep(&"f((((1))))\n".repeat(1_000)));
    }

    #[test]
    fn deep_is_refused_and_what_is_not_refused_is_parsed() {
        let deep = [
            "(",
            "[",
            "not ",
            "-",
            "a + ",
            "a if b else ",
            "lambda: ",
            "f(",
            "a.b().",
            "f'{",
            "a ** ",
        ];
        for part in deep {
            assert!(too_deep(&part.repeat(100_000)), "{part}");
            let most = (1..1_000).take_while(|count| !too_deep(&part.repeat(count * 100))).last();
            let text = part.repeat(most.unwrap_or(0) * 100);
            with_room(|| drop(ruff_python_parser::parse_unchecked(&text, Mode::Module.into())));
        }
        let blocks: Vec<String> = (0..300).map(|at| " ".repeat(at) + "if a:\n").collect();
        assert!(too_deep(&blocks.concat()));
    }
}
