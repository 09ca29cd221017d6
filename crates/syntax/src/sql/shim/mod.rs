//! What the parser library does not know, spelled as what it knows: token by token, before it parses.
//!
//! Each token keeps the place of what it stands for, so spans still point into the user's own text. A mend never
//! changes a meaning: it leaves words out that say nothing of rows, or spells the same thing otherwise.

mod clause;
mod duck;
mod frame;
mod identifier;
mod join;
mod json;
mod literal;
mod name;
mod parameter;
mod script;
mod slots;
mod types;

pub(crate) use clause::SYMMETRIC;
pub(crate) use frame::EXCLUDES;
pub(crate) use join::NEAREST;
pub(crate) use script::SCRIPT;

use std::cell::Cell;

use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::{Dialect, tokens::bytes};
use slots::Slots;

/// Tokens that may be looked at ahead, for each token of the text: of what nobody closes each opening one would
/// look to the end.
const AHEAD: usize = 64;

/// Mends tokens from left to right.
pub(crate) fn mend(tokens: Vec<TokenWithSpan>, dialect: &Dialect) -> Vec<TokenWithSpan> {
    let ahead = Cell::new(10_000 + AHEAD * tokens.len());
    let mut tape = Tape { tokens: Slots::new(tokens), dialect, ahead, next: 0 };
    while tape.next < tape.tokens.len() || tape.tokens.next_statement().is_some() {
        let at = tape.next;
        tape.next += 1;
        match tape.token(at) {
            Token::Word(word) if word.quote_style.is_none() => {
                let word = word.value.to_ascii_lowercase();
                tape.plain_name(at, &word);
                literal::mend(&mut tape, at, &word);
                clause::mend(&mut tape, at, &word);
                types::mend(&mut tape, at, &word);
                json::mend(&mut tape, at, &word);
                duck::mend(&mut tape, at, &word);
                frame::mend(&mut tape, at, &word);
                if word == "identifier" {
                    identifier::mend(&mut tape, at);
                }
                if word.ends_with('$') || tape.hint(at) {
                    parameter::mend(&mut tape, at);
                }
            }
            Token::Placeholder(_)
            | Token::LBrace
            | Token::Ampersand
            | Token::AtSign
            | Token::AtAt => parameter::mend(&mut tape, at),
            Token::Mul => {
                clause::power(&mut tape, at);
                duck::star(&mut tape, at);
            }
            Token::LBracket => duck::comprehension(&mut tape, at),
            Token::ExclamationMark if at > 0 => clause::method(&mut tape, at),
            _ => {}
        }
    }
    tape.tokens.into_tokens()
}

/// Tokens that are being mended.
struct Tape<'a> {
    tokens: Slots,
    dialect: &'a Dialect,
    /// Tokens that may still be looked at ahead.
    ahead: Cell<usize>,
    /// The token that is mended next.
    next: usize,
}

