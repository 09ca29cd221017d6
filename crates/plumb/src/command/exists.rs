//! `plumb exists`: is there already what somebody is about to build?

use std::io::ErrorKind;
use std::path::Path;

use clap::{Arg, ArgMatches};
use plumb_base::Source;

use crate::{Command, Depth, Exit, Failure, Session};

pub(crate) static COMMAND: Command = Command {
    name: "exists",
    about: "Say whether a dataset exists already, before you build it",
    page: include_str!("exists.md"),
    examples: &[
        ("plumb exists draft.sql", "who computes these rows, or a part of them"),
        ("plumb exists models/fct_orders.sql", "a file of the project, against all others"),
        ("pbpaste | plumb exists -", "SQL from standard input"),
        ("plumb exists \"revenue per customer\"", "by words: names, columns, descriptions"),
    ],
    build,
    run,
};

fn build(command: clap::Command) -> clap::Command {
    let help = "File with SQL, - for standard input, SQL itself, or words";
    command.arg(Arg::new("what").value_name("FILE|-|WORDS").required(true).help(help))
}

fn run(typed: &ArgMatches, session: &Session<'_>) -> Result<Exit, Failure> {
    let what = typed.get_one::<String>("what").map_or("", String::as_str);
    let sql = question(what, session)?;
    let reading = session.read(None)?;
    let text = sql.as_ref().map_or("", |sql| sql.text.as_str());
    let question = format!("exists {what}\n{text}");
    let answer = session.ask(&reading, Depth::Normal, &question, |it| {
        Ok::<_, Failure>(match &sql {
            Some(sql) => it.exists(sql, session.asked.dialect.as_deref()),
            None => it.named(what),
        })
    })?;
    session.answer(&reading, |format, style| Some(format.exists?(&answer, style)))?;
    Ok(Exit::Done)
}

/// The SQL that is asked about; nothing if what was typed are words.
pub(super) fn question(what: &str, session: &Session<'_>) -> Result<Option<Source>, Failure> {
    if what.trim().is_empty() {
        let fix = "name a file, - for standard input, or say in words what you look for";
        return Err(Failure::usage("nothing was asked", fix));
    }
    if what == "-" {
        let bytes = session.outside.input().map_err(|error| {
            Failure::access(format!("cannot read standard input: {error}"), "name a file instead")
        })?;
        return Ok(Some(Source::new("-", decoded(&bytes))));
    }
    if is_sql(what) {
        return Ok(Some(Source::new("-", what)));
    }
    let below = session.asked.project.as_ref();
    let below = below.map(|folder| Path::new(folder).join(what).to_string_lossy().into_owned());
    for path in below.iter().map(String::as_str).chain([what]) {
        match session.outside.load(path) {
            // A file of the platform is known by its path in the folder that is read.
            Ok(bytes) => return Ok(Some(Source::new(what, decoded(&bytes)))),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) if is_path(what) => {
                let what = format!("cannot read `{path}`: {error}");
                return Err(Failure::access(what, "name a file that you may read"));
            }
            Err(_) => {}
        }
    }
    if is_path(what) {
        let fix = "name a file with SQL, - for standard input, or say in words what you look for";
        return Err(Failure::usage(format!("there is no file `{what}`"), fix));
    }
    Ok(None)
}

fn decoded(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim_start_matches('\u{feff}').to_owned()
}

/// Whether it is meant as a path: it has a slash, or ends as files of SQL do.
fn is_path(what: &str) -> bool {
    let name = Path::new(what);
    let extension = name.extension().and_then(|it| it.to_str()).unwrap_or_default();
    let known = ["sql", "hql", "ddl"].iter().any(|known| extension.eq_ignore_ascii_case(known));
    !what.contains(' ') && (what.contains('/') || known)
}

/// Whether it is SQL itself.
fn is_sql(what: &str) -> bool {
    let mut words = what.split_whitespace();
    let first = words.next().unwrap_or_default().to_ascii_lowercase();
    let begins = ["select", "with", "create", "insert", "from"].contains(&first.as_str());
    begins
        && words
            .any(|word| word.eq_ignore_ascii_case("from") || word.eq_ignore_ascii_case("select"))
}
