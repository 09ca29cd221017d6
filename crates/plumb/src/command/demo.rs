//! `plumb demo`: the audit of a made-up company.

use clap::ArgMatches;

use crate::{Command, Exit, Failure, Session, judge};

pub(crate) static COMMAND: Command = Command {
    name: "demo",
    about: "Audit a made-up company, no set-up needed",
    page: include_str!("demo.md"),
    examples: &[
        ("plumb demo", "what an audit looks like"),
        ("plumb doctor --demo", "ask the made-up company anything with --demo"),
    ],
    build: judge::options,
    run,
};

fn run(typed: &ArgMatches, session: &Session<'_>) -> Result<Exit, Failure> {
    judge::check(typed)?;
    super::audit::answer(typed, session, &session.demo()?)
}
