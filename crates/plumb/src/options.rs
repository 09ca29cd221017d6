//! Options that mean the same for every command: what was typed, and what it means.

use clap::{Arg, ArgAction, ArgMatches, value_parser};
use plumb_report::Format;

/// What the options ask for.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) format: &'static Format,
    pub(crate) output: Option<String>,
    pub(crate) limit: Option<usize>,
    pub(crate) dialect: Option<String>,
    pub(crate) project: Option<String>,
    pub(crate) demo: bool,
    pub(crate) colour: Colour,
    pub(crate) ascii: bool,
    pub(crate) quiet: u8,
    pub(crate) verbose: u8,
}

/// Whether to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Colour {
    Auto,
    Always,
    Never,
}

impl Asked {
    /// What was typed, read.
    pub(crate) fn read(typed: &ArgMatches) -> Self {
        let text = |name: &str| typed.get_one::<String>(name).cloned();
        let format = text("format").and_then(|name| Format::named(&name));
        Self {
            format: format.unwrap_or(Format::all()[0]),
            output: text("output"),
            limit: typed.get_one::<usize>("limit").copied(),
            dialect: text("dialect"),
            project: text("project"),
            demo: typed.get_flag("demo"),
            colour: match text("color").as_deref() {
                Some("always") => Colour::Always,
                Some("never") => Colour::Never,
                _ => Colour::Auto,
            },
            ascii: typed.get_flag("ascii"),
            quiet: typed.get_count("quiet"),
            verbose: typed.get_count("verbose"),
        }
    }
}

/// The options, as clap takes them.
pub(crate) fn everywhere() -> Vec<Arg> {
    let formats: Vec<&str> = Format::all().iter().map(|format| format.name).collect();
    let option = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).help(help).global(true)
    };
    let flag = |name: &'static str, help: &'static str| {
        let flag = Arg::new(name).long(name).help(help).global(true);
        flag.action(ArgAction::SetTrue)
    };
    let read = "What to read";
    let print = "How to print";
    vec![
        option("project", "DIR", "Folder to read [default: .]").short('C').help_heading(read),
        flag("demo", "Read the built-in company instead of a folder").help_heading(read),
        option("dialect", "NAME", "SQL dialect of files that do not say it").help_heading(read),
        option("format", "FORMAT", "How to print the answer")
            .short('f')
            .value_parser(formats)
            .default_value("text")
            .help_heading(print),
        option("output", "FILE", "Write the answer to a file instead of standard output")
            .short('o')
            .help_heading(print),
        option("limit", "N", "Rows of a list; the last line says how many are left out")
            .value_parser(value_parser!(usize))
            .help_heading(print),
        option(
            "color",
            "WHEN",
            "Colour: also decided by NO_COLOR, CLICOLOR_FORCE and the terminal",
        )
        .value_parser(["auto", "always", "never"])
        .default_value("auto")
        .help_heading(print),
        flag("ascii", "Nothing but ASCII").help_heading(print),
        flag("quiet", "No hints; -qq: nothing but the answer")
            .short('q')
            .action(ArgAction::Count)
            .help_heading(print),
        flag("verbose", "Everything that is known: every problem, all of the code")
            .short('v')
            .action(ArgAction::Count)
            .help_heading(print),
    ]
}
