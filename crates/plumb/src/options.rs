//! Options that mean the same for every command: what was typed, and what it means.

use clap::{Arg, ArgAction, ArgMatches, value_parser};
use plumb_report::Format;

/// What the options ask for.
#[derive(Debug)]
pub(crate) struct Asked {
    /// How and where the answer is written, at least one way.
    pub(crate) targets: Vec<Target>,
    pub(crate) fields: Vec<String>,
    pub(crate) limit: Option<usize>,
    pub(crate) dialect: Option<String>,
    pub(crate) project: Option<String>,
    pub(crate) demo: bool,
    pub(crate) no_store: bool,
    pub(crate) colour: Colour,
    pub(crate) ascii: bool,
    pub(crate) quiet: u8,
    pub(crate) verbose: u8,
}

/// One way to write the answer: a format, and a file or standard output.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) format: &'static Format,
    pub(crate) file: Option<String>,
}

/// What one `--output` says: a format, a file, or both.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Output {
    format: Option<&'static str>,
    file: Option<String>,
}

/// Reads `FILE`, `FORMAT=FILE` or `FORMAT`; a file that is named like a format is `./json`.
fn output(text: &str) -> Result<Output, String> {
    let named = |name: &str| Format::named(name).map(|format| format.name);
    if text.is_empty() {
        return Err("write FILE, FORMAT=FILE or FORMAT".to_owned());
    }
    if let Some(format) = named(text) {
        return Ok(Output { format: Some(format), file: None });
    }
    let parts = text.split_once('=').and_then(|(name, file)| Some((named(name)?, file)));
    Ok(match parts {
        Some((_, "")) => return Err(format!("`{text}` names no file")),
        Some((format, file)) => Output { format: Some(format), file: Some(file.to_owned()) },
        None => Output { format: None, file: Some(text.to_owned()) },
    })
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
        let fields = typed.get_many::<String>("fields").into_iter().flatten().cloned().collect();
        Self {
            targets: targets(typed),
            fields,
            limit: typed.get_one::<usize>("limit").copied(),
            dialect: text("dialect"),
            project: text("project"),
            demo: typed.get_flag("demo"),
            no_store: typed.get_flag("no-store"),
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

/// Every way in which the answer is written; without `--output`, to standard output.
fn targets(typed: &ArgMatches) -> Vec<Target> {
    let format = |name: &str| Format::named(name).unwrap_or(Format::all()[0]);
    let common = typed.get_one::<String>("format").map_or("text", String::as_str);
    // What picks fields prints them in its own way.
    let common = if typed.contains_id("fields") { "csv" } else { common };
    let said = typed.get_many::<Output>("output").into_iter().flatten();
    let mut targets: Vec<Target> = said
        .map(|output| Target {
            format: format(output.format.unwrap_or(common)),
            file: output.file.clone(),
        })
        .collect();
    if targets.is_empty() {
        targets.push(Target { format: format(common), file: None });
    }
    targets
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
        flag("no-store", "Read what lies in the folder, not what `plumb sync` keeps of it")
            .help_heading(read),
        option("dialect", "NAME", "SQL dialect of files that do not say it").help_heading(read),
        option("format", "FORMAT", "How to print the answer")
            .short('f')
            .value_parser(formats)
            .default_value("text")
            .help_heading(print),
        option(
            "output",
            "[FORMAT=]FILE",
            "Write to a file, or in a format (-o github); can be given several times",
        )
        .short('o')
        .action(ArgAction::Append)
        .value_parser(output)
        .help_heading(print),
        option(
            "fields",
            "NAMES",
            "Columns of the answer as csv names them: one gives values, several TSV",
        )
        .value_delimiter(',')
        .conflicts_with("format")
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
        flag("quiet", "No progress, no hints; -qq: nothing but the answer")
            .short('q')
            .action(ArgAction::Count)
            .help_heading(print),
        flag("verbose", "Everything that is known: every problem, all of the code")
            .short('v')
            .action(ArgAction::Count)
            .help_heading(print),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_is_a_file_a_format_or_both() {
        let read = |text| output(text).map(|it| (it.format, it.file));
        let file = |name: &str| Some(name.to_owned());
        assert_eq!(read("plumb.json"), Ok((None, file("plumb.json"))));
        assert_eq!(read("json"), Ok((Some("json"), None)));
        assert_eq!(read("json=a=b"), Ok((Some("json"), file("a=b"))));
        assert_eq!(read("x=a"), Ok((None, file("x=a"))));
        assert!(read("json=").is_err() && read("").is_err());
    }
}
