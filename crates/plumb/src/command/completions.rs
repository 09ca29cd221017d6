//! `plumb completions`: what a shell needs to complete commands and options.

use clap::{Arg, ArgMatches, value_parser};
use clap_complete::{Shell, generate};

use crate::{Command, Exit, Failure, Session};

pub(crate) static COMMAND: Command = Command {
    name: "completions",
    about: "Print completions for a shell",
    page: include_str!("completions.md"),
    examples: &[
        ("plumb completions bash > ~/.local/share/bash-completion/completions/plumb", "bash"),
        ("plumb completions zsh > ~/.zfunc/_plumb", "zsh, with ~/.zfunc in $fpath"),
        ("plumb completions fish > ~/.config/fish/completions/plumb.fish", "fish"),
        ("plumb completions powershell >> $PROFILE", "PowerShell"),
    ],
    build,
    run,
};

fn build(command: clap::Command) -> clap::Command {
    let shell = Arg::new("shell").value_name("SHELL").required(true).help("Which shell");
    command.arg(shell.value_parser(value_parser!(Shell)))
}

fn run(typed: &ArgMatches, session: &Session<'_>) -> Result<Exit, Failure> {
    let Some(shell) = typed.get_one::<Shell>("shell") else { return Ok(Exit::Done) };
    let mut bytes = Vec::new();
    generate(*shell, &mut crate::tree(100), "plumb", &mut bytes);
    session.print(&String::from_utf8_lossy(&bytes))?;
    Ok(Exit::Done)
}
