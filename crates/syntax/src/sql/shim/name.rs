//! Words that begin a clause in one place and name something in another.

use sqlparser::{keywords::Keyword, tokenizer::Token};

use super::Tape;

/// What follows a table of the name `stream` and is no name of one.
const NOT_A_NAME: &str = "\
    as where group order join left right inner full cross on limit union having lateral using \
    pivot unpivot qualify window anti semi natural cluster distribute sort except intersect minus \
    select values with set default asof positional";

impl Tape<'_> {
    /// Makes a word a name, whatever else it means elsewhere.
    pub(super) fn name(&mut self, at: usize) {
        if let Some(Token::Word(word)) = self.tokens.get_mut(at).map(|it| &mut it.token) {
            word.keyword = Keyword::NoKeyword;
        }
    }

    /// Words that begin a clause, or ask something, only together with others: elsewhere they are names.
    pub(super) fn plain_name(&mut self, at: usize, word: &str) {
        let is_name = match word {
            // In front of a dot it is what a column belongs to, and not the one who asks.
            "user" => matches!(self.token(at + 1), Token::Period),
            "cluster" | "distribute" | "sort" => !self.is(at + 1, "by"),
            "start" => !self.any(at + 1, &["with", "transaction", "task", "pipe"]),
            "connect" => !self.is(at + 1, "by"),
            "match_condition" | "changes" => !matches!(self.token(at + 1), Token::LParen),
            "at" => !matches!(self.token(at + 1), Token::LParen) && !self.is(at + 1, "time"),
            "exclude" | "set" => self.begins_value(at),
            "returning" | "view" => self.begins_value(at) || self.names_a_table(at),
            "format" | "sample" => *self.before(at) == Token::Comma || self.names_a_table(at),
            "rows" => *self.before(at) == Token::Comma,
            // `STRUCT<a INT64>(1)` makes a struct.
            "struct" if matches!(self.token(at + 1), Token::Lt) => false,
            "interval" | "struct" | "trim" => self.begins_value(at) && self.ends_value(at + 1),
            "offset" => self.begins_value(at) && self.ends_value(at + 1) || self.names_a_table(at),
            _ => false,
        };
        if is_name {
            self.name(at);
        }
    }

    /// Whether what stands before a token asks for a value.
    pub(super) fn begins_value(&self, at: usize) -> bool {
        let before = at.wrapping_sub(1);
        match self.token(before) {
            Token::Comma | Token::LParen | Token::LBracket => true,
            Token::Eq | Token::Neq => true,
            Token::Lt | Token::Gt | Token::LtEq | Token::GtEq => true,
            Token::Plus | Token::Minus | Token::Div | Token::StringConcat => true,
            Token::Word(_) => self.one_of(
                before,
                "select distinct where and or not on by when then else case having between",
            ),
            _ => false,
        }
    }

    /// Whether a token can only stand behind a value.
    pub(super) fn ends_value(&self, at: usize) -> bool {
        match self.token(at) {
            Token::Comma | Token::RParen | Token::Period | Token::EOF | Token::DoubleColon => true,
            Token::Eq | Token::Neq | Token::Lt | Token::Gt | Token::LtEq | Token::GtEq => true,
            Token::Mul | Token::Div | Token::Mod | Token::StringConcat => true,
            Token::Word(_) => self.one_of(
                at,
                "from as in is and or then else end desc asc having order group union where like",
            ),
            _ => false,
        }
    }

    /// Whether a word is what a table is called, for another clause follows.
    pub(super) fn names_a_table(&self, at: usize) -> bool {
        const CLAUSES: &str = "where join left right inner full cross on group order union";
        self.follows_table(at) && self.one_of(at + 1, CLAUSES)
    }

    /// Whether a token is the name of a table, and no word that follows one.
    pub(super) fn names_table(&self, at: usize) -> bool {
        matches!(self.token(at), Token::Word(_)) && !self.one_of(at, NOT_A_NAME)
    }

    /// Whether a word of a clause behind a table stands there, and is not the name of the table.
    pub(super) fn follows_table(&self, at: usize) -> bool {
        match self.before(at) {
            Token::Word(_) => !self.one_of(at - 1, "from join as using into update merge lateral"),
            Token::RParen | Token::Placeholder(_) => true,
            Token::SingleQuotedString(_) | Token::DoubleQuotedString(_) => true,
            _ => false,
        }
    }

    /// The index behind a name with its qualifiers.
    pub(super) fn behind_name(&self, at: usize) -> Option<usize> {
        let part = |at: usize| matches!(self.token(at), Token::Word(_)) && self.looks_on();
        let mut end = part(at).then_some(at + 1)?;
        while matches!(self.token(end), Token::Period) && part(end + 1) {
            end += 2;
        }
        Some(end)
    }
}

#[cfg(test)]
mod tests {
    use crate::sql::{Dialect, parse};

    const WORDS: &str = "\
        symmetric asymmetric prior transform once columns level function asof match_condition \
        positional remove duplicates start connect sequence apply changes stream keys auto cdc \
        flow only siblings watermark model value key evolution schema delay once input exists_ \
        version timestamp exclude view rows share script generated";

    const TEXTS: &[&str] = &[
        "select $, t.$ as a, $.b, c as $, max($) from t where $ = 1 and x in ($, 2) group by $",
        "select $ from t where x between $ and 5 and not y between $.a and 5 order by a, $ desc",
        "select case when $ then $ else $ end, a - $, $ * 2 from t as $ join $ as q on q.a = $.b",
        "select a from $ where $.a = 1",
        "select a from s.$ join t on $.a = t.b",
        "select a from $ join t on $.a = t.b left join $ as q using ($)",
        "select a from (select b from t) as $ where $.b = 1",
        "select a from t, $ where exists (select 1 from $ as r where r.$ = t.$)",
        "with $ as (select a from t), r as (select b from $) select a from $, r",
        "with $ (x) as (select a from t) select x from $",
        "create table $ as select a from t",
        "create table o ($ text, b integer, c integer)",
        "create table o (a integer, $ text, b integer)",
        "insert into $ select a from t",
        "insert into t (a, $, b) select 1, $, 3 from u",
        "insert into $ (a) values (1)",
        "update t set $ = 1 where $ = 2",
        "delete from $ where a = 1",
        "merge into $ using s on $.id = s.id when matched then update set a = s.$",
        "merge into o using $ on o.id = $.id when matched then update set a = $.b",
    ];

    #[test]
    fn words_of_clauses_are_names_where_names_stand() {
        for dialect in Dialect::all() {
            for (text, word) in
                TEXTS.iter().flat_map(|text| WORDS.split(' ').map(move |word| (text, word)))
            {
                // As long as the word, so that places are the same.
                let plain = "z".repeat(word.len());
                let read = parse(&text.replace('$', word), dialect);
                let same = parse(&text.replace('$', &plain), dialect);
                let name = dialect.name;
                assert!(same.problems.is_empty(), "{name}: {text}: {:?}", same.problems);
                assert!(read.problems.is_empty(), "{name}: {word}: {text}: {:?}", read.problems);
                let renamed = format!("{same:?}").replace(&plain, word);
                assert_eq!(format!("{read:?}"), renamed, "{name}: {word}: {text}");
            }
        }
    }
}
