//! Statement heads: what a statement does with its query, read from its first tokens.
//!
//! The parser library knows queries well and the statements around them less so. Only the query goes to it.

mod change;
mod constraint;
mod copy;
mod create;
mod function;
mod insert;
mod look;
mod rows;
mod several;
mod turn;
mod writable;

use plumb_base::{Severity, Span};
use sqlparser::{
    keywords::Keyword,
    tokenizer::{Token, TokenWithSpan},
};

pub(super) use look::verb;
use look::{is_word, keyword, name, text, top_level, word};

use super::Lower;
use crate::sql::{
    Trouble, tokens,
    tree::{Body, Ident, Item, Level, Query, RelationName, StatementKind, Table, WriteMode},
};

/// What the first tokens of a statement say of it.
pub(super) enum Head<'a> {
    /// These statements.
    Kinds(Vec<StatementKind>),
    /// The statements inside a text: a body of a procedure, a literal that is executed.
    Inside(&'a TokenWithSpan),
    /// It moves data in a way that is not read.
    Opaque(String),
}

impl Head<'_> {
    fn one(kind: StatementKind) -> Self {
        Self::Kinds(vec![kind])
    }

    fn other(verb: &str) -> Self {
        Self::one(StatementKind::Other { verb: verb.to_owned() })
    }
}

/// First words of statements that move no data.
const HARMLESS: &str = "\
    alter analyze analyse assert attach begin break call checkpoint clear close cluster comment \
    commit continue deallocate declare desc describe detach discard drop end exit explain \
    fetch fsck generate get go grant install iterate kill leave let list lock ls move msck null \
    open optimize perform pragma prepare print purge put raise reassign refresh reindex release \
    remove reorg repair reset resignal restore return revoke rm rollback save savepoint security \
    set show signal start summarize sync truncate unattach uncache undrop unlist unlock unset \
    uncomment vacuum validate watch";

/// Dialects in whose scripts a variable has the name alone; elsewhere a statement marks the names of variables.
const UNMARKED: &[&str] = &["bigquery", "databricks", "postgres", "redshift"];

/// `FOR r IN (query)`, `FOR r IN query`, `FOR r AS query`: reads the rows it walks over, which have that name.
fn walk<'a>(lower: &Lower<'_>, tokens: &'a [TokenWithSpan]) -> Result<Head<'a>, Trouble> {
    let named = tokens.get(1).filter(|_| is_word(tokens, 2, "in") || is_word(tokens, 2, "as"));
    let mut kinds = Vec::new();
    if let Some(Token::Word(word)) = named.map(|token| &token.token)
        && UNMARKED.contains(&lower.dialect.name)
    {
        let names = vec![lower.dialect.column_name(&word.value, word.quote_style.is_some())];
        kinds.push(StatementKind::Variables { names });
    }
    let rows = if named.is_some() { &tokens[3..] } else { &tokens[1..] };
    let open = rows.iter().take_while(|token| token.token == Token::LParen).count();
    if matches!(keyword(rows, open), Keyword::SELECT | Keyword::WITH) {
        kinds.push(StatementKind::Query(lower.parsed(rows)?));
    }
    Ok(if kinds.is_empty() { Head::other("for") } else { Head::Kinds(kinds) })
}

/// `DECLARE a, b INT64`, `DECLARE OR REPLACE VARIABLE a INT`.
fn variables<'a>(lower: &Lower<'_>, tokens: &[TokenWithSpan]) -> Head<'a> {
    if !["bigquery", "databricks"].contains(&lower.dialect.name) {
        return Head::other("declare");
    }
    let skipped = ["declare", "or", "replace", "variable", "var"];
    let first = (0..tokens.len()).find(|at| !skipped.iter().any(|it| is_word(tokens, *at, it)));
    let mut names = Vec::new();
    let mut rest = first.map_or(&[][..], |at| &tokens[at..]);
    while let [TokenWithSpan { token: Token::Word(word), .. }, behind @ ..] = rest {
        names.push(lower.dialect.column_name(&word.value, word.quote_style.is_some()));
        rest = match behind {
            [TokenWithSpan { token: Token::Comma, .. }, next @ ..] => next,
            _ => &[],
        };
    }
    Head::one(StatementKind::Variables { names })
}

/// What Hive and Spark `ADD` to a session.
const LOADED: &str = "jar jars file files archive archives";

/// Whether tokens are plainly a query, in which no word is that may make them something else.
pub(super) fn is_query(tokens: &[TokenWithSpan]) -> bool {
    let changes = |at: usize| {
        matches!(
            keyword(tokens, at),
            Keyword::INTO | Keyword::INSERT | Keyword::UPDATE | Keyword::DELETE | Keyword::MERGE
        )
    };
    matches!(keyword(tokens, 0), Keyword::SELECT | Keyword::WITH) && !(1..tokens.len()).any(changes)
}

