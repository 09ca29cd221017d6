//! `plumb doctor`: what was found, and what it would take to see more.

use clap::ArgMatches;

use crate::{Command, Depth, Exit, Failure, Session};

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
    let doctor =
        session.ask(&reading, Depth::Written, "doctor", |it| Ok::<_, Failure>(it.doctor()))?;
    session.answer(&reading, |format, style| Some(format.doctor?(&doctor, style)))?;
    Ok(Exit::Done)
}
