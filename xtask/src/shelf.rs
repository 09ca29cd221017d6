//! The generated part of a shelf: its marker line and everything below.
//!
//! A shelf is a folder of books. A book is one `x.rs` with one `static`, and one page `x.md` beside it.

use std::fmt::Write as _;

/// What every marker line ends with.
const MARK: &str = "(`cargo xtask gen`)";

/// The item and type of each shelf that does not state its own, by folder below `crates/`.
static KNOWN: &[(&str, &str, &str)] = &[
    ("canon/src/rewrite", "REWRITE", "Rewrite"),
    ("connect/src/connector", "CONNECTOR", "Connector"),
    ("plumb/src/command", "COMMAND", "Command"),
    ("report/src/format", "FORMAT", "Format"),
    ("rules/src", "RULE", "Rule"),
    ("syntax/src/sql/dialect", "DIALECT", "Dialect"),
];

/// A file that holds a shelf, split at its marker.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Shelf<'a> {
    /// Hand-written text, up to the marker.
    pub head: &'a str,
    /// The marker line itself.
    marker: &'a str,
    /// What stands there now, below the marker.
    rest: &'a str,
    /// `pub(crate)` unless the list says otherwise.
    visibility: String,
    /// Name of the `static` in each book, such as `RULE`.
    item: String,
    /// Path of its type, such as `crate::Rule`.
    kind: String,
}

/// Whether a text holds a shelf.
pub(crate) fn is_shelf(text: &str) -> bool {
    text.lines().any(is_marker)
}

fn is_marker(line: &str) -> bool {
    line.starts_with("// shelf ") && line.trim_end().ends_with(MARK)
}

/// Finds the shelf in a file; `folder` is its path below `crates/`.
///
/// The item and type come from the marker, else from the list that stands there, else from the
/// table of known folders; the last resort is an error.
pub(crate) fn read<'a>(text: &'a str, folder: &str) -> Result<Shelf<'a>, String> {
    let marker = text.lines().find(|line| is_marker(line)).ok_or("no shelf marker")?;
    let (head, rest) = text.split_once(marker).ok_or("no shelf marker")?;
    let stated = marker.trim_start_matches("// shelf").trim_end().trim_end_matches(MARK).trim();
    let listed = listed(rest);
    let (item, kind) = match stated.split_once(':') {
        Some((item, kind)) => (item.trim().to_owned(), kind.trim().to_owned()),
        None if !stated.is_empty() => return Err(format!("cannot read the marker `{marker}`")),
        None => listed
            .as_ref()
            .and_then(|l| l.item.clone().map(|item| (item, l.kind.clone())))
            .or_else(|| known(folder))
            .ok_or("unknown shelf: write `// shelf ITEM: Type` in the marker")?,
    };
    let kind = if kind.contains("::") { kind } else { format!("crate::{kind}") };
    let visibility = listed.map_or_else(|| "pub(crate) ".to_owned(), |l| l.visibility);
    Ok(Shelf { head, marker, rest, visibility, item, kind })
}

fn known(folder: &str) -> Option<(String, String)> {
    KNOWN
        .iter()
        .find(|(at, ..)| folder == *at || folder.starts_with(&format!("{at}/")))
        .map(|&(_, item, kind)| (item.to_owned(), kind.to_owned()))
}

/// What an existing `static ALL` says.
struct Listed {
    visibility: String,
    item: Option<String>,
    kind: String,
}

fn listed(rest: &str) -> Option<Listed> {
    let (before, after) = rest.split_once("static ALL: &[&")?;
    let (kind, after) = after.split_once(']')?;
    let visibility = before.rsplit('\n').next().unwrap_or_default().to_owned();
    let item = after
        .split_once("::")
        .map(|(_, item)| item.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
    Some(Listed { visibility, item, kind: kind.to_owned() })
}

impl Shelf<'_> {
    /// Whether the head declares a module by hand, so that it is no book.
    pub(crate) fn declares(&self, module: &str) -> bool {
        let declared = format!("mod {module};");
        self.head.lines().any(|line| {
            line.trim().strip_suffix(&declared).is_some_and(|before| {
                before.is_empty() || (before.starts_with("pub") && before.ends_with(' '))
            })
        })
    }

    /// The visibility a module already has in the list, which neighbours may rely on.
    fn visibility_of(&self, module: &str) -> &str {
        let declared = format!("mod {module};");
        self.rest
            .lines()
            .find_map(|line| line.strip_suffix(&declared))
            .filter(|before| before.starts_with("pub") && before.ends_with(' '))
            .unwrap_or_default()
    }

    /// The whole file for these books, not yet formatted.
    pub(crate) fn text(&self, books: &[String]) -> String {
        let mut text = format!("{}{}\n", self.head, self.marker);
        for book in books {
            let _ = writeln!(text, "{}mod {book};", self.visibility_of(book));
        }
        let list: Vec<String> = books.iter().map(|b| format!("&{b}::{}", self.item)).collect();
        let _ = writeln!(
            text,
            "{}static ALL: &[&{}] = &[{}];",
            self.visibility,
            self.kind,
            list.join(", ")
        );
        text
    }
}

