//! `plumb rules`: every rule, or the page of one; nothing is read for it.

use clap::{Arg, ArgMatches};
use plumb_base::answer::Shown;

use crate::{Command, Exit, Failure, Session};

pub(crate) static COMMAND: Command = Command {
    name: "rules",
    about: "List the rules, or print the page of one",
    page: include_str!("rules.md"),
    examples: &[
        ("plumb rules", "what plumb looks for"),
        ("plumb rules DUP001", "the page of one, with its cases"),
        ("plumb rules --fields code,name", "two columns, for a shell"),
    ],
    build,
    run,
};

fn build(command: clap::Command) -> clap::Command {
    command
        .arg(Arg::new("rule").value_name("RULE").help("Code (DUP001) or name (duplicate-dataset)"))
}

fn run(typed: &ArgMatches, session: &Session<'_>) -> Result<Exit, Failure> {
    match typed.get_one::<String>("rule") {
        None => {
            let rules = plumb_workspace::rules();
            session.give("", |format, style| Some(format.rules?(&rules, style)))?;
        }
        Some(wanted) => {
            let rule = plumb_workspace::rule(wanted);
            let rule = rule.map_err(|such| Failure::no_such(&such, "plumb rules"))?;
            let shown = Shown::Rule(rule);
            session.give("", |format, style| Some(format.explained?(&shown, style)))?;
        }
    }
    Ok(Exit::Done)
}
