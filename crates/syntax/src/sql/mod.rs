//! SQL: text to statements, in the dialect of its writer.

mod client;
mod dialect;
mod dialects;
mod extent;
mod functions;
mod grammar;
mod lexer;
mod lower;
mod redact;
mod shim;
mod split;
mod tokens;

pub use dialects::{Dialect, Division, Fold, GroupAlias, NullOrder};
pub use functions::{FunctionRule, Given, Reads, Shape, Units};
pub use plumb_base::sql as tree;
pub use redact::redacted;

use std::borrow::Cow;

use plumb_base::{Severity, Span};
use sqlparser::tokenizer::TokenWithSpan;
use tree::{Statement, StatementKind};

/// Statements of one text, and what could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parsed {
    /// Statements in order; one that failed is absent here and stands in `problems`.
    pub statements: Vec<Statement>,
    /// What could not be read.
    pub problems: Vec<Trouble>,
}

/// A problem whose place is still a span of the parsed text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Where.
    pub span: Span,
    /// How much was lost.
    pub severity: Severity,
    /// Kind in kebab-case.
    pub reason: &'static str,
    /// One clause, lower case.
    pub message: String,
}

/// Levels of nesting a statement may have.
const DEPTH: usize = 320;

/// Bytes of a text that is read; tokens take many times the room of their letters.
const LARGEST: usize = 12 << 20;

/// Statements of one text that are read; where there are more, they hold data, and all say the same.
const STATEMENTS: usize = 50_000;

/// Reads every statement of a text. Never fails, never panics.
pub fn parse(text: &str, dialect: &'static Dialect) -> Parsed {
    let mut parsed = Parsed::default();
    if text.len() > LARGEST {
        let (size, largest) = (text.len() >> 20, LARGEST >> 20);
        parsed.problems.push(Trouble {
            span: Span::new(0, 1),
            severity: Severity::Failed,
            reason: "sql-too-long",
            message: format!("{size} MB of SQL are more than the {largest} MB that are read"),
        });
        return parsed;
    }
    let (tokens, troubles) = tokens::read(text, dialect);
    pieces(text, tokens, dialect, &mut parsed);
    parsed.problems.extend(troubles);
    parsed
}

/// Reads YAML that says what a metric view is as a query of its columns.
pub fn metric_view(yaml: &str, dialect: &'static Dialect) -> Parsed {
    let start = yaml.len() - yaml.trim_start().len();
    let span = Span::new(start, yaml.trim_end().len().max(start));
    let mut parsed = Parsed::default();
    match lower::metric::view(yaml, yaml, span, dialect) {
        Some(query) => {
            parsed.statements.push(Statement { kind: StatementKind::Query(query), span });
        }
        None => parsed.problems.push(Trouble {
            span,
            severity: Severity::Failed,
            reason: "statement-not-read",
            message: "a metric view is not read yet".to_owned(),
        }),
    }
    parsed
}

