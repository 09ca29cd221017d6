//! `plumb.toml` as `plumb init` writes it: every key with its default, commented out, and what was found as example.

use std::fmt::Write as _;

use plumb_base::answer::Setup;

use crate::visible;

/// The text of a file of settings; as it stands it sets nothing.
pub fn settings(setup: &Setup) -> String {
    let mut text = head(setup);
    text.push_str(&read(setup));
    text.push_str(&sql(setup));
    text.push_str(&dialect(setup));
    text.push_str(&owners(setup));
    text.push_str(&layers(setup));
    text.push_str(RECORDS);
    text.push_str(WATCH);
    text
}

const RECORDS: &str = "
[records]
# Where query history and bills lie besides this folder. How to sign in is said by the environment, never here.
# from = [\"s3://our-exports/bills\"]
";

const WATCH: &str = "
[watch]
# Who watches for cost drift? A name, not a team channel.
# drift = \"Wanda Ito\"
";

fn head(setup: &Setup) -> String {
    let mut text = "# plumb.toml, written by `plumb init`. Every key is optional; what is commented out shows its default, or\n\
         # an example made of what was found. Paths start from this folder. Each key: plumb help config\n"
        .to_owned();
    if !setup.using.is_empty() {
        text.push_str("#\n# Found:\n");
    }
    for used in &setup.using {
        text.push_str(&comment(&format!("  {} {}: {}", used.what, used.path, used.detail)));
    }
    text
}

fn read(setup: &Setup) -> String {
    let dialect = setup.dialect.as_deref().unwrap_or("snowflake");
    let found = if setup.dialect.is_some() { "  # what most of the code was read as" } else { "" };
    format!(
        "
[read]
# Folders or files to leave out.
# exclude = []
# Folders to read though an ignore file leaves them out.
# include = []
# The dialect of SQL that nothing else tells.
# dialect = {}{found}
",
        quoted(dialect)
    )
}

fn sql(setup: &Setup) -> String {
    let folders = if setup.sql.is_empty() { vec!["reports".to_owned()] } else { setup.sql.clone() };
    let mut text = "
# What the SQL below a folder is; the longest path wins. A role is scripts (statements run in order; the default),
# models (each file builds the table it is named like), queries, ddl or ignore.
"
    .to_owned();
    let dialect = quoted(setup.dialect.as_deref().unwrap_or("snowflake"));
    for folder in folders {
        let lines = [
            "# [[sql]]".to_owned(),
            format!("# path = {}", quoted(&folder)),
            "# role = \"scripts\"".to_owned(),
            format!("# dialect = {dialect}"),
            "# catalog = \"main\"  # of names that leave it out".to_owned(),
            "# schema = \"sales\"".to_owned(),
            "# layer = \"gold\"\n".to_owned(),
        ];
        text.push_str(&lines.join("\n"));
    }
    text
}

fn dialect(setup: &Setup) -> String {
    let folder = setup.sql.first().map_or("legacy", String::as_str);
    format!(
        "
# The dialect below a folder, and nothing else.
# [[dialect]]
# path = {}
# name = \"redshift\"
",
        quoted(folder)
    )
}

fn owners(setup: &Setup) -> String {
    let mut text = "
# Whose is what; the first that matches counts. A match is a path, a name (fct_*), schema:…, tag:… or dbt_group:…
"
    .to_owned();
    let groups = setup.groups.iter().map(|group| format!("dbt_group:{group}"));
    let folders = setup.folders.iter().map(|(folder, _)| format!("{folder}/**"));
    let mut matches: Vec<String> = groups.chain(folders).collect();
    if matches.is_empty() {
        matches.push("models/finance/**".to_owned());
    }
    for one in matches {
        let block = format!(
            "# [[owners]]\n# match = {}\n# owner = \"Nora Lind\"\n# team = \"Finance\"\n# slack = \"#finance\"\n",
            quoted(&one)
        );
        text.push_str(&block);
    }
    text
}

fn layers(setup: &Setup) -> String {
    let schemas: Vec<String> =
        setup.schemas.iter().map(|schema| quoted(&format!("schema:{schema}"))).collect();
    let belongs = if schemas.is_empty() { quoted("schema:marts") } else { schemas.join(", ") };
    format!(
        "
# Names of your own for layers. Without them, bronze, silver and gold are known by their schema, folder or tag.
# [layers]
# gold = [{belongs}]

# What two environments build is no duplicate.
# [environments]
# prod = [{}]
# dev = [{}]
",
        quoted("schema:prod_*"),
        quoted("schema:dev_*")
    )
}

/// A line of a comment; nothing in it ends the line.
fn comment(text: &str) -> String {
    format!("# {}\n", visible(text))
}

/// A text as TOML writes one.
fn quoted(text: &str) -> String {
    let mut safe = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => safe.push_str("\\\""),
            '\\' => safe.push_str("\\\\"),
            _ if letter.is_control() => {
                // Writing to a text cannot fail.
                let _ = write!(safe, "\\u{:04X}", u32::from(letter));
            }
            _ => safe.push(letter),
        }
    }
    safe.push('"');
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_quotes() {
        assert_eq!(quoted("a\"b\\c\n"), "\"a\\\"b\\\\c\\u000A\"");
        assert_eq!(comment("x\ny = 1"), "# x\\ny = 1\n");
    }
}
