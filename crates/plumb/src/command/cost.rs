//! `plumb cost`: what was billed, and who caused it.

use clap::{Arg, ArgMatches};
use plumb_workspace::{By, Idle};

use crate::{Command, Exit, Failure, Session, period};

pub(crate) static COMMAND: Command = Command {
    name: "cost",
    about: "Show what was billed and who caused it, to the last cent",
    page: include_str!("cost.md"),
    examples: &[
        ("plumb cost", "by team"),
        ("plumb cost --by workload --limit 50", "what runs again and again"),
        ("plumb cost --by warehouse", "with the idle of each"),
        ("plumb cost --by month --since all", "month by month"),
        ("plumb cost --idle proportional -f csv", "idle spread over what ran, for a sheet"),
    ],
    build,
    run,
};

/// What becomes of idle, by the word that is typed.
const IDLE: [(&str, Idle); 3] =
    [("apart", Idle::Apart), ("proportional", Idle::Proportional), ("owner", Idle::Owner)];

fn build(command: clap::Command) -> clap::Command {
    let by = Arg::new("by").long("by").value_name("WHAT").help("What rows are");
    let idle = Arg::new("idle").long("idle").value_name("POLICY").help(
        "What becomes of idle: a row of its own, spread over what ran, or to whoever owns the warehouse",
    );
    let command = period::options(command);
    command
        .arg(by.value_parser(By::ALL.map(By::word)).default_value("team"))
        .arg(idle.value_parser(IDLE.map(|(word, _)| word)).default_value("apart"))
}

fn run(typed: &ArgMatches, session: &Session<'_>) -> Result<Exit, Failure> {
    let word = |name: &str| typed.get_one::<String>(name).map_or("", String::as_str);
    let by = By::ALL.into_iter().find(|by| by.word() == word("by")).unwrap_or(By::Team);
    let idle = IDLE.iter().find(|(name, _)| *name == word("idle")).map_or(Idle::Apart, |it| it.1);
    let reading = session.read(None)?;
    let period = period::read(typed)?;
    let question = format!("cost {by:?} {idle:?} {period:?}");
    let cost = session.ask_costs(&reading, &question, |it| it.cost(by, idle, period));
    let cost = cost.map_err(|error| Failure::imbalance(&error))?;
    session.answer(&reading, |format, style| Some(format.cost?(&cost, style)))?;
    Ok(Exit::Done)
}
