//! `plumb explain`: how we know, and what would change our mind.

use clap::{Arg, ArgMatches};

use crate::{Command, Depth, Exit, Failure, Session};

pub(crate) static COMMAND: Command = Command {
    name: "explain",
    about: "Say how a finding is known, and what would change our mind",
    page: include_str!("explain.md"),
    examples: &[
        ("plumb explain F-7K3QX2", "the steps of a proof"),
        ("plumb explain DUP001", "the rule itself, with its cases"),
    ],
    build,
    run,
};

fn build(command: clap::Command) -> clap::Command {
    let help = "Finding (F-7K3QX2), rule (DUP001), asset or file";
    command.arg(Arg::new("ref").value_name("REF").required(true).help(help))
}

fn run(typed: &ArgMatches, session: &Session<'_>) -> Result<Exit, Failure> {
    let reading = session.read(None)?;
    let reference = typed.get_one::<String>("ref").map_or("", String::as_str);
    let question = format!("explain {reference}");
    let shown = session.ask(&reading, Depth::Normal, &question, |it| it.explain(reference));
    let shown = shown.map_err(|such| reading.no_such(&such))?;
    session.answer(&reading, |format, style| Some(format.explained?(&shown, style)))?;
    Ok(Exit::Done)
}
