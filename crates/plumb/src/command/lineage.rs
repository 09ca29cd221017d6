//! `plumb lineage`: what feeds an asset or a column, and what reads it.

use clap::{Arg, ArgMatches, value_parser};

use crate::{Command, Exit, Failure, Session};

pub(crate) static COMMAND: Command = Command {
    name: "lineage",
    about: "Show what feeds an asset or a column, and what reads it",
    page: include_str!("lineage.md"),
    examples: &[
        ("plumb lineage analytics.fct_orders", "its neighbours"),
        ("plumb lineage analytics.fct_orders.net_amount --up 9", "a column, back to its sources"),
        ("plumb lineage raw.orders --up 0 --down 9", "everything that would feel a change"),
    ],
    build,
    run,
};

fn build(command: clap::Command) -> clap::Command {
    let help = "Asset (analytics.fct_orders) or column (analytics.fct_orders.net_amount)";
    let steps = |name: &'static str, help: &'static str| {
        let steps = Arg::new(name).long(name).value_name("N").help(help);
        steps.value_parser(value_parser!(u32)).default_value("1")
    };
    command
        .arg(Arg::new("ref").value_name("ASSET[.COLUMN]").required(true).help(help))
        .arg(steps("up", "Steps towards the sources"))
        .arg(steps("down", "Steps towards the readers"))
}

fn run(typed: &ArgMatches, session: &Session<'_>) -> Result<Exit, Failure> {
    let reading = session.read(None)?;
    let reference = typed.get_one::<String>("ref").map_or("", String::as_str);
    let steps = |name: &str| typed.get_one::<u32>(name).copied().unwrap_or(1);
    let lineage = reading.workspace.lineage(reference, steps("up"), steps("down"));
    let lineage = lineage.map_err(|such| reading.no_such(&such))?;
    session.answer(&reading, |format, style| (format.lineage)(&lineage, style))?;
    Ok(Exit::Done)
}