pub(super) fn read<'a>(
    lower: &Lower<'_>,
    tokens: &'a [TokenWithSpan],
) -> Result<Head<'a>, Trouble> {
    let open = tokens.iter().take_while(|token| token.token == Token::LParen).count();
    let queries = ["select", "with", "values", "from", "table"];
    // Only a query may stand in parentheses.
    let verb = match verb(&tokens[open..]) {
        verb if open == 0 || queries.contains(&verb.as_str()) => verb,
        _ => "(".to_owned(),
    };
    Ok(match verb.as_str() {
        "with" if open == 0 => with(lower, tokens)?,
        "from" if several::hive(tokens) => several::hive_inserts(lower, tokens)?,
        "select" if into(tokens).is_some() => select_into(lower, tokens)?,
        query if queries.contains(&query) => Head::one(StatementKind::Query(lower.parsed(tokens)?)),
        "create" | "replace" => create::read(lower, tokens)?,
        "cache" => create::cache(lower, tokens)?,
        "insert" => insert::read(lower, tokens)?,
        "merge" | "update" | "delete" => change::read(lower, tokens)?,
        "apply" | "auto" => create::apply_changes(lower, tokens)?,
        "copy" => copy::read(lower, tokens)?,
        "unload" => copy::unload(lower, tokens)?,
        "export" => copy::export(lower, tokens)?,
        "load" => copy::load(lower, tokens)?,
        "execute" => execute(tokens),
        "for" => walk(lower, tokens)?,
        "do" => create::procedure(tokens),
        "use" => used(lower, tokens)?,
        "alter" => constraint::alter(lower, tokens),
        "drop" if is_word(tokens, 1, "index") => constraint::drop_index(lower, tokens),
        "drop" => constraint::drop(lower, tokens),
        // Code that a session loads.
        "add" if LOADED.split(' ').any(|kind| is_word(tokens, 1, kind)) => Head::other("add"),
        "declare" => variables(lower, tokens),
        _ if matches!(
            tokens.get(1).map(|next| &next.token),
            Some(Token::Assignment | Token::Eq)
        ) =>
        {
            Head::other("let")
        }
        // A command of the client.
        "!" => Head::other("!"),
        _ if declares(tokens) => Head::other("declare"),
        _ if HARMLESS.split(' ').any(|it| it == verb) => Head::other(&verb),
        "pivot" | "unpivot" => turn::read(lower, tokens, &verb)?,
        _ => {
            let span = tokens.first().map_or(Span::default(), |token| tokens::bytes(token.span));
            return Err(Trouble {
                span,
                severity: Severity::Failed,
                reason: "sql-syntax",
                message: format!("no statement begins with `{verb}`"),
            });
        }
    })
}

/// The statement behind a word of another one that keeps it.
fn inner<'a>(
    lower: &Lower<'_>,
    tokens: &'a [TokenWithSpan],
    at: usize,
) -> Result<Head<'a>, Trouble> {
    let rest = &tokens[at + 1..];
    if rest.is_empty() {
        return Ok(Head::other("create"));
    }
    if create::keeps_code(rest) {
        return Ok(Head::Opaque("code that creates code".to_owned()));
    }
    if is_word(rest, 0, "auto") { create::apply_changes(lower, rest) } else { read(lower, rest) }
}

/// `name type …`, `name CURSOR FOR …`: a line of the `DECLARE` part of a block.
fn declares(tokens: &[TokenWithSpan]) -> bool {
    const SECOND: &str = "\
        array bigint binary boolean char constant cursor date datetime decimal double exception \
        float int integer number numeric object real record refcursor resultset smallint string \
        text time timestamp timestamp_ltz timestamp_ntz timestamp_tz varchar variant";
    let second = tokens.get(1).and_then(|token| word(&token.token));
    second.is_some_and(|second| SECOND.split(' ').any(|it| it.eq_ignore_ascii_case(second)))
}

/// `WITH … INSERT …`, `WITH … MERGE …`; else a query.
fn with<'a>(lower: &Lower<'_>, tokens: &'a [TokenWithSpan]) -> Result<Head<'a>, Trouble> {
    if let Some(head) = writable::read(lower, tokens)? {
        return Ok(head);
    }
    let changes = |index: &usize| {
        let begins = matches!(
            keyword(tokens, *index),
            Keyword::INSERT | Keyword::MERGE | Keyword::UPDATE | Keyword::DELETE
        );
        // After the last CTE, and not as the name of something.
        begins && *index > 0 && tokens[*index - 1].token == Token::RParen
    };
    let Some(at) = top_level(tokens).into_iter().find(changes) else {
        return Ok(Head::one(StatementKind::Query(lower.parsed(tokens)?)));
    };
    let mut head = read(lower, &tokens[at..])?;
    // The CTEs belong to the query of the statement: an empty one carries them there.
    let mut carrier = tokens[..at].to_vec();
    let last = tokens[at].span;
    for token in [Token::make_keyword("SELECT"), Token::Number("1".to_owned(), false)] {
        carrier.push(TokenWithSpan { token, span: last });
    }
    let ctes = lower.parsed(&carrier)?;
    if let Head::Kinds(kinds) = &mut head {
        for kind in kinds {
            if let StatementKind::Write { query, .. } = kind {
                query.recursive |= ctes.recursive;
                query.ctes.splice(0..0, ctes.ctes.iter().cloned());
            }
        }
    }
    Ok(head)
}

