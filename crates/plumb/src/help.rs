//! `plumb help TOPIC`: what holds for all commands.

use plumb_base::answer::Setup;
use plumb_report::Format;

/// Topics, each with one line about it.
pub(crate) const TOPICS: &[(&str, &str)] = &[
    ("config", "every key of plumb.toml"),
    ("exit-codes", "what a script may rely on"),
    ("formats", "what -f can be"),
    ("refs", "how things are named"),
];

/// The text of a topic.
pub(crate) fn topic(name: &str) -> Option<String> {
    Some(match name {
        "config" => plumb_report::settings(&Setup::default()),
        "exit-codes" => EXIT_CODES.to_owned(),
        "formats" => formats(),
        "refs" => REFS.to_owned(),
        _ => return None,
    })
}

/// The list of topics for the end of the help.
pub(crate) fn list() -> String {
    let rows: Vec<String> =
        TOPICS.iter().map(|(name, about)| format!("  {name:<12}  {about}")).collect();
    format!("Topics, for plumb help:\n{}", rows.join("\n"))
}

const EXIT_CODES: &str = "\
Exit codes, the same for all commands and formats

  0    done; nothing matched --fail-on (there may be findings)
  1    done; something matched --fail-on
  2    wrong arguments: no such folder, command, finding, asset, rule or field
  3    no access: a folder that may not be read, a file that cannot be written
  4    --strict, and a part could not be read or is not covered
  5    --strict, and there was nothing to read
  70   a bug in plumb; a report lies in the temporary folder
  130  interrupted; what was read is kept where there is a store

1 comes before 4 and 5. Findings alone never make a run fail.
";

const REFS: &str = "\
References, the same in every command

  F-7K3QX2                          a finding; its id survives moves and reformatting
  DUP001, duplicate-dataset         a rule
  analytics.fct_orders              an asset, by its key
  fct_orders                        the same, by its short name or the end of its key, if only one fits
  models/fct_orders.sql             the same, by its file
  analytics.fct_orders.net_amount   a column, in plumb lineage

A wrong one gets a guess: no asset \"fct_order\"; did you mean fct_orders?
";

/// Each format with the first sentence of its page.
fn formats() -> String {
    let about = |format: &&'static Format| {
        let lines = format.page.lines().skip(1).find(|line| !line.trim().is_empty());
        let about = lines.unwrap_or_default();
        let about = about.split_once(". ").map_or(about, |(first, _)| first);
        format!("  {:<11}  {}\n", format.name, about.trim_end_matches('.'))
    };
    let list: Vec<String> = Format::all().iter().map(about).collect();
    format!("Formats, for -f FORMAT and -o FORMAT=FILE\n\n{}\n{FIELDS}", list.concat())
}

const FIELDS: &str = "\
--fields a,b picks columns of what csv prints: one gives bare values, several TSV with a header.
Not every answer has every format; a wrong one is told which there are.
";
