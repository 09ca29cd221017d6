//! Folders of plain SQL as assets.

use std::{cmp::Reverse, collections::BTreeMap, sync::Arc};

use plumb_base::{
    Severity, Source,
    answer::Using,
    record::{Found, SqlFolder},
};
use plumb_syntax::sql::Dialect;
use rayon::prelude::*;

use crate::{
    bundles,
    given::given,
    read::{Gathered, Options, Text},
    script::Script,
    session::Session,
    speech::{LOOK, NOBODY_SAYS, dialect_of},
};

/// What settings say of the folder that a file lies in.
fn folder<'f>(found: &'f Found, path: &str) -> Option<&'f SqlFolder> {
    found.settings.sql.iter().find(|folder| path.starts_with(&folder.prefix))
}

/// A session of a file, where settings say in which catalog and schema it begins.
pub(crate) fn said(found: &Found, path: &str, dialect: &Dialect, session: Session) -> Session {
    match folder(found, path) {
        Some(said) => session.set(said.catalog.as_deref(), said.schema.as_deref(), dialect),
        None => session,
    }
}

/// The dialect of the dbt projects, where all that say one say the same.
fn of_projects(found: &Found) -> Option<&'static Dialect> {
    let adapters = found.dbt.iter().filter_map(|project| project.target.adapter.as_deref());
    let mut dialects = adapters.map(Dialect::named);
    let first = dialects.next()??;
    dialects.all(|other| other.is_some_and(|other| other.name == first.name)).then_some(first)
}

pub(crate) fn sql(found: &Found, options: &Options, gathered: &mut Gathered) {
    if found.sql.is_empty() {
        return;
    }
    let texts = found.sql.iter().map(|source| source.text.as_str());
    let (mut common, mut how) = dialect_of("", found, options, None, texts, &mut gathered.problems);
    // Where nobody says anything, they are taken for what the dbt projects beside them are written in.
    if how.ends_with(NOBODY_SAYS)
        && let Some(dialect) = of_projects(found)
    {
        (common, how) = (dialect, format!("{}, as the dbt projects", dialect.name));
    }
    let bundled = bundles::files(found);
    let guessed = how.ends_with(LOOK) || how.ends_with(NOBODY_SAYS);
    // Beside each, whether somebody says so.
    let dialects: Vec<(&'static Dialect, bool)> = found
        .sql
        .iter()
        .map(|source| {
            let set = found
                .settings
                .dialects
                .iter()
                .any(|(prefix, _)| source.path.starts_with(prefix.as_str()));
            let run =
                bundled.contains(source.path.as_str()).then_some(("databricks", "run by a bundle"));
            if options.dialect.is_none() && (set || run.is_some()) {
                let problems = &mut gathered.problems;
                return (dialect_of(&source.path, found, options, run, [], problems).0, true);
            }
            let spoken = || Dialect::spoken(&source.path, &source.text, common);
            (if guessed { spoken() } else { common }, !guessed)
        })
        .collect();
    let given = given(found);
    let mut usual: BTreeMap<&str, usize> = BTreeMap::new();
    for (dialect, _) in &dialects {
        *usual.entry(dialect.name).or_default() += 1;
    }
    let read = |(source, (dialect, said)): (&Source, &(&'static Dialect, bool))| {
        let read = |dialect| match given.get(&source.path) {
            Some(given) => Text::of_given(source, dialect, given),
            None => Text::of_file(source, dialect),
        };
        let text = read(dialect);
        let better = if *said { None } else { wholly(source, &text, &usual, read) };
        Arc::new(better.unwrap_or(text))
    };
    let texts: Vec<Arc<Text>> = found.sql.par_iter().zip(&dialects).map(read).collect();
    let dialects: Vec<&'static Dialect> = texts.iter().map(|text| text.dialect).collect();
    let statements: usize = texts.iter().map(|text| text.parsed().statements.len()).sum();
    let mut sessions = bundles::sessions(found, &texts);
    for text in &texts {
        let session = sessions.remove(&text.path).unwrap_or_default();
        let role = folder(found, &text.path).map(|folder| folder.role).unwrap_or_default();
        let session = said(found, &text.path, text.dialect, session);
        Script::new(&text.path, None, session).with_role(role).add(text, gathered);
    }
    let files = found.sql.len();
    let run = found.sql.iter().filter(|source| bundled.contains(source.path.as_str())).count();
    let run = if run > 0 { format!("; {run} run by bundles, databricks") } else { String::new() };
    let others = if guessed { spoken(found, &dialects, common) } else { String::new() };
    gathered.using.push(Using {
        what: "SQL files".to_owned(),
        path: ".".to_owned(),
        detail: format!("{files} files, {statements} statements, {how}{others}{run}"),
    });
}

/// Bytes of a file that is read again and again.
const LARGEST: usize = 1 << 20;

/// A file that is not read wholly in the dialect it was taken for, in one that reads all of it: of which it shows most, or
/// in which more of the files beside it are.
fn wholly(
    source: &Source,
    text: &Text,
    usual: &BTreeMap<&str, usize>,
    read: impl Fn(&'static Dialect) -> Text,
) -> Option<Text> {
    let fails = |text: &Text| {
        text.parsed().problems.iter().any(|problem| problem.severity == Severity::Failed)
    };
    if !fails(text) || source.text.len() > LARGEST {
        return None;
    }
    let mut others = Dialect::signs(&source.text);
    others.retain(|(other, _)| other.name != text.dialect.name);
    others.sort_by_key(|(other, signs)| {
        let plain = other.name == Dialect::plain().name;
        (plain, Reverse(*signs), Reverse(usual.get(other.name).copied()))
    });
    let mut others = others.into_iter().map(|(other, _)| read(other));
    others.find(|other| !fails(other) && !other.parsed().statements.is_empty())
}

/// The files that are of another dialect than most: `; 3 databricks, by their own`.
fn spoken(found: &Found, dialects: &[&'static Dialect], common: &Dialect) -> String {
    let bundled = bundles::files(found);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (source, dialect) in found.sql.iter().zip(dialects) {
        if dialect.name != common.name && !bundled.contains(source.path.as_str()) {
            *counts.entry(dialect.name).or_default() += 1;
        }
    }
    let said: Vec<String> =
        counts.iter().map(|(name, count)| format!("; {count} {name}, by their own")).collect();
    said.concat()
}
