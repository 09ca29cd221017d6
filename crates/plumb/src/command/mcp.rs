//! `plumb mcp`: answers an agent on standard input and output.

use clap::ArgMatches;
use plumb_doors::mcp;

use crate::{Command, Depth, Exit, Failure, Session};

pub(crate) static COMMAND: Command = Command {
    name: "mcp",
    about: "Answer an agent over the Model Context Protocol, on standard input and output",
    page: include_str!("mcp.md"),
    examples: &[
        ("plumb mcp", "for a client that starts it in your project"),
        ("plumb mcp -C warehouse", "another folder"),
        ("plumb mcp --demo", "the made-up company, to try a client"),
    ],
    build: |command| command,
    run,
};

fn run(_: &ArgMatches, session: &Session<'_>) -> Result<Exit, Failure> {
    if session.asked.targets.iter().any(|target| target.file.is_some()) {
        let what = "`plumb mcp` talks on standard output and has no answer to save";
        return Err(Failure::usage(what, "leave out -o"));
    }
    let reading = session.read(None)?;
    let workspace = session.open(&reading, Depth::Normal);
    reading.check()?;
    mcp::stdio(workspace).map_err(|error| {
        let what = format!("the client cannot be understood: {error}");
        Failure::access(what, "let a client start plumb: plumb mcp --help shows its settings")
    })?;
    Ok(Exit::Done)
}
