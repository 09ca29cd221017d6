//! Folders of plain SQL as assets.

use std::sync::Arc;

use plumb_base::{Coverage, Lines, Place, Problem, Severity, Source, answer::Using, record::Found};
use plumb_ir::{KnownColumn, Schema, Type};
use plumb_syntax::sql::{
    self, Dialect,
    tree::{StatementKind, WriteMode},
};
use rayon::prelude::*;

use crate::{
    asset::{Asset, AssetKind},
    dbt::judged,
    read::{Draft, Gathered, Made, Options, Statement, blank, dialect_of},
};

/// What a project without a name is called.
const LOOSE: &str = "";

pub(crate) fn sql(found: &Found, options: &Options, gathered: &mut Gathered) {
    if found.sql.is_empty() {
        return;
    }
    let texts = found.sql.iter().map(|source| source.text.as_str());
    let (common, how) = dialect_of("", found, options, None, texts, &mut gathered.problems);
    let dialects: Vec<&'static Dialect> = found
        .sql
        .iter()
        .map(|source| {
            let set = found
                .settings
                .dialects
                .iter()
                .any(|(prefix, _)| source.path.starts_with(prefix.as_str()));
            if !set || options.dialect.is_some() {
                return common;
            }
            dialect_of(&source.path, found, options, None, [], &mut gathered.problems).0
        })
        .collect();
    let parsed: Vec<Arc<sql::Parsed>> = found
        .sql
        .par_iter()
        .zip(&dialects)
        .map(|(source, dialect)| Arc::new(sql::parse(&source.text, dialect)))
        .collect();
    let mut statements = 0;
    for ((source, dialect), parsed) in found.sql.iter().zip(dialects).zip(parsed) {
        statements += parsed.statements.len();
        file(source, dialect, &parsed, gathered);
    }
    let files = found.sql.len();
    gathered.using.push(Using {
        what: "SQL files".to_owned(),
        path: ".".to_owned(),
        detail: format!("{files} files, {statements} statements, {how}"),
    });
}

fn file(
    source: &Source,
    dialect: &'static Dialect,
    parsed: &Arc<sql::Parsed>,
    gathered: &mut Gathered,
) {
    let text: Arc<str> = source.text.as_str().into();
    let lines = Arc::new(Lines::new(&source.text));
    let mut queries = 0;
    for (at, statement) in parsed.statements.iter().enumerate() {
        let place = lines.place(&source.path, &source.text, statement.span);
        let (name, kind, coverage) = match &statement.kind {
            StatementKind::Query(_) => {
                queries += 1;
                let name = if queries == 1 {
                    source.path.clone()
                } else {
                    format!("{}#{queries}", source.path)
                };
                (name, AssetKind::Query, Coverage::Read)
            }
            StatementKind::Write { target, mode, .. } => {
                let kind =
                    if *mode == WriteMode::View { AssetKind::View } else { AssetKind::Table };
                (target.name.to_string(), kind, Coverage::Read)
            }
            StatementKind::Declare { target, columns } => {
                declare(&target.name.to_string(), columns, place, gathered);
                gathered.names.add(LOOSE, target.name.clone(), &target.name.to_string());
                continue;
            }
            StatementKind::Opaque { .. } => {
                gathered.coverage.add(Coverage::Opaque);
                continue;
            }
            StatementKind::Other { .. } => continue,
        };
        let bound = Statement {
            path: source.path.clone(),
            file: text.clone(),
            lines: Arc::clone(&lines),
            text: text.clone(),
            made: Made::Itself,
            parsed: Arc::clone(parsed),
            at,
            dialect,
            holes: Vec::new(),
        };
        let asset = Asset {
            place: Some(place.clone()),
            materialized: Some(kind.word().to_owned()),
            dialect: Some(dialect.name),
            coverage: Some(coverage),
            ..blank(&name, &name, kind, LOOSE)
        };
        let longer = format!("{name} ({}:{})", source.path, place.start.line);
        let key = gathered.add(Draft::new(asset, Some(bound)), &longer);
        if let StatementKind::Write { target, .. } = &statement.kind
            && key == name
        {
            gathered.names.add(LOOSE, target.name.clone(), &key);
        }
    }
    failures(source, dialect, parsed, gathered);
}

/// Statements that could not be parsed: each is counted, and has a place.
fn failures(
    source: &Source,
    dialect: &'static Dialect,
    parsed: &Arc<sql::Parsed>,
    gathered: &mut Gathered,
) {
    let whole = Statement {
        path: source.path.clone(),
        file: source.text.as_str().into(),
        lines: Arc::new(Lines::new(&source.text)),
        text: source.text.as_str().into(),
        made: Made::Itself,
        parsed: Arc::clone(parsed),
        at: 0,
        dialect,
        holes: Vec::new(),
    };
    let (_, problems): (_, Vec<Problem>) = judged(&whole);
    for problem in problems.into_iter().filter(|it| it.reason != "no-statement") {
        if problem.severity == Severity::Failed && problem.reason != "statement-not-read" {
            gathered.coverage.add(Coverage::Failed);
        }
        gathered.problems.push(problem);
    }
}

fn declare(
    key: &str,
    columns: &[(sql::tree::Ident, sql::tree::TypeName)],
    place: Place,
    gathered: &mut Gathered,
) {
    let known = columns
        .iter()
        .map(|(name, _)| KnownColumn { name: name.name.clone(), data_type: Type::Unknown });
    let schema = Schema { table: key.to_owned(), columns: known.collect(), open: false };
    gathered.names.schemas.insert(key.to_owned(), schema);
    if !gathered.drafts.contains_key(key) {
        let asset =
            Asset { place: Some(place), open: false, ..blank(key, key, AssetKind::Source, LOOSE) };
        gathered.add(Draft::new(asset, None), key);
    }
}
