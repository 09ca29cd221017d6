//! `plumb show`: one finding, asset or rule.

use clap::{Arg, ArgMatches};

use crate::{Command, Depth, Exit, Failure, Session};

pub(crate) static COMMAND: Command = Command {
    name: "show",
    about: "Show one finding, asset or rule",
    page: include_str!("show.md"),
    examples: &[
        ("plumb show F-7K3QX2", "a finding: evidence, code, fix"),
        ("plumb show analytics.fct_orders", "an asset: columns, readers, findings"),
        ("plumb show models/fct_orders.sql", "the same, by its file"),
        ("plumb show DUP001", "a rule"),
    ],
    build,
    run,
};

fn build(command: clap::Command) -> clap::Command {
    let help = "Finding (F-7K3QX2), asset (analytics.fct_orders), file or rule (DUP001)";
    command.arg(Arg::new("ref").value_name("REF").required(true).help(help))
}

fn run(typed: &ArgMatches, session: &Session<'_>) -> Result<Exit, Failure> {
    let reading = session.read(None)?;
    let reference = typed.get_one::<String>("ref").map_or("", String::as_str);
    let question = format!("show {reference}");
    let shown = session.ask(&reading, Depth::Normal, &question, |it| it.show(reference));
    let shown = shown.map_err(|such| reading.no_such(&such))?;
    session.answer(&reading, |format, style| Some(format.shown?(&shown, style)))?;
    Ok(Exit::Done)
}
