//! `plumb doctor`: what was found, and what it would take to see more.

use clap::ArgMatches;
use plumb_base::record::usage::RecordKind;
use plumb_store::{Kept, State, Store};

use crate::{Command, Exit, Failure, Session, Workspace, kept};

pub(crate) static COMMAND: Command = Command {
    name: "doctor",
    about: "Check everything plumb reads, and say what would let it see more",
    page: include_str!("doctor.md"),
    examples: &[("plumb doctor", "the folder you are in")],
    build: |command| command,
    run,
};

fn run(_: &ArgMatches, session: &Session<'_>) -> Result<Exit, Failure> {
    let reading = session.read(None)?;
    let state = reading.store.as_ref().map(Store::state).transpose();
    let state = state.map_err(|error| Failure::store(&error))?;
    // From queries on, in the order of kinds, rows are history or charges; those before only explain them.
    let told = |kept: &&Kept| kept.kind >= RecordKind::Queries;
    let rows = |state: &State| state.kept.iter().filter(told).map(|kept| kept.rows).sum();
    let rows = state.as_ref().map_or(0, rows);
    let question = format!("doctor {rows}");
    let answer = |it: &mut Workspace| Ok::<_, Failure>(it.doctor(rows));
    let mut doctor = session.ask_around(&reading, &question, answer)?;
    if let Some(state) = &state {
        doctor.sections.push((kept::TITLE.to_owned(), kept::checks(state, None)));
    }
    session.answer(&reading, |format, style| Some(format.doctor?(&doctor, style)))?;
    Ok(Exit::Done)
}
