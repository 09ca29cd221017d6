//! Tokens of what is written plainly, without the detour over every letter and space.
//!
//! Words, numbers, literals, comments and the usual operators are the same in all that the parser library does with
//! them. Where anything else stands, or what depends on more than the letters beside it, nothing is said, and the library
//! reads the whole text.

use std::{collections::BTreeMap, sync::LazyLock};

use rustc_hash::FxHashMap;
use sqlparser::{
    dialect::Dialect as _,
    keywords::{ALL_KEYWORDS, ALL_KEYWORDS_INDEX, Keyword},
    tokenizer::{Span, Token, TokenWithSpan, Word},
};

use super::{Dialect, grammar::Grammar, tokens::location};

/// Adds the tokens of a text from a byte on, without spaces and comments, as the library would tell them apart; `None` if
/// that takes the library, and then what was added is worth nothing.
pub(super) fn append(
    text: &str,
    from: usize,
    dialect: &Dialect,
    tokens: &mut Vec<TokenWithSpan>,
) -> Option<()> {
    let letters = LETTERS.get(dialect.name)?;
    let mut lexer = Lexer { text, bytes: text.as_bytes(), at: from, letters };
    tokens.reserve((text.len() - from) / LETTERS_PER_TOKEN);
    // Where the last word ends.
    let mut word_ends = usize::MAX;
    loop {
        lexer.skip()?;
        let start = lexer.at;
        let Some(&byte) = lexer.bytes.get(start) else { return Some(()) };
        let token = lexer.token(byte, word_ends == start)?;
        if let Token::Word(_) = token {
            word_ends = lexer.at;
        }
        tokens.push(TokenWithSpan { token, span: Span::new(location(start), location(lexer.at)) });
    }
}

/// Letters that a token takes at the least, with the spaces around it, in most texts.
const LETTERS_PER_TOKEN: usize = 6;

/// What letters are in a dialect, and what else tells its tokens apart.
#[expect(clippy::struct_excessive_bools, reason = "each is a question that the library asks")]
struct Letters {
    /// They begin a word.
    starts: [bool; 128],
    /// They go on with one.
    goes_on: [bool; 128],
    /// They go on with an operator.
    operator: [bool; 128],
    /// They are quotes around a name.
    quotes_name: [bool; 128],
    /// They may be brackets around a name, which depends on what is inside.
    may_quote: [bool; 128],
    backslash: bool,
    keeps_wildcards: bool,
    triple: bool,
    nested_comments: bool,
    hints: bool,
    dashes_need_space: bool,
}

static LETTERS: LazyLock<BTreeMap<&str, Letters>> = LazyLock::new(|| {
    let all = Dialect::all().iter();
    all.map(|dialect| (dialect.name, Letters::of(&(dialect.grammar)()))).collect()
});

static KEYWORDS: LazyLock<FxHashMap<&[u8], Keyword>> = LazyLock::new(|| {
    let words = ALL_KEYWORDS.iter().map(|word| word.as_bytes());
    words.zip(ALL_KEYWORDS_INDEX.iter().copied()).collect()
});

impl Letters {
    fn of(grammar: &Grammar) -> Self {
        let each = |is: &dyn Fn(char) -> bool| {
            std::array::from_fn(|at| u8::try_from(at).is_ok_and(|byte| is(char::from(byte))))
        };
        Self {
            starts: each(&|it| grammar.is_identifier_start(it)),
            goes_on: each(&|it| grammar.is_identifier_part(it)),
            operator: each(&|it| grammar.is_custom_operator_part(it)),
            quotes_name: each(&|it| grammar.is_delimited_identifier_start(it)),
            may_quote: each(&|it| grammar.is_nested_delimited_identifier_start(it)),
            backslash: grammar.supports_string_literal_backslash_escape(),
            keeps_wildcards: grammar.ignores_wildcard_escapes(),
            triple: grammar.supports_triple_quoted_string(),
            nested_comments: grammar.supports_nested_comments(),
            hints: grammar.supports_multiline_comment_hints(),
            dashes_need_space: grammar.requires_single_line_comment_whitespace(),
        }
    }
}

struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    letters: &'static Letters,
}

