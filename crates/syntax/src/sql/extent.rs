//! How large and how deep the tree of a statement can get, seen from its tokens.
//!
//! The parser library counts how deep it goes itself. Operators, set operations and CTEs it strings together in
//! loops, and the tree is as deep as they are many: whoever walks it later would run out of stack.

use sqlparser::{
    keywords::Keyword,
    tokenizer::{Token, TokenWithSpan},
};

/// Tokens of one statement: several megabytes of text.
const TOKENS: usize = 1_000_000;

/// What may hang together: operators of an expression, queries of a statement.
const CHAIN: u32 = 20_000;

/// Conditions of one conjunction or disjunction; they become one list, and are deep only while they are parsed.
const JUNCTIONS: u32 = 200_000;

/// What is too much of a statement, and the token at which it becomes so.
pub(crate) fn excess(tokens: &[TokenWithSpan]) -> Option<(usize, &'static str, String)> {
    if tokens.len() > TOKENS {
        let message = format!("more than {TOKENS} words in one statement are not read");
        return Some((0, "sql-too-long", message));
    }
    let mut depth = Depth { levels: vec![Level::default()], queries: 0, below: Level::default() };
    tokens.iter().enumerate().find_map(|(at, token)| {
        depth.take(&token.token);
        depth.is_too_deep().then(|| {
            let message = format!("more than {CHAIN} operators or queries in a chain are not read");
            (at, "sql-depth", message)
        })
    })
}

/// How many parentheses, `CASE`s and `NOT`s stand inside each other at most.
pub(crate) fn nesting(tokens: &[TokenWithSpan]) -> usize {
    let mut depth = Depth { levels: vec![Level::default()], queries: 0, below: Level::default() };
    let (mut negations, mut most) = (0, 0);
    for token in tokens {
        let negates = matches!(&token.token, Token::Word(word) if word.keyword == Keyword::NOT);
        negations = if negates { negations + 1 } else { 0 };
        depth.take(&token.token);
        most = most.max(depth.levels.len() + negations);
    }
    most
}

/// What hangs together between two parentheses, or inside a `CASE`.
#[derive(Clone, Copy, Default)]
struct Level {
    /// Whether it ends with `END`.
    is_case: bool,
    /// Operators since the last comma, clause, `AND` or `OR`.
    links: u32,
    /// `AND` and `OR` since the last comma or clause.
    junctions: u32,
    /// `BETWEEN`s that wait for their `AND`.
    between: u32,
    /// Clauses after a table that make another of it.
    tables: u32,
}

struct Depth {
    /// Innermost last.
    levels: Vec<Level>,
    /// Words that begin a query.
    queries: u32,
    /// The sum of all levels but the innermost.
    below: Level,
}

impl Depth {
    fn is_too_deep(&self) -> bool {
        let top = self.top();
        self.queries > CHAIN
            || self.below.links + top.links > CHAIN
            || self.below.tables + top.tables > CHAIN
            || self.below.junctions + top.junctions > JUNCTIONS
    }

    fn top(&self) -> Level {
        self.levels.last().copied().unwrap_or_default()
    }

    fn take(&mut self, token: &Token) {
        match token {
            Token::LParen | Token::LBracket | Token::LBrace => {
                self.link();
                self.open(false);
            }
            Token::RParen | Token::RBracket | Token::RBrace => {
                while self.top().is_case {
                    self.close();
                }
                self.close();
            }
            Token::Comma => self.begin(),
            Token::Word(word) if word.quote_style.is_none() => self.word(word.keyword),
            Token::Word(_) | Token::Number(..) => {}
            Token::VerticalBarRightAngleBracket => self.queries += 1,
            _ => self.link(),
        }
    }

