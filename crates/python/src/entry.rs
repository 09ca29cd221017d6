//! Who takes SQL: functions and methods by name.

/// How sure it is that what a function takes is SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    /// It takes nothing else.
    Sure,
    /// Others of its name take other things: the text must look like SQL.
    Perhaps,
}

/// Names of the argument, where it is named.
pub(crate) const ARGUMENTS: &[&str] =
    &["sqlQuery", "sql", "query", "operation", "statement", "stmt", "command", "sql_text"];

/// Methods and functions.
const ENTRIES: &[(&str, Entry)] = &[
    ("exec_driver_sql", Entry::Sure),
    ("execute", Entry::Perhaps),
    ("execute_async", Entry::Perhaps),
    ("execute_query", Entry::Perhaps),
    ("execute_string", Entry::Sure),
    ("executemany", Entry::Perhaps),
    ("executescript", Entry::Sure),
    ("query", Entry::Perhaps),
    ("query_and_wait", Entry::Perhaps),
    ("read_database", Entry::Perhaps),
    ("read_gbq", Entry::Sure),
    ("read_sql", Entry::Sure),
    ("read_sql_query", Entry::Sure),
    ("run_query", Entry::Perhaps),
    ("sql", Entry::Sure),
];

/// Functions that give the text they are given, as far as SQL cares.
pub(crate) const SEEN_THROUGH: &[&str] = &["SQL", "cleandoc", "dedent", "str", "text"];

/// Methods of a text of which the same is true.
pub(crate) const SAME_TEXT: &[&str] = &["lstrip", "rstrip", "strip", "strip_margin"];

/// Whether a function of this name takes SQL.
pub(crate) fn entry(name: &str) -> Option<Entry> {
    ENTRIES.iter().find(|(known, _)| *known == name).map(|(_, entry)| *entry)
}

/// First words of statements, in every dialect.
const VERBS: &[&str] = &[
    "alter", "analyze", "begin", "cache", "call", "clear", "comment", "commit", "copy", "create",
    "declare", "delete", "desc", "describe", "drop", "execute", "explain", "export", "from", "get",
    "grant", "insert", "list", "load", "merge", "msck", "optimize", "put", "reduce", "refresh",
    "remove", "reorg", "repair", "replace", "reset", "restore", "revoke", "rollback", "select",
    "set", "show", "truncate", "uncache", "undrop", "unset", "update", "upsert", "use", "vacuum",
    "values", "with",
];

/// The first word of a text of SQL, lower case, behind comments and brackets.
pub(crate) fn verb(text: &str) -> String {
    let mut rest = text.trim_start();
    loop {
        rest = if let Some(comment) = rest.strip_prefix("--") {
            comment.split_once('\n').map_or("", |(_, rest)| rest)
        } else if let Some(comment) = rest.strip_prefix("/*") {
            comment.split_once("*/").map_or("", |(_, rest)| rest)
        } else if let Some(inner) = rest.strip_prefix('(') {
            inner
        } else {
            break;
        }
        .trim_start();
    }
    let len = rest.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(rest.len());
    rest[..len].to_ascii_lowercase()
}

/// Whether a text begins as a statement does.
pub(crate) fn looks_like_sql(head: &str) -> bool {
    VERBS.contains(&verb(head).as_str())
}

/// Whether a text gives rows that can be written somewhere.
pub(crate) fn is_query(head: &str) -> bool {
    matches!(verb(head).as_str(), "select" | "with" | "from" | "values" | "table")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_known_by_their_first_word() {
        for text in ["select 1", "-- a\n /* b */ ( SELECT(1))", "with a as", "MERGE into t"] {
            assert!(looks_like_sql(text), "{text}");
        }
        for text in ["", "a > 1", "selection", "--", "/*", "job-42"] {
            assert!(!looks_like_sql(text), "{text}");
        }
    }
}
