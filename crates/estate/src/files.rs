//! Folders of plain SQL as assets.

use std::sync::Arc;

use plumb_base::{answer::Using, record::Found};
use plumb_syntax::sql::Dialect;
use rayon::prelude::*;

use crate::{
    bundles,
    read::{Gathered, Options, Text, dialect_of},
    script::Script,
};

pub(crate) fn sql(found: &Found, options: &Options, gathered: &mut Gathered) {
    if found.sql.is_empty() {
        return;
    }
    let texts = found.sql.iter().map(|source| source.text.as_str());
    let (common, how) = dialect_of("", found, options, None, texts, &mut gathered.problems);
    let bundled = bundles::files(found);
    let dialects: Vec<&'static Dialect> = found
        .sql
        .iter()
        .map(|source| {
            let set = found
                .settings
                .dialects
                .iter()
                .any(|(prefix, _)| source.path.starts_with(prefix.as_str()));
            let run = bundled.contains(source.path.as_str()).then_some("databricks");
            if options.dialect.is_some() || (!set && run.is_none()) {
                return common;
            }
            dialect_of(&source.path, found, options, run, [], &mut gathered.problems).0
        })
        .collect();
    let texts: Vec<Arc<Text>> = found
        .sql
        .par_iter()
        .zip(&dialects)
        .map(|(source, dialect)| Arc::new(Text::of_file(source, dialect)))
        .collect();
    let statements: usize = texts.iter().map(|text| text.parsed.statements.len()).sum();
    let mut sessions = bundles::sessions(found, &texts);
    for text in &texts {
        let session = sessions.remove(&text.path).unwrap_or_default();
        Script::new(&text.path, None, session).add(text, gathered);
    }
    let files = found.sql.len();
    let run = found.sql.iter().filter(|source| bundled.contains(source.path.as_str())).count();
    let run = if run > 0 { format!("; {run} run by bundles, databricks") } else { String::new() };
    gathered.using.push(Using {
        what: "SQL files".to_owned(),
        path: ".".to_owned(),
        detail: format!("{files} files, {statements} statements, {how}{run}"),
    });
}
