//! `plumb init`: a file of settings made of what was found, every default written out and commented.

use std::io::ErrorKind;
use std::path::Path;

use clap::{Arg, ArgAction, ArgMatches};

use crate::{Command, Depth, Exit, Failure, Session};

pub(crate) static COMMAND: Command = Command {
    name: "init",
    about: "Write plumb.toml from what was found; never over one that is there",
    page: include_str!("init.md"),
    examples: &[
        ("plumb init", "in the folder that is read"),
        ("plumb init --stdout", "look first"),
        ("plumb init -C warehouse", "in another folder"),
    ],
    build,
    run,
};

const FILE: &str = "plumb.toml";

fn build(command: clap::Command) -> clap::Command {
    let help = "Print the file instead of writing it";
    command.arg(Arg::new("stdout").long("stdout").action(ArgAction::SetTrue).help(help))
}

fn run(typed: &ArgMatches, session: &Session<'_>) -> Result<Exit, Failure> {
    if session.asked.demo && !typed.get_flag("stdout") {
        let what = "the demo is built in and has no folder to write to";
        return Err(Failure::usage(what, "plumb init --demo --stdout   prints the file"));
    }
    let reading = session.read(None)?;
    let setup = session.open(&reading, Depth::Written).setup();
    let text = plumb_report::settings(&setup);
    if typed.get_flag("stdout") {
        session.print(&text)?;
        return Ok(Exit::Done);
    }
    if let Some(path) = &setup.settings {
        return Err(there(path));
    }
    // Beside what is read, which may be above the folder that was named: elsewhere nobody would look for it.
    let path = match setup.root.as_str() {
        "." => FILE.to_owned(),
        root => Path::new(root).join(FILE).to_string_lossy().into_owned(),
    };
    session.outside.create(&path, &text).map_err(|error| {
        if error.kind() == ErrorKind::AlreadyExists {
            return there(&path);
        }
        let what = format!("cannot write `{path}`: {error}");
        Failure::access(what, "plumb init --stdout   prints it, to be saved where you like")
    })?;
    session.note(&format!("wrote {path}: nothing in it is set yet"));
    session
        .note("next: name who watches for drift, and who owns what; plumb doctor says what counts");
    Ok(Exit::Done)
}

fn there(path: &str) -> Failure {
    let what = format!("`{path}` is there already, and is never written over");
    Failure::usage(what, "plumb init --stdout   prints what it would be, to compare")
}