/// Reads the statements of tokens.
fn pieces(
    text: &str,
    mut tokens: Vec<TokenWithSpan>,
    dialect: &'static Dialect,
    parsed: &mut Parsed,
) {
    let pieces = split::statements(&tokens);
    // Most texts are one statement, whose tokens need not be copied.
    if let [piece] = *pieces
        && std::ptr::eq(piece.as_ptr(), tokens.as_ptr())
    {
        let len = piece.len();
        tokens.truncate(len);
        return lower::statements(text, Cow::Owned(tokens), dialect, parsed);
    }
    for piece in pieces {
        if parsed.statements.len() + parsed.problems.len() >= STATEMENTS {
            let span = piece.first().map_or_else(Span::default, |first| tokens::bytes(first.span));
            parsed.problems.push(Trouble {
                span,
                severity: Severity::Failed,
                reason: "sql-too-long",
                message: format!("more than {STATEMENTS} statements in one text are not read"),
            });
            break;
        }
        lower::statements(text, Cow::Borrowed(piece), dialect, parsed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn reasons(text: &str) -> Vec<&'static str> {
        parse(text, Dialect::plain()).problems.iter().map(|trouble| trouble.reason).collect()
    }

    #[test]
    fn what_is_too_much_is_refused_at_its_place_and_the_rest_is_read() {
        assert_eq!(reasons(&" ".repeat(LARGEST + 1)), ["sql-too-long"]);
        let many = parse(&"select 1;".repeat(STATEMENTS + 9), Dialect::plain());
        assert_eq!((many.statements.len(), many.problems.len()), (STATEMENTS, 1));
        let long = format!("select 1; select 1 in ({} 1); select 2", "1,".repeat(600_000));
        let long = parse(&long, Dialect::plain());
        assert_eq!((long.statements.len(), long.problems[0].span.start), (2, 10));
    }

    #[test]
    fn letters_that_nobody_meant_lose_one_statement() {
        for (text, at) in [
            ("select a\0 from t; select 1", 8),
            ("\0; select 1", 0),
            ("select a \u{fffd} \u{fffd} from t; select 1", 9),
            ("select (\r\n;\r\nselect 1", 8),
        ] {
            let parsed = parse(text, Dialect::plain());
            assert_eq!((parsed.statements.len(), parsed.problems.len()), (1, 1), "{text:?}");
            assert_eq!(parsed.problems[0].span.start, at, "{text:?}");
        }
        for open in ["select 'a", "select \"a", "select /* a", "select `a", "select $$ a"] {
            assert_eq!(reasons(&format!("{open} from t")), ["sql-token"]);
        }
    }

    const TEXTS: &[&str] = &[
        "create flow f as auto cdc once into o from stream ( s ) keys ( id )",
        "create or replace task k as insert into a select b from c",
        "create pipe p as copy into t ( a , b ) from ( select $1 , $2 from @s )",
        "create alert a if ( exists ( select 1 ) ) then insert into x select 1",
        "create table if not exists o as select x between symmetric a and b as y from t",
        "select prior a . b , c from t start with d is null connect by prior x = y",
        "select transform ( a , b ) row format delimited using 'c' as ( x string ) from t",
        "with function f ( x bigint ) returns bigint return x , q as ( select 1 ) select f ( a ) from q",
        "select * from a asof left outer join b on a . t >= b . t",
        "select * from a positional join ( select b ) as c ( d ) positional join e . f",
        "select * not like 'a%' , columns ( 'x' ) from t using sample 3 rows",
        "merge into o using s on o . a = s . a remove duplicates",
        "select * from table ( f ( input => table ( a . b ) , other => table c ) )",
        "insert with schema evolution into once by name select a from b",
        "select a from t where exists ( ( select 1 ) union ( select 2 ) )",
        "copy into t from 's3://a' ; copy ( select 1 ) to 'b' ; unload ( 'select 1' ) to 'c'",
        "insert all when a > 1 then into b ( c ) values ( d ) else into e select f from g",
        "from t insert overwrite table a select b where c insert into d select e",
        "pivot t on a in ( 1 , 2 ) using sum ( b ) ; unpivot t on a , b into name n value v",
        "for r in ( select a from b ) do insert into c select d from e",
        "apply changes into a from stream b keys ( c ) ; use catalog a ; alter table a add b",
        "export data options ( uri = 'x' ) as select 1 ; cache lazy table a as select b",
        "select a into temp table b from c ; select into a b from c",
        "create stream s on table t ; load data inpath '/x' overwrite into table y",
        "declare a , b int64 ; execute immediate 'select 1'",
    ];

    /// Statements that stop too early between two that do not.
    #[test]
    fn what_ends_too_early_has_a_place_and_loses_no_neighbour() {
        for text in TEXTS {
            let ends = text.match_indices(' ').map(|(at, _)| at).chain([text.len()]);
            for (end, dialect) in
                ends.flat_map(|end| Dialect::all().iter().map(move |it| (end, it)))
            {
                let (before, text) = ("select first_one;\n", &text[..end]);
                let whole = format!("{before}{text}\n;\nselect last_one;\n");
                let parsed = parse(&whole, dialect);
                let spoken = format!("{:?}", parsed.statements);
                let both = spoken.contains("first_one") && spoken.contains("last_one");
                assert!(both, "{}: {text}: {:?}", dialect.name, parsed.problems);
                assert!(parsed.statements.len() + parsed.problems.len() > 2, "{text}");
                let inside = before.len()..=before.len() + text.len() + 1;
                let place = |it: &Trouble| inside.contains(&(it.span.start as usize));
                assert!(parsed.problems.iter().all(place), "{text}: {:?}", parsed.problems);
            }
        }
    }

    #[test]
    fn chains_of_ten_thousand_are_read_or_refused() {
        let plenty = |text: &str| text.repeat(10_000);
        for text in [
            format!("select {}1", plenty("a::int + ")),
            format!("select a{}", plenty("::int")),
            format!("select a{}", plenty(" is null")),
            format!("select a{}", plenty("[0]")),
            format!("select a{}", plenty(".b")),
            format!("{}select 1", plenty("select 1 except ")),
            format!("select {}1", plenty("(")),
            format!("select {}1", plenty("case when ")),
            format!("select {}1", plenty("f(")),
            format!("select {}1", plenty("- ")),
            format!("select {}1", plenty("not ")),
            format!("select * from {}1", plenty("(select * from ")),
            format!("select * from t {}", plenty("pivot (sum(a) for b in (1)) ")),
            format!("select * from t {}", plenty("join t on a = b ")),
        ] {
            // As much as `estate` gives.
            let parse = move || drop(parse(&text, Dialect::plain()));
            let thread = std::thread::Builder::new().stack_size(256 << 20).spawn(parse);
            thread.unwrap().join().unwrap();
        }
    }
}
