//! `plumb owners`: whose the money is, and what of it is nobody's.

use clap::{Arg, ArgMatches};
use plumb_base::answer::Owners;

use crate::{Command, Exit, Failure, Session, period};

pub(crate) static COMMAND: Command = Command {
    name: "owners",
    about: "Show whose the money is and how that is known, or what has no owner",
    page: include_str!("owners.md"),
    examples: &[
        ("plumb owners", "who pays for what"),
        ("plumb owners gaps", "what has no owner, the dearest first"),
        ("plumb owners gaps -f csv", "the same for a sheet"),
    ],
    build,
    run,
};

fn build(command: clap::Command) -> clap::Command {
    let what = Arg::new("what").value_name("WHAT").value_parser(["gaps"]);
    period::options(command).arg(what.help("Only what has no owner"))
}

fn run(typed: &ArgMatches, session: &Session<'_>) -> Result<Exit, Failure> {
    let gaps = typed.contains_id("what");
    let reading = session.read(None)?;
    let period = period::read(typed)?;
    let question = format!("owners {period:?}");
    let owners = session.ask_costs(&reading, &question, |it| it.owners(period));
    let owners = owners.map_err(|error| Failure::imbalance(&error))?;
    let owners = Owners { gaps, ..owners };
    session.answer(&reading, |format, style| Some(format.owners?(&owners, style)))?;
    Ok(Exit::Done)
}