impl Lexer<'_> {
    /// The byte so far ahead; 0 behind the end, where no token goes on.
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    /// Whether the byte so far ahead is of a kind; letters beyond ASCII are of every kind, for who asks gives up then.
    fn is(&self, ahead: usize, kind: &[bool; 128]) -> bool {
        kind.get(usize::from(self.peek(ahead))).copied().unwrap_or(true)
    }

    /// Goes to what is neither space nor comment.
    fn skip(&mut self) -> Option<()> {
        loop {
            match self.peek(0) {
                b' ' | b'\t' | b'\n' | b'\r' => self.at += 1,
                b'-' if self.peek(1) == b'-' => self.line()?,
                b'/' if self.peek(1) == b'*' => self.comment()?,
                _ => return Some(()),
            }
        }
    }

    /// `-- …`, up to the end of the line.
    fn line(&mut self) -> Option<()> {
        let rest = &self.bytes[self.at..];
        let len = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        let line = rest[..len].strip_suffix(b"\r").filter(|_| len < rest.len());
        if line.unwrap_or(&rest[..len]).contains(&b'\r') || self.letters.dashes_need_space {
            return None;
        }
        self.at += len;
        Some(())
    }

    /// `/* … */`.
    fn comment(&mut self) -> Option<()> {
        if self.letters.hints && self.peek(2) == b'!' {
            return None;
        }
        let mut depth = 1;
        self.at += 2;
        while depth > 0 {
            match (*self.bytes.get(self.at)?, self.peek(1)) {
                (b'/', b'*') if self.letters.nested_comments => {
                    (depth, self.at) = (depth + 1, self.at + 2);
                }
                (b'*', b'/') => (depth, self.at) = (depth - 1, self.at + 2),
                _ => self.at += 1,
            }
        }
        Some(())
    }

    fn token(&mut self, byte: u8, behind_word: bool) -> Option<Token> {
        match byte {
            128.. => None,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.word(),
            b'0'..=b'9' => self.number(),
            b'\'' => self.literal(byte).map(Token::SingleQuotedString),
            _ if self.is(0, &self.letters.quotes_name) => self.quoted(byte),
            b'"' if !self.is(0, &self.letters.starts) => {
                self.literal(byte).map(Token::DoubleQuotedString)
            }
            _ if self.is(0, &self.letters.may_quote) => None,
            b'.' => match self.peek(1) {
                b'0'..=b'9' => None,
                b'_' if !behind_word => None,
                _ => self.takes(1, Token::Period),
            },
            _ => self.sign(byte),
        }
    }

    /// Punctuation and operators.
    fn sign(&mut self, byte: u8) -> Option<Token> {
        match (byte, self.peek(1)) {
            (b'(', _) => self.takes(1, Token::LParen),
            (b')', _) => self.takes(1, Token::RParen),
            (b',', _) => self.takes(1, Token::Comma),
            (b';', _) => self.takes(1, Token::SemiColon),
            (b'[', _) => self.takes(1, Token::LBracket),
            (b']', _) => self.takes(1, Token::RBracket),
            (b'{', _) => self.takes(1, Token::LBrace),
            (b'}', _) => self.takes(1, Token::RBrace),
            (b'+', _) => self.takes(1, Token::Plus),
            (b'*', _) => self.takes(1, Token::Mul),
            (b'/', b'/') => None,
            (b'/', _) => self.takes(1, Token::Div),
            (b':', b':') => self.takes(2, Token::DoubleColon),
            (b':', b'=') => self.takes(2, Token::Assignment),
            (b':', _) => self.takes(1, Token::Colon),
            (b'=', b'>') => self.takes(2, Token::RArrow),
            (b'=', b'=') => self.takes(2, Token::DoubleEq),
            (b'=', _) => self.takes(1, Token::Eq),
            (b'!', b'=') => self.takes(2, Token::Neq),
            (b'%', b' ' | b'\t' | b'\n' | b'\r') => self.takes(1, Token::Mod),
            (b'%', _) if !self.is(0, &self.letters.starts) => self.operator(1, Token::Mod),
            (b'-', b'>') if self.peek(2) != b'>' => self.operator(2, Token::Arrow),
            (b'-', b'>') => None,
            (b'-', _) => self.operator(1, Token::Minus),
            (b'|', b'|') if self.peek(2) != b'/' => self.operator(2, Token::StringConcat),
            (b'<', b'=') if !matches!(self.peek(2), b'>' | b'+' | b'-') => {
                self.operator(2, Token::LtEq)
            }
            (b'<', b'>') => self.operator(2, Token::Neq),
            (b'<', b'=' | b'|' | b'<' | b'+' | b'-' | b'^' | b'@') => None,
            (b'<', _) => self.operator(1, Token::Lt),
            (b'>', b'=') => self.operator(2, Token::GtEq),
            (b'>', b'>' | b'^') => None,
            (b'>', _) => self.operator(1, Token::Gt),
            _ => None,
        }
    }

    #[expect(clippy::unnecessary_wraps, reason = "a token is what it ends with, or nothing")]
    fn takes(&mut self, count: usize, token: Token) -> Option<Token> {
        self.at += count;
        Some(token)
    }

    /// An operator, unless it goes on as one that somebody made up.
    fn operator(&mut self, count: usize, token: Token) -> Option<Token> {
        if self.is(count, &self.letters.operator) { None } else { self.takes(count, token) }
    }

    fn word(&mut self) -> Option<Token> {
        if !self.is(0, &self.letters.starts) {
            return None;
        }
        let start = self.at;
        self.at += 1;
        while self.peek(0).is_ascii() && self.is(0, &self.letters.goes_on) {
            self.at += 1;
        }
        // What touches a quote may belong to the literal, and letters beyond ASCII to the word.
        if matches!(self.peek(0), b'\'' | b'"' | b'&') || !self.peek(0).is_ascii() {
            return None;
        }
        let value = &self.text[start..self.at];
        Some(Token::Word(Word {
            keyword: keyword(value),
            value: value.to_owned(),
            quote_style: None,
        }))
    }

    /// Digits, with a point among them or behind them, and an exponent; or bytes, as `0x1f`.
    fn number(&mut self) -> Option<Token> {
        let start = self.at;
        self.passes(u8::is_ascii_digit);
        if &self.bytes[start..self.at] == b"0" && self.peek(0) == b'x' {
            self.at += 1;
            let digits = self.at;
            self.passes(u8::is_ascii_hexdigit);
            let bytes = || Token::HexStringLiteral(self.text[digits..self.at].to_owned());
            return (self.peek(0) != b'_').then(bytes);
        }
        if self.peek(0) == b'.' {
            self.at += 1;
            self.passes(u8::is_ascii_digit);
        }
        if matches!(self.peek(0), b'e' | b'E') {
            self.at += 1 + usize::from(matches!(self.peek(1), b'+' | b'-'));
            if !self.peek(0).is_ascii_digit() {
                return None;
            }
            self.passes(u8::is_ascii_digit);
        }
        let ends = !self.peek(0).is_ascii_alphabetic() && self.peek(0) != b'_';
        let ends = ends && !self.is(0, &self.letters.goes_on) && !self.is(0, &self.letters.starts);
        ends.then(|| Token::Number(self.text[start..self.at].to_owned(), false))
    }

    /// Goes behind the bytes of a kind.
    fn passes(&mut self, kind: fn(&u8) -> bool) {
        let rest = &self.bytes[self.at..];
        self.at += rest.iter().position(|byte| !kind(byte)).unwrap_or(rest.len());
    }

    /// A name in quotes; a quote in it stands twice.
    fn quoted(&mut self, quote: u8) -> Option<Token> {
        if quote == b'[' {
            return None;
        }
        let value = self.inside(quote, false)?;
        let quote_style = Some(char::from(quote));
        Some(Token::Word(Word { value, quote_style, keyword: Keyword::NoKeyword }))
    }

    fn literal(&mut self, quote: u8) -> Option<String> {
        if self.letters.triple && self.peek(1) == quote {
            if self.peek(2) == quote {
                return None;
            }
            self.at += 2;
            return Some(String::new());
        }
        self.inside(quote, self.letters.backslash)
    }

    /// What stands between two quotes, which is anything where they or a backslash stand before it.
    fn inside(&mut self, quote: u8, escapes: bool) -> Option<String> {
        let mut value = String::new();
        self.at += 1;
        loop {
            let rest = &self.bytes[self.at..];
            let stops = |byte: &u8| *byte == quote || (escapes && *byte == b'\\');
            let len = rest.iter().position(stops)?;
            value.push_str(&self.text[self.at..self.at + len]);
            self.at += len + 1;
            if rest[len] == b'\\' && quote != b'\\' {
                let next = self.text[self.at..].chars().next()?;
                self.escaped(next, &mut value);
                self.at += next.len_utf8();
            } else if self.peek(0) == quote {
                value.push(char::from(quote));
                self.at += 1;
            } else {
                return Some(value);
            }
        }
    }

    fn escaped(&self, letter: char, value: &mut String) {
        if self.letters.keeps_wildcards && matches!(letter, '%' | '_') {
            value.push('\\');
        }
        value.push(match letter {
            '0' => '\0',
            'a' => '\u{7}',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'Z' => '\u{1a}',
            other => other,
        });
    }
}