/// The `INTO` of `SELECT … INTO table FROM …`.
fn into(tokens: &[TokenWithSpan]) -> Option<usize> {
    let mut top = top_level(tokens).into_iter();
    let at = top.find(|at| matches!(keyword(tokens, *at), Keyword::INTO | Keyword::FROM))?;
    (keyword(tokens, at) == Keyword::INTO).then_some(at)
}

/// `SELECT … INTO table FROM …` makes a table; `SELECT … INTO :variable` fills variables.
fn select_into<'a>(lower: &Lower<'_>, tokens: &'a [TokenWithSpan]) -> Result<Head<'a>, Trouble> {
    let at = into(tokens).unwrap_or(0);
    if at == 1 {
        // PL/pgSQL's `SELECT INTO variable value …`.
        let (_, after) = name(lower, tokens, 2)?;
        let query = [&tokens[..1], &tokens[after..]].concat();
        return Ok(Head::one(StatementKind::Query(lower.parsed(&query)?)));
    }
    let mut start = at + 1;
    let mut temporary = false;
    while let Keyword::TEMP | Keyword::TEMPORARY | Keyword::TABLE = keyword(tokens, start) {
        temporary |= keyword(tokens, start) != Keyword::TABLE;
        start += 1;
    }
    let named = tokens.get(start).and_then(|token| word(&token.token)).is_some();
    // A list of names is a list of variables.
    let end = top_level(&tokens[start..])
        .into_iter()
        .find(|index| keyword(&tokens[start..], *index) == Keyword::FROM)
        .map_or(tokens.len(), |index| start + index);
    let several = tokens[start..end].iter().any(|token| token.token == Token::Comma);
    let mut rest = tokens[..at].to_vec();
    rest.extend_from_slice(&tokens[end..]);
    let query = lower.parsed(&rest)?;
    if !named || several {
        return Ok(Head::one(StatementKind::Query(query)));
    }
    let (target, _) = name(lower, &tokens[..end], start)?;
    let temporary = temporary || target.name.table().starts_with('#');
    let mode = WriteMode::Replace;
    Ok(Head::one(StatementKind::Write { target, mode, temporary, columns: Vec::new(), query }))
}

/// `EXECUTE IMMEDIATE 'text'`, `EXECUTE 'text'`; with anything but one text it is put together in the run.
fn execute(tokens: &[TokenWithSpan]) -> Head<'_> {
    let immediate = is_word(tokens, 1, "immediate");
    let at = if immediate { 2 } else { 1 };
    let literal = tokens.get(at).filter(|token| text(&token.token).is_some());
    let joined = matches!(tokens.get(at + 1).map(|it| &it.token), Some(Token::StringConcat));
    match literal {
        Some(literal) if !joined => Head::Inside(literal),
        None if !immediate || keyword(tokens, at) == Keyword::FROM => Head::other("execute"),
        _ => Head::Opaque("a statement that is put together in the run".to_owned()),
    }
}

/// `USE [CATALOG|DATABASE|SCHEMA] name`; what else is used (a role, a warehouse) is no part of a name.
fn used<'a>(lower: &Lower<'_>, tokens: &'a [TokenWithSpan]) -> Result<Head<'a>, Trouble> {
    // `use warehouse.sales` names a schema, `use warehouse large` does not.
    let kind = tokens.get(2).is_some_and(|token| word(&token.token).is_some());
    let second = tokens.get(1).filter(|_| kind).and_then(|token| word(&token.token));
    let second = second.unwrap_or_default();
    let (level, at) = match second.to_ascii_lowercase().as_str() {
        "role" | "warehouse" | "secondary" => return Ok(Head::other("use")),
        "catalog" => (Level::Catalog, 2),
        // A database is a schema where Hive's words are spoken.
        "database" if lower.dialect.name != "databricks" => (Level::Catalog, 2),
        "schema" | "database" | "namespace" => (Level::Schema, 2),
        _ if lower.dialect.name == "snowflake" => (Level::Catalog, 1),
        _ => (Level::Schema, 1),
    };
    let (name, _) = name(lower, tokens, at)?;
    Ok(Head::one(StatementKind::Use { level, name: name.name }))
}

/// A write of a query that is parsed from tokens.
fn write(
    lower: &Lower<'_>,
    target: RelationName,
    mode: WriteMode,
    columns: Vec<Ident>,
    query: &[TokenWithSpan],
) -> Result<StatementKind, Trouble> {
    let query = lower.parsed(query)?;
    Ok(StatementKind::Write { target, mode, temporary: false, columns, query })
}

/// A name of a relation that stands for a place of files.
fn files(span: Span, path: &str) -> RelationName {
    RelationName { name: plumb_base::TableName(vec![plumb_base::Name::new(path)]), span }
}

/// `SELECT * FROM name`.
fn whole(of: RelationName) -> Query {
    let span = of.span;
    let from = vec![Table::named(of)];
    Query::of(Body::select(vec![Item::star(None, span)], from, None, span), span)
}