impl Tape<'_> {
    fn token(&self, at: usize) -> &Token {
        self.tokens.get(at).map_or(&Token::EOF, |token| &token.token)
    }

    fn before(&self, at: usize) -> &Token {
        at.checked_sub(1).map_or(&Token::EOF, |at| self.token(at))
    }

    fn is(&self, at: usize, text: &str) -> bool {
        matches!(self.token(at), Token::Word(word) if word.quote_style.is_none() && word.value.eq_ignore_ascii_case(text))
    }

    fn any(&self, at: usize, texts: &[&str]) -> bool {
        texts.iter().any(|text| self.is(at, text))
    }

    /// The same of words in one text.
    fn one_of(&self, at: usize, words: &str) -> bool {
        words.split(' ').any(|word| self.is(at, word))
    }

    fn phrase(&self, at: usize, texts: &[&str]) -> bool {
        texts.iter().enumerate().all(|(offset, text)| self.is(at + offset, text))
    }

    /// Whether it is the first word of BigQuery's `@{hint=value}`.
    fn hint(&self, at: usize) -> bool {
        matches!(self.token(at), Token::Word(word) if word.value.starts_with("@{"))
    }

    /// Whether nothing stands between a token and the next.
    fn touches(&self, at: usize) -> bool {
        match (self.tokens.get(at), self.tokens.get(at + 1)) {
            (Some(one), Some(two)) => bytes(one.span).end == bytes(two.span).start,
            _ => false,
        }
    }

    /// Looks at one more token ahead, if there is patience left for it.
    fn looks_on(&self) -> bool {
        let left = self.ahead.get().saturating_sub(1);
        self.ahead.set(left);
        left > 0
    }

    /// The index of the parenthesis, bracket or brace that closes the one at an index.
    fn closing(&self, open: usize) -> Option<usize> {
        let mut depth = 0_u32;
        for at in open..self.tokens.len() {
            if !self.looks_on() {
                return None;
            }
            match self.token(at) {
                Token::LParen | Token::LBracket | Token::LBrace => depth += 1,
                Token::RParen | Token::RBracket | Token::RBrace => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return Some(at);
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// Indices between two, outside of any parentheses that open after the first.
    fn level(&self, from: usize, to: usize) -> Vec<usize> {
        let (mut depth, mut found) = (0_u32, Vec::new());
        for at in from..to {
            if !self.looks_on() {
                break;
            }
            match self.token(at) {
                Token::LParen | Token::LBracket | Token::LBrace => {
                    if depth == 0 {
                        found.push(at);
                    }
                    depth += 1;
                }
                Token::RParen | Token::RBracket | Token::RBrace => depth = depth.saturating_sub(1),
                _ if depth == 0 => found.push(at),
                _ => {}
            }
        }
        found
    }

    /// Indices before one in its statement, the nearest first, as long as there is patience.
    fn back(&self, at: usize) -> impl Iterator<Item = usize> {
        (0..at).rev().take_while(|at| self.looks_on() && *self.token(*at) != Token::SemiColon)
    }

    /// Where what stands around a token ends: at a closing parenthesis, or with the statement.
    fn end(&self, from: usize) -> usize {
        self.ending(from, || true).unwrap_or(self.tokens.len())
    }

    /// The same, if there is patience left to look for it.
    fn end_ahead(&self, from: usize) -> Option<usize> {
        self.ending(from, || self.looks_on())
    }

    fn ending(&self, from: usize, goes_on: impl Fn() -> bool) -> Option<usize> {
        let mut depth = 0_u32;
        for at in from..self.tokens.len() {
            match self.token(at) {
                _ if !goes_on() => return None,
                Token::LParen | Token::LBracket | Token::LBrace => depth += 1,
                Token::RParen | Token::RBracket | Token::RBrace if depth == 0 => return Some(at),
                Token::RParen | Token::RBracket | Token::RBrace => depth -= 1,
                _ => {}
            }
        }
        Some(self.tokens.len())
    }

    fn remove(&mut self, at: usize, count: usize) {
        self.tokens.splice(at, count, []);
        if count > 0 {
            self.next = self.next.min(at);
        }
    }

    /// Puts tokens in place of others, with the place of all of those.
    fn put(&mut self, at: usize, count: usize, tokens: impl IntoIterator<Item = Token>) {
        let end = (at + count).min(self.tokens.len());
        let span = match (self.tokens.get(at), self.tokens.get(end.saturating_sub(1).max(at))) {
            (Some(first), Some(last)) => first.span.union(&last.span),
            _ => return,
        };
        let before = self.tokens.len();
        let tokens = tokens.into_iter().map(|token| TokenWithSpan { token, span });
        self.tokens.splice(at, count, tokens);
        // What follows may have come nearer.
        if self.tokens.len() < before {
            self.next = self.next.min(end + self.tokens.len() - before);
        }
    }

    /// Puts one more token before another, with a place.
    fn insert(&mut self, at: usize, token: TokenWithSpan) {
        self.tokens.splice(at, 0, [token]);
    }

    /// The tokens as they would be written.
    fn spelled(&self, from: usize, to: usize) -> String {
        self.written(from, to, Token::to_string)
    }

    /// The same with words in small letters; what stands in quotes stays as it is.
    fn in_small_letters(&self, from: usize, to: usize) -> String {
        self.written(from, to, |token| match token {
            Token::Word(word) if word.quote_style.is_none() => word.value.to_lowercase(),
            _ => token.to_string(),
        })
    }

    fn written(&self, from: usize, to: usize, spelling: impl Fn(&Token) -> String) -> String {
        let mut text = String::new();
        for at in from..to {
            if at > from && !self.touches(at - 1) {
                text.push(' ');
            }
            text.push_str(&spelling(self.token(at)));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::tokens::read;

    #[track_caller]
    fn mended(dialect: &str, text: &str, expected: &str) {
        let tokens = read(text, Dialect::named(dialect).unwrap()).0;
        let spelled: Vec<String> = tokens.iter().map(|token| token.token.to_string()).collect();
        assert_eq!(spelled.join(" ").trim_end_matches(" EOF").trim(), expected);
    }

    #[test]
    fn clauses_that_say_nothing_of_rows_go() {
        mended("trino", "with a as materialized (select 1)", "with a as ( select 1 )");
        mended("databricks", "from stream(x) join stream y", "from ( x ) join y");
        mended("databricks", "from stream", "from stream");
        mended("snowflake", "order siblings by a", "order by a");
        mended("bigquery", "from t@{force_index=x}", "from t");
        mended("databricks", "* except (a, t.b)", "* except ( a , b )");
        mended("snowflake", "m!predict(x)", "m!predict ( x )");
        mended(
            "bigquery",
            "from a.t as b for system_time as of f(x, 1) where c",
            "from a . t for system_time as of f ( x , 1 ) as b where c",
        );
        mended("bigquery", "from t for system_time as of x", "from t for system_time as of x");
        mended("bigquery", "safe.substr(a, 1)", "safe . `substr` ( a , 1 )");
    }

    #[test]
    fn what_the_parser_does_not_know_is_spelled_as_what_it_knows() {
        mended(
            "trino",
            "a between symmetric f(x, 1) and b and c",
            "a between plumb_symmetric ( f ( x , 1 ) ) and b and c",
        );
        mended("postgres", "a between asymmetric 1 and 2", "a between 1 and 2");
        mended(
            "snowflake",
            "select prior e.id, x from e connect by prior a = b",
            "select prior ( e . id ) , x from e connect by prior a = b",
        );
        mended("snowflake", "select prior, x", "select prior , x");
        mended(
            "databricks",
            "where exists ((select 1) union (select 2))",
            "where exists ( SELECT * FROM ( ( select 1 ) union ( select 2 ) ) )",
        );
        mended("databricks", "exists(xs, x -> x > 1)", "exists ( xs , x -> x > 1 )");
        mended(
            "databricks",
            "select transform(a, b) row format delimited using 'cat' as (x string, y int) from t",
            "select transform_using ( 'cat' , a , b ) AS ( x , y ) from t",
        );
        mended(
            "databricks",
            "select transform(*) using 'cat' from t",
            "select transform_using ( 'cat' ) AS ( key , value ) from t",
        );
        mended("databricks", "select transform(xs, x -> x)", "select transform ( xs , x -> x )");
        mended(
            "duckdb",
            "a positional join b as c",
            "a ASOF join b as c MATCH_CONDITION ( plumb_nearest_full )",
        );
        mended("duckdb", "select * like 'a%'", "select * ilike 'a%'");
        mended("duckdb", "select * not like 'a%'", "select columns ( 'not like a%' )");
        mended("duckdb", "select f(*columns(['a']))", "select f ( columns ( [ 'a' ] ) )");
        mended("duckdb", "select a * b", "select a * b");
        mended(
            "trino",
            "from table(f(input => table(a.b), x => y))",
            "from table ( f ( input => ( SELECT * FROM a . b ) , x => y ) )",
        );
    }

    #[test]
    fn parameters_are_names_or_values() {
        mended("databricks", "from $db.t where a = $x", "from $db . t where a = $x");
        mended("databricks", "from ${db}_x.t where a = ${y}", "from ${db}_x . t where a = ${y}");
        mended("databricks", "where a = {{ p }}", "where a = {{ p }}");
        mended("snowflake", "where a = &{x} and b = &y", "where a = &{x} and b = &y");
        mended("databricks", "a not in $codes", "a not in ( $codes )");
        mended("trino", "a in __plumb_hole_0__ and b", "a in ( __plumb_hole_0__ ) and b");
        mended("snowflake", "{*}", "object_construct ( * )");
    }

    #[test]
    fn what_a_template_prints_may_be_a_query() {
        let [one, two] = [0, 1].map(|at| format!("__plumb_hole_{at}__"));
        let whole = |hole: &str| format!("SELECT * FROM {hole}");
        mended(
            "snowflake",
            &format!("with a as ({one}) select * from a union all {two}"),
            &format!("with a as ( {} ) select * from a union all {}", whole(&one), whole(&two)),
        );
        mended(
            "snowflake",
            &format!("{one} union select 1 from ({two}) b"),
            &format!("{} union select 1 from ( {two} ) b", whole(&one)),
        );
        mended("snowflake", &format!("cast({one} as x)"), &format!("cast ( {one} as x )"));
    }

    #[test]
    fn names_that_texts_say_are_names() {
        mended("databricks", "from identifier('a.`b c`' || '.d')", "from a . `b c` . d");
        mended("databricks", "from identifier(:c || '.x_' || :s)", "from ${c} . x_${s}");
        mended("databricks", "use catalog identifier({{ c }})", "use catalog {{ c }}");
        mended("snowflake", "use identifier('&{db}.\"S t\"')", "use &{db} . \"S t\"");
        mended("snowflake", "from identifier($t)", "from $t");
        mended("snowflake", "from identifier(f('a'))", "from identifier ( f ( 'a' ) )");
        mended("databricks", "from identifier('')", "from identifier ( '' )");
        mended("databricks", "from identifier('a..b')", "from identifier ( 'a..b' )");
        mended("ansi", "from identifier('a')", "from identifier ( 'a' )");
    }

    #[test]
    fn what_nobody_closes_takes_no_longer_than_what_somebody_does() {
        for (dialect, text) in [
            ("databricks", "{{ "),
            ("databricks", "{{ a }} "),
            ("ansi", "cast( "),
            ("duckdb", "asof join "),
            ("bigquery", "array< "),
            ("bigquery", "@{ "),
            ("ansi", "values 1 "),
            ("ansi", "* except ( "),
            ("postgres", "between symmetric "),
            ("databricks", "select transform ( "),
            ("databricks", "exists (( select "),
            ("databricks", "identifier('a' || "),
            ("trino", "with function f "),
            ("duckdb", "positional join "),
        ] {
            let text = text.repeat(100_000);
            assert!(read(&text, Dialect::named(dialect).unwrap()).1.is_empty());
        }
    }

    #[test]
    fn prefixes_of_literals_belong_to_them() {
        mended("bigquery", "rb'x' || @p", "B'rb:x' || @p");
        mended("trino", "1_000_000", "1000000");
    }

    #[test]
    fn types_are_one_word() {
        mended(
            "trino",
            "cast(x as array(row(a bigint)))",
            "cast ( x as \"array(row(a bigint))\" )",
        );
        mended("trino", "cast(x as map<a, b>)", "cast ( x as \"map<a, b>\" )");
        mended("trino", "cast(x as decimal(3, 2))", "cast ( x as decimal ( 3 , 2 ) )");
        mended("bigquery", "array<struct<a int64>>[(1)]", "[ ( 1 ) ]");
    }

    #[test]
    fn clauses_of_json_functions_are_arguments() {
        mended("trino", "json_query(x, 'p' omit quotes)", "json_query ( x , 'p' , 'omit quotes' )");
        mended(
            "trino",
            "json_value(x, 'p' DEFAULT 'A''B' ON empty)",
            "json_value ( x , 'p' , 'default 'A'B' on empty' )",
        );
        mended("trino", "json_object('a': 1)", "json_object ( 'a' , 1 )");
        mended("trino", "json_object(f.a : value)", "json_object ( f . a , value )");
    }
}
