//! `plumb sync`: reads what is new of query history and bills, and keeps it.

use clap::ArgMatches;
use plumb_base::answer::{Check, Doctor, Health};

use crate::kept::{self, check, grouped};
use crate::{Command, Exit, Failure, Session};

pub(crate) static COMMAND: Command = Command {
    name: "sync",
    about: "Read what is new of query history and bills, and keep it when its files are gone",
    page: include_str!("sync.md"),
    examples: &[
        ("plumb sync", "once, and from then on whenever new exports have come"),
        ("plumb sync -q -C exports", "for a nightly job"),
        ("PLUMB_HOME=/srv/plumb plumb sync", "kept in a folder of your choice"),
        ("plumb cost --no-store", "what lies in the folder alone"),
    ],
    build: |command| command,
    run,
};

fn run(_: &ArgMatches, session: &Session<'_>) -> Result<Exit, Failure> {
    let reading = session.read_to_keep()?;
    let Some(store) = &reading.store else { return Ok(Exit::Done) };
    let before = store.state().map_err(|error| Failure::store(&error))?;
    let synced = session.keep(&reading, store)?;
    let state = store.state().map_err(|error| Failure::store(&error))?;
    let read = format!("{} of {}", grouped(synced.new), grouped(synced.files));
    let mut checks = vec![check("new files", read)];
    checks.extend(synced.lost.into_iter().map(|problem| Check {
        health: Health::Problem,
        ..check(&problem.place.path, problem.message)
    }));
    checks.extend(kept::checks(&state, Some(&before)));
    let answer = Doctor { sections: vec![(kept::TITLE.to_owned(), checks)] };
    session.answer(&reading, |format, style| Some(format.doctor?(&answer, style)))?;
    Ok(Exit::Done)
}
