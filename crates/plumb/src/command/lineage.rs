//! `plumb lineage`: what feeds an asset or a column, and what reads it.

use clap::{Arg, ArgAction, ArgMatches, value_parser};
use plumb_workspace::{Around, Literals};

use crate::{Command, Depth, Exit, Failure, Session};

pub(crate) static COMMAND: Command = Command {
    name: "lineage",
    about: "Show what feeds an asset or a column, and what reads it",
    page: include_str!("lineage.md"),
    examples: &[
        ("plumb lineage analytics.fct_orders", "its neighbours"),
        ("plumb lineage analytics.fct_orders.net_amount --up 9", "a column, back to its sources"),
        ("plumb lineage raw.orders --up 0 --down 9", "everything that would feel a change"),
        (
            "plumb lineage --all -f openlineage -o jobs.jsonl",
            "the whole platform, for a lineage server",
        ),
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
    let flag = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).help(help).action(ArgAction::SetTrue)
    };
    command
        .arg(Arg::new("ref").value_name("ASSET[.COLUMN]").required_unless_present("all").help(help))
        .arg(steps("up", "Steps towards the sources"))
        .arg(steps("down", "Steps towards the readers"))
        .arg(
            flag("all", "Everything: every job with what it reads and makes").conflicts_with("ref"),
        )
        .arg(flag("literals", "With -f openlineage: leave values in the SQL as they are"))
}

fn run(typed: &ArgMatches, session: &Session<'_>) -> Result<Exit, Failure> {
    let reading = session.read(None)?;
    let reference = typed.get_one::<String>("ref").map(String::as_str);
    let steps = |name: &str| typed.get_one::<u32>(name).copied().unwrap_or(1);
    let (up, down) = (steps("up"), steps("down"));
    // What one asset is dressed in by a format that only knows whole graphs is the graph around it.
    let one = reference.filter(|_| session.formats().any(|format| format.lineage.is_some()));
    let whole = reference.is_none() || session.formats().any(|format| format.lineage.is_none());
    let shown = typed.get_flag("literals");
    let literals = if shown { Literals::Shown } else { Literals::Hidden };
    let code = session.formats().any(|format| format.code).then_some(literals);
    let around = reference.map(|reference| Around { reference, up, down });
    let question = format!("lineage {one:?} {whole} {around:?} {code:?}");
    let answer = session.ask(&reading, Depth::Written, &question, |it| {
        let one = one.map(|reference| it.lineage(reference, up, down)).transpose()?;
        Ok((one, whole.then(|| it.graph(around, code)).transpose()?))
    });
    let (one, graph) = answer.map_err(|such| reading.no_such(&such))?;
    session.answer(&reading, |format, style| match (&one, format.lineage) {
        (Some(one), Some(dress)) => Some(dress(one, style)),
        _ => Some(format.graph?(graph.as_ref()?, style)),
    })?;
    Ok(Exit::Done)
}
