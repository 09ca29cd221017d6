//! `plumb doctor`: what was found, and what it would take to see more.

use clap::ArgMatches;

use crate::{Command, Depth, Exit, Failure, Session, kept};

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
    let mut doctor =
        session.ask(&reading, Depth::Written, "doctor", |it| Ok::<_, Failure>(it.doctor()))?;
    if let Some(store) = &reading.store {
        let state = store.state().map_err(|error| Failure::store(&error))?;
        doctor.sections.push((kept::TITLE.to_owned(), kept::checks(&state)));
    }
    session.answer(&reading, |format, style| Some(format.doctor?(&doctor, style)))?;
    Ok(Exit::Done)
}
