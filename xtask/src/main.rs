//! House-keeping: `cargo xtask` lists the commands; each is a file here.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a developer's tool speaks plainly")]

mod bench;
mod corpus;
mod floors;
mod generate;
mod graph;
mod house;
mod index;
mod measure;
mod new_rule;
mod scan;
mod shelf;
mod test;
mod tidy;

use std::{error::Error, process::ExitCode};

/// What stops a command. Doors elsewhere use typed errors; here a sentence is enough.
pub(crate) type Fault = Box<dyn Error>;

/// One house-keeping command.
struct Command {
    name: &'static str,
    args: &'static str,
    about: &'static str,
    run: fn(&[&str]) -> Result<ExitCode, Fault>,
}

static COMMANDS: &[Command] = &[
    Command {
        name: "floors",
        args: "[--self-test]",
        about: "dependencies point strictly down; heavy crates stay where they belong",
        run: floors::run,
    },
    Command {
        name: "gen",
        args: "[--check]",
        about: "write the shelf lists and docs/rules.md",
        run: generate::run,
    },
    Command {
        name: "tidy",
        args: "",
        about: "sizes, heads, whitespace and stray words of every file",
        run: tidy::run,
    },
    Command {
        name: "test",
        args: "[CRATE…]",
        about: "all tests; the last line is their sum",
        run: test::run,
    },
    Command {
        name: "corpus",
        args: "[DIR…] [--json FILE] [--against FILE] [--why N]",
        about: "audit whole projects: coverage, findings, reasons, time, memory",
        run: corpus::run,
    },
    Command {
        name: "bench",
        args: "[NAME [DIR]] [--runs N]",
        about: "time the release binary",
        run: bench::run,
    },
    Command {
        name: "new-rule",
        args: "NAME CODE SHELF",
        about: "scaffold a rule and its page, then run gen",
        run: new_rule::run,
    },
];

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let Some((&name, rest)) = args.split_first() else {
        list();
        return ExitCode::SUCCESS;
    };
    let Some(command) = COMMANDS.iter().find(|c| c.name == name) else {
        eprintln!("xtask: no command `{name}`");
        list();
        return ExitCode::from(2);
    };
    match (command.run)(rest) {
        Ok(code) => code,
        Err(fault) => {
            eprintln!("{name}: {fault}");
            ExitCode::FAILURE
        }
    }
}

fn list() {
    println!("usage: cargo xtask COMMAND\n");
    for c in COMMANDS {
        println!("  {:<9} {:<48} {}", c.name, c.args, c.about);
    }
}
