//! `plumb metrics`: numbers with a name, what each is, and where.

use clap::{Arg, ArgMatches};

use crate::{Command, Depth, Exit, Failure, Session};

pub(crate) static COMMAND: Command = Command {
    name: "metrics",
    about: "List names with several definitions, and definitions with several names",
    page: include_str!("metrics.md"),
    examples: &[
        ("plumb metrics", "every number with a name"),
        ("plumb metrics revenue", "what it means, and where"),
        ("plumb metrics --fields name,definitions", "two columns, for a shell"),
    ],
    build,
    run,
};

fn build(command: clap::Command) -> clap::Command {
    let help = "Name of a metric, a measure or a column that aggregates";
    command.arg(Arg::new("name").value_name("NAME").help(help))
}

fn run(typed: &ArgMatches, session: &Session<'_>) -> Result<Exit, Failure> {
    let reading = session.read(None)?;
    let name = typed.get_one::<String>("name").map(String::as_str);
    let question = format!("metrics {name:?}");
    let metrics = session.ask(&reading, Depth::Normal, &question, |it| it.metrics(name));
    let metrics = metrics.map_err(|such| reading.no_such(&such))?;
    session.answer(&reading, |format, style| Some(format.metrics?(&metrics, style)))?;
    Ok(Exit::Done)
}