/// Letters of the longest keyword, and some more.
const LONGEST: usize = 48;

fn keyword(word: &str) -> Keyword {
    let mut upper = [0_u8; LONGEST];
    let Some(upper) = upper.get_mut(..word.len()) else { return Keyword::NoKeyword };
    upper.copy_from_slice(word.as_bytes());
    upper.make_ascii_uppercase();
    KEYWORDS.get(&*upper).copied().unwrap_or(Keyword::NoKeyword)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::tokens::by_library;

    const PIECES: &[&str] = &[
        "select",
        " ",
        "\n",
        "\r\n",
        "\r",
        "\t",
        "a",
        "_b",
        "$",
        "1",
        "12.5",
        ".",
        "..",
        "._",
        "0x1f",
        "0x",
        "0",
        "x",
        "1e5",
        "1.5E-7",
        "e+",
        "E",
        "1L",
        "1_0",
        "'",
        "''",
        "'x'",
        "\"",
        "\"y\"",
        "`",
        "`z`",
        "\\",
        "\\n",
        "\\%",
        "-- c",
        "--",
        "/*",
        "*/",
        "/*!",
        "/",
        "//",
        "#",
        "@",
        "@@",
        "?",
        "~",
        "^",
        "&",
        "&&",
        "|",
        "||",
        "|>",
        "<",
        "<=",
        "<>",
        "<<",
        ">",
        ">=",
        ">>",
        "=",
        "==",
        "=>",
        "!",
        "!=",
        "-",
        "->",
        "->>",
        "+",
        "*",
        "%",
        ":",
        "::",
        ":=",
        ",",
        ";",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "b'",
        "r\"",
        "n'",
        "x'",
        "q'",
        "e'",
        "u&'",
        "é",
        "\u{a0}",
        "$$",
        "${",
        "\0",
        "fr\u{f6}m",
        "END",
        "null",
    ];

    /// What is read without the library is what the library reads.
    #[test]
    fn tokens_are_those_of_the_library() {
        let (mut seed, mut read) = (17_usize, 0);
        for round in 0..40_000 {
            let mut text = String::new();
            for _ in 0..=round % 9 {
                seed = seed
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                text.push_str(PIECES[(seed >> 33) % PIECES.len()]);
            }
            for dialect in Dialect::all() {
                let (mut fast, mut slow) = (Vec::new(), Vec::new());
                if append(&text, 0, dialect, &mut fast).is_some() {
                    read += 1;
                    assert!(
                        by_library(&text, 0, dialect, &mut slow).is_ok(),
                        "{}: {text:?}",
                        dialect.name
                    );
                    assert_eq!(fast, slow, "{}: {text:?}", dialect.name);
                }
            }
        }
        assert!(read > 40_000, "{read}");
    }

    #[test]
    fn what_people_write_is_read() {
        let text = "with a as (select t.*, \"B\" || 'it''s' as c, 1.5 * x::int -- why\n from s.t /* é */ where d <> 'é') \
                    select count(*) from a where x >= 1 and y != -2 and z->'a' % 2 = 0 and h = 0xfe / 1e18";
        for dialect in Dialect::all() {
            assert!(append(text, 0, dialect, &mut Vec::new()).is_some(), "{}", dialect.name);
        }
    }
}
