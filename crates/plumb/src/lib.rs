//! The command line: what was typed becomes a question, the answer becomes bytes and an exit code.
//!
//! This crate never analyses anything: `workspace` answers, `report` dresses. It writes nothing but standard
//! output, standard error, the file named by `--output`, answers for the next run, a store where one is asked for, and a report of
//! its own crash.

mod answers;
mod command;
mod failure;
mod help;
mod judge;
mod kept;
mod machine;
mod options;
mod outside;
mod panic;
mod period;
mod progress;
mod session;

use std::ffi::OsString;
use std::io::Write;

use clap::ArgMatches;

pub use failure::{Exit, Failure};
pub use machine::Machine;
pub use outside::Outside;
pub use panic::guarded;
pub use session::Session;

pub(crate) use plumb_workspace::{Bills, Depth, Options, Phase, Workspace};

/// One command.
pub struct Command {
    /// What is typed.
    pub name: &'static str,
    /// One line about it.
    pub about: &'static str,
    /// Its page: what it is for, with transcripts.
    pub page: &'static str,
    /// Ways to use it: a command line, and what it is good for.
    pub examples: &'static [(&'static str, &'static str)],
    /// Adds its own arguments.
    pub build: fn(clap::Command) -> clap::Command,
    /// Does it.
    pub run: fn(&ArgMatches, &Session<'_>) -> Result<Exit, Failure>,
}

/// Name and page of every command.
pub fn pages() -> impl Iterator<Item = (&'static str, &'static str)> {
    command::ALL.iter().map(|command| (command.name, command.page))
}

/// Everything that can be typed; help is laid out in so many columns.
pub fn tree(width: usize) -> clap::Command {
    let mut tree = clap::Command::new("plumb")
        .version(env!("CARGO_PKG_VERSION"))
        .about(
            "Finds where a data platform pays twice, drifts, or disagrees with itself. Reads only.",
        )
        .subcommand_required(true)
        .disable_help_subcommand(false)
        .term_width(width)
        .after_help(format!("{EXAMPLES}\n\n{}", help::list()));
    for argument in options::everywhere() {
        tree = tree.arg(argument);
    }
    for command in command::ALL {
        let bare = clap::Command::new(command.name)
            .about(command.about)
            .long_about(about(command.page))
            .before_long_help(examples(command));
        tree = tree.subcommand((command.build)(bare));
    }
    tree
}

const EXAMPLES: &str = "\
Examples:
  plumb demo                    a made-up company, nothing to set up
  plumb audit                   read the folder you are in
  plumb audit -f json           the same for a script";

/// The examples of a command, laid out.
fn examples(command: &Command) -> String {
    let widest = command.examples.iter().map(|(line, _)| line.len()).max().unwrap_or_default();
    let mut text = "Examples:".to_owned();
    for (line, what) in command.examples {
        text.push_str("\n  ");
        text.push_str(line);
        text.push_str(&" ".repeat(widest - line.len() + 2));
        text.push_str(what);
    }
    text
}

/// What a page says before its first case, without its title.
fn about(page: &'static str) -> &'static str {
    let page = page.split("\n## ").next().unwrap_or_default();
    page.split_once('\n').map_or(page, |(_, rest)| rest).trim()
}

/// Runs a command line without its first word; the number is the exit code.
pub fn run(
    typed: &[OsString],
    outside: &dyn Outside,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> u8 {
    match attempt(typed, outside, out, err) {
        Ok(exit) => exit.code(),
        Err(failure) => {
            // Where even standard error is gone, the code still says it.
            write!(err, "{failure}").unwrap_or_default();
            failure.exit.code()
        }
    }
}

fn attempt(
    typed: &[OsString],
    outside: &dyn Outside,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<Exit, Failure> {
    let mut tree = tree(outside.width().unwrap_or(100).min(100));
    if typed.is_empty() {
        let help = tree.render_help().to_string();
        return session::put(out, &help).map(|()| Exit::Done);
    }
    if let [first, topic] = typed
        && first == "help"
        && let Some(text) = topic.to_str().and_then(help::topic)
    {
        return session::put(out, &text).map(|()| Exit::Done);
    }
    let words = std::iter::once(OsString::from("plumb")).chain(typed.iter().cloned());
    let matches = match tree.try_get_matches_from_mut(words) {
        Ok(matches) => matches,
        Err(error) if error.use_stderr() => return Err(Failure::typed(&error)),
        Err(help) => return session::put(out, &help.render().to_string()).map(|()| Exit::Done),
    };
    let (name, matches) = matches.subcommand().ok_or_else(Failure::nothing_asked)?;
    let command = command::ALL.iter().find(|command| command.name == name);
    let command = command.ok_or_else(Failure::nothing_asked)?;
    let session = Session::new(options::Asked::read(matches), outside, out, err);
    (command.run)(matches, &session)
}
