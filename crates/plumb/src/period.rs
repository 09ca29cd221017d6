//! `--since` and `--until`, which mean the same wherever money is counted.

use clap::{Arg, ArgMatches};
use plumb_workspace::{Period, Since};

use crate::Failure;

/// Adds the options.
pub(crate) fn options(command: clap::Command) -> clap::Command {
    let since = Arg::new("since").long("since").value_name("WHEN").default_value("30d");
    let until = Arg::new("until").long("until").value_name("WHEN");
    let help = "From when: 7d back from the last day that was charged, 2026-10, 2026-10-05, or all";
    command
        .arg(since.help(help))
        .arg(until.help("Until when, that day or month included [default: the last day]"))
}

/// What was typed, read.
pub(crate) fn read(typed: &ArgMatches) -> Result<Period, Failure> {
    let text = |name: &str| typed.get_one::<String>(name).map(String::as_str);
    let wrong = |option: &str, text: &str, fix: &str| {
        Failure::usage(format!("`{text}` is no time for --{option}"), fix)
    };
    let since = text("since").unwrap_or("30d");
    let since = Since::parse(since)
        .ok_or_else(|| wrong("since", since, "write 30d, 2026-10, 2026-10-05 or all"))?;
    let end =
        |text| Period::end(text).ok_or_else(|| wrong("until", text, "write 2026-10 or 2026-10-05"));
    let until = text("until").map(end).transpose()?;
    if let (Since::Day(first), Some(until)) = (since, until)
        && first >= until
    {
        return Err(Failure::usage("--since is after --until", "write the earlier one as --since"));
    }
    Ok(Period { since, until })
}
