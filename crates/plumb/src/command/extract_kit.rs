//! `plumb extract-kit`: the queries that export exactly what is read of a platform.

use clap::{Arg, ArgMatches, value_parser};
use plumb_workspace::{extract, vendors};

use crate::{Command, Exit, Failure, Session};

pub(crate) static COMMAND: Command = Command {
    name: "extract-kit",
    about: "Print the queries that export what plumb reads of a platform, and nothing else",
    page: include_str!("extract_kit.md"),
    examples: &[
        ("plumb extract-kit snowflake > extract.sql", "a script that only reads"),
        ("plumb extract-kit snowflake -f json -o plumb-extract.json", "what it gives, for checks"),
        ("plumb extract-kit databricks --days 90", "three months"),
    ],
    build,
    run,
};

fn build(command: clap::Command) -> clap::Command {
    let platform = Arg::new("platform").value_name("PLATFORM").required(true);
    let words: Vec<&'static str> = vendors().collect();
    let days = Arg::new("days").long("days").value_name("N").help("Days back from today");
    command
        .arg(platform.value_parser(words).help("Whose records to export"))
        .arg(days.value_parser(value_parser!(u32).range(1..=3660)).default_value("30"))
}

fn run(typed: &ArgMatches, session: &Session<'_>) -> Result<Exit, Failure> {
    let platform = typed.get_one::<String>("platform").map_or("", String::as_str);
    let days = typed.get_one::<u32>("days").copied().unwrap_or(30);
    let kit = extract(platform, days);
    session.give("", |format, style| Some(format.extract?(&kit, style)))?;
    Ok(Exit::Done)
}