    fn word(&mut self, keyword: Keyword) {
        use Keyword as K;
        match keyword {
            K::SELECT => {
                self.queries += 1;
                self.begin();
            }
            K::WHERE | K::JOIN | K::ON | K::HAVING | K::QUALIFY => self.begin(),
            K::PIVOT | K::UNPIVOT => self.edit(|level| level.tables += 1),
            K::CASE => self.open(true),
            K::END if self.top().is_case => self.close(),
            K::WHEN | K::THEN | K::ELSE if self.top().is_case => self.begin(),
            K::AND if self.top().between > 0 => {
                self.edit(|level| level.between -= 1);
            }
            K::AND | K::OR => self.edit(|level| {
                level.junctions += 1;
                level.links = 0;
            }),
            K::BETWEEN => self.edit(|level| {
                level.between += 1;
                level.links += 1;
            }),
            K::IS
            | K::IN
            | K::LIKE
            | K::ILIKE
            | K::RLIKE
            | K::REGEXP
            | K::SIMILAR
            | K::NOT
            | K::AT
            | K::COLLATE
            | K::XOR
            | K::DIV
            | K::GLOB
            | K::OVERLAPS
            | K::NOTNULL => self.link(),
            _ => {}
        }
    }

    /// What came before hangs together with nothing that comes.
    fn begin(&mut self) {
        self.edit(|level| (level.links, level.junctions, level.between) = (0, 0, 0));
    }

    fn link(&mut self) {
        self.edit(|level| level.links += 1);
    }

    fn edit(&mut self, change: impl FnOnce(&mut Level)) {
        if let Some(level) = self.levels.last_mut() {
            change(level);
        }
    }

    fn open(&mut self, is_case: bool) {
        let top = self.top();
        self.below.links += top.links;
        self.below.junctions += top.junctions;
        self.below.tables += top.tables;
        self.levels.push(Level { is_case, ..Level::default() });
    }

    fn close(&mut self) {
        if self.levels.len() > 1 {
            self.levels.pop();
            let top = self.top();
            self.below.links -= top.links;
            self.below.junctions -= top.junctions;
            self.below.tables -= top.tables;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::{Dialect, tokens::read};

    #[track_caller]
    fn reason(text: &str) -> Option<&'static str> {
        let tokens = read(text, Dialect::plain()).0;
        excess(&tokens).map(|(_, reason, _)| reason)
    }

    #[test]
    fn what_is_long_and_not_deep_is_read() {
        let times = CHAIN as usize + 1;
        assert_eq!(reason(&format!("select {} 1", "a + 1,".repeat(times))), None);
        assert_eq!(reason(&format!("select 1 where {} a", "a = 1 or ".repeat(times))), None);
        let between = "a between 1 and 2 or ".repeat(times);
        assert_eq!(reason(&format!("select 1 where {between} a")), None);
        let branches = "when a = 1 and b then c + 1 ".repeat(times);
        assert_eq!(reason(&format!("select case {branches} end")), None);
        assert_eq!(reason(&format!("select a in ({} 1)", "1,".repeat(times))), None);
        assert_eq!(reason(&format!("select {} 1", "f(a) as b, (c),".repeat(times))), None);
    }

    #[test]
    fn nesting_is_counted() {
        let levels = |text: &str| nesting(&read(text, Dialect::plain()).0);
        let flat = levels("select not a, case when b then 1 end, (c) from t");
        assert!(flat < 4, "{flat}");
        for (open, close) in [("case when a then ", " end"), ("(", ")"), ("not ", "")] {
            let text = format!("select {}a{}", open.repeat(500), close.repeat(500));
            assert!(levels(&text) > 500, "{open}");
        }
    }

    #[test]
    fn what_would_be_too_deep_is_refused() {
        let times = CHAIN as usize + 1;
        for link in ["a + ", "a::int || ", "case when b then c end * ", "a = (1) is not null = "] {
            let text = format!("select {} 1", link.repeat(times));
            assert_eq!(reason(&text), Some("sql-depth"), "{link}");
        }
        let half = "a + ".repeat(times / 2 + 1);
        assert_eq!(reason(&format!("select {half} f({half} 1)")), Some("sql-depth"));
        assert_eq!(reason(&"select 1 union ".repeat(times)), Some("sql-depth"));
        let chain = format!("select a {}", "between 1 and 2 ".repeat(times));
        assert_eq!(reason(&chain), Some("sql-depth"));
    }
}