/// Sorts what stands in a shelf's folder into books, and names what is out of place.
///
/// `names` are the names in the folder; folders end in `/`, and `+/` when they hold a `mod.rs`.
pub(crate) fn books(shelf: &Shelf<'_>, names: &[String]) -> (Vec<String>, Vec<String>) {
    let has = |name: &str| names.iter().any(|n| n == name);
    let (mut books, mut faults) = (Vec::new(), Vec::new());
    for name in names {
        if let Some(module) = name.strip_suffix("+/") {
            if !has(&format!("{module}.rs")) && !shelf.declares(module) {
                faults.push(format!("`{module}/` is nobody's: declare it above the marker"));
            }
        } else if let Some(page) = name.strip_suffix(".md") {
            if page != "README" && !has(&format!("{page}.rs")) {
                faults.push(format!("page `{name}` has no book `{page}.rs` beside it"));
            }
        } else if let Some(book) = name.strip_suffix(".rs") {
            if ["mod", "lib", "main"].contains(&book) || shelf.declares(book) {
                continue;
            }
            if !has(&format!("{book}.md")) {
                faults.push(format!("book `{name}` has no page `{book}.md` beside it"));
            }
            books.push(book.to_owned());
        }
    }
    books.sort();
    (books, faults)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "//! Work that exists twice.\n\nmod common;\n\n";

    fn names(list: &[&str]) -> Vec<String> {
        list.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn a_new_shelf_is_written_from_the_table() {
        let text = format!("{HEAD}// shelf (`cargo xtask gen`)\n");
        let shelf = read(&text, "rules/src/reuse").unwrap();
        let expected = format!(
            "{HEAD}// shelf (`cargo xtask gen`)\nmod a;\nmod b;\n\
             pub(crate) static ALL: &[&crate::Rule] = &[&a::RULE, &b::RULE];\n"
        );
        assert_eq!(shelf.text(&names(&["a", "b"])), expected);
    }

    #[test]
    fn writing_twice_changes_nothing() {
        let text = format!("{HEAD}// shelf (`cargo xtask gen`)\n");
        let books = names(&["a", "b"]);
        let once = read(&text, "rules/src/reuse").unwrap().text(&books);
        assert_eq!(read(&once, "rules/src/reuse").unwrap().text(&books), once);
    }

    #[test]
    fn the_marker_may_state_item_and_type() {
        let text = "//! x\n// shelf CASE: super::Case (`cargo xtask gen`)\nmod old;\n";
        let shelf = read(text, "somewhere").unwrap();
        let expected = "//! x\n// shelf CASE: super::Case (`cargo xtask gen`)\nmod a;\n\
                        pub(crate) static ALL: &[&super::Case] = &[&a::CASE];\n";
        assert_eq!(shelf.text(&names(&["a"])), expected);
    }

    #[test]
    fn a_list_that_stands_there_is_kept_in_kind() {
        let text = "//! x\n// shelf (`cargo xtask gen`)\nmod old;\n\
                    pub static ALL: &[&crate::sql::Dialect] =\n    &[&old::DIALECT];\n";
        let shelf = read(text, "elsewhere").unwrap();
        assert!(
            shelf
                .text(&names(&["a"]))
                .ends_with("mod a;\npub static ALL: &[&crate::sql::Dialect] = &[&a::DIALECT];\n")
        );
    }

    #[test]
    fn a_module_keeps_its_visibility() {
        let text = "//! x\n// shelf (`cargo xtask gen`)\npub(crate) mod a;\nmod b;\n";
        let text = read(text, "rules/src").unwrap().text(&names(&["a", "b"]));
        assert!(text.contains("\npub(crate) mod a;\nmod b;\n"), "{text}");
    }

    #[test]
    fn an_unknown_shelf_is_refused() {
        assert!(read("//! x\n// shelf (`cargo xtask gen`)\n", "elsewhere").is_err());
        assert!(read("//! x\n// shelf RULE (`cargo xtask gen`)\n", "rules/src").is_err());
    }

    #[test]
    fn books_need_pages_and_pages_need_books() {
        let text = format!("{HEAD}// shelf (`cargo xtask gen`)\n");
        let shelf = read(&text, "rules/src/reuse").unwrap();
        let here = names(&["mod.rs", "common.rs", "b.rs", "b.md", "a.rs", "a.md", "a+/", "data/"]);
        assert_eq!(books(&shelf, &here), (names(&["a", "b"]), vec![]));
        let (_, faults) = books(&shelf, &names(&["a.rs", "b.md", "c+/"]));
        assert_eq!(faults.len(), 3, "{faults:?}");
    }
}
