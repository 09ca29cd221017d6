//! `plumb audit`: read the platform, compare, print what matters most.

use clap::{Arg, ArgMatches};

use crate::session::Reading;
use crate::{Command, Depth, Exit, Failure, Session, judge};

pub(crate) static COMMAND: Command = Command {
    name: "audit",
    about: "Read the platform, compare, print what costs most",
    page: include_str!("audit.md"),
    examples: &[
        ("plumb audit", "the folder you are in"),
        ("plumb audit warehouse/", "another folder"),
        ("plumb audit --fail-on rule:DUP001", "for CI: exit with 1 on a duplicate"),
        ("plumb audit -f json -o plumb.json", "everything, for a script"),
        (
            "plumb audit -o sarif=plumb.sarif -o github",
            "for a workflow: code scanning, and annotations",
        ),
        ("plumb audit --fields id,owner", "two columns, for a shell"),
    ],
    build,
    run,
};

fn build(command: clap::Command) -> clap::Command {
    let path = Arg::new("path").value_name("PATH").help("Folder to read [default: .]");
    judge::options(command.arg(path))
}

fn run(typed: &ArgMatches, session: &Session<'_>) -> Result<Exit, Failure> {
    judge::check(typed)?;
    let path = typed.get_one::<String>("path").map(String::as_str);
    answer(typed, session, &session.read(path)?)
}

/// Audits what was opened.
pub(super) fn answer(
    typed: &ArgMatches,
    session: &Session<'_>,
    reading: &Reading,
) -> Result<Exit, Failure> {
    let audit = session.ask(reading, Depth::Normal, "audit", |it| Ok::<_, Failure>(it.audit()))?;
    session.answer(reading, |format, style| Some(format.audit?(&audit, style)))?;
    Ok(judge::exit(typed, &audit))
}
