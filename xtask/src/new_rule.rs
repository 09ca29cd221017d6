//! `new-rule`: scaffolds a rule and its page in the form of a neighbour, then runs `gen`.

use std::{fs, path::Path, process::ExitCode};

use crate::{Fault, generate, house, index, shelf};

pub(crate) fn run(args: &[&str]) -> Result<ExitCode, Fault> {
    let [name, code, shelf] = args else {
        return Err("usage: cargo xtask new-rule NAME CODE SHELF".into());
    };
    let root = house::root()?;
    let rules = root.join("crates/rules/src");
    let folder = rules.join(shelf);
    if !fs::read_to_string(folder.join("mod.rs")).is_ok_and(|text| shelf::is_shelf(&text)) {
        return Err(format!("no shelf `{shelf}`; there are {}", shelves(&rules)?).into());
    }
    let neighbours = neighbours(&rules, &folder)?;
    refuse(name, code, &neighbours)?;
    let stem = stem(name);
    let [book, page] = ["rs", "md"].map(|ending| folder.join(&stem).with_extension(ending));
    if book.exists() || page.exists() {
        return Err(format!("`{}` stands there already", house::shown(&root, &book)).into());
    }
    fs::write(&book, book_text(&neighbours, name, code))?;
    fs::write(&page, page_text(name, code))?;
    for path in [&book, &page] {
        println!("wrote {}", house::shown(&root, path));
    }
    generate::run(&[])
}

/// An existing rule, whose form a new one copies.
#[derive(Debug)]
struct Neighbour {
    stem: String,
    page: index::Page,
    text: String,
}

/// Every rule that has a page, those of the wanted shelf first.
fn neighbours(rules: &Path, folder: &Path) -> Result<Vec<Neighbour>, Fault> {
    let mut paths = house::below(rules)?;
    paths.sort_by_key(|path| (path.parent() != Some(folder), path.clone()));
    let mut found = Vec::new();
    for path in paths {
        let book = path.with_extension("rs");
        if path.extension().is_some_and(|e| e == "md")
            && book.is_file()
            && let Some(page) = index::read(&fs::read_to_string(&path)?, "")
        {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            found.push(Neighbour { stem, page, text: fs::read_to_string(book)? });
        }
    }
    Ok(found)
}

fn shelves(rules: &Path) -> Result<String, Fault> {
    let mut names = Vec::new();
    for dir in house::entries(rules)? {
        if fs::read_to_string(dir.join("mod.rs")).is_ok_and(|text| shelf::is_shelf(&text)) {
            names.push(house::shown(rules, &dir));
        }
    }
    Ok(if names.is_empty() { "none".to_owned() } else { names.join(", ") })
}

/// Refuses names and codes that break a law of the registry.
fn refuse(name: &str, code: &str, neighbours: &[Neighbour]) -> Result<(), Fault> {
    let kebab = name.split('-').all(|word| {
        !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    });
    if !kebab || name.starts_with("no-") || !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Err(format!("`{name}`: name the fault it sees in kebab-case, without `no-`").into());
    }
    if index::read(&page_text(name, code), "").is_none() {
        return Err(format!("`{code}`: a code is letters and digits, such as `DUP001`").into());
    }
    if let Some(taken) = neighbours.iter().find(|n| n.page.code == code || n.page.name == name) {
        return Err(format!("taken by `{} {}`", taken.page.code, taken.page.name).into());
    }
    Ok(())
}

/// The book in the form of the first neighbour that has one, or in that of the house.
fn book_text(neighbours: &[Neighbour], name: &str, code: &str) -> String {
    let body = neighbours.iter().find_map(|n| form(n, name, code)).unwrap_or_else(|| {
        let stem = stem(name);
        format!(
            "use plumb_base::Finding;\nuse plumb_estate::Estate;\n\nuse crate::Rule;\n\n\
             pub(crate) static RULE: Rule = Rule {{\n    code: \"{code}\",\n    \
             name: \"{name}\",\n    page: include_str!(\"{stem}.md\"),\n    check,\n}};\n\n\
             fn check(estate: &Estate) -> Vec<Finding> {{\n"
        )
    });
    let nothing = if body.contains("-> Vec<") { "    Vec::new()\n" } else { "" };
    format!("//! {code}: say in one line what is at fault.\n\n{body}{nothing}}}\n")
}

/// A neighbour's imports, `static` and signature, under a new name.
fn form(neighbour: &Neighbour, name: &str, code: &str) -> Option<String> {
    let Neighbour { stem: old, page, text } = neighbour;
    let imports: String = blocks(text, "use ", ";").concat();
    let block = blocks(text, "pub(crate) static RULE", ";").into_iter().next()?;
    let block = block
        .replace(&format!("\"{}\"", page.code), &format!("\"{code}\""))
        .replace(&format!("\"{}\"", page.name), &format!("\"{name}\""))
        .replace(&format!("\"{old}.md\""), &format!("\"{}.md\"", stem(name)));
    let signature = blocks(text, "fn check(", "{").into_iter().next()?;
    Some(format!("{imports}\n{block}\n{signature}"))
}

fn stem(name: &str) -> String {
    name.replace('-', "_")
}

/// Runs of lines at the margin, from one that starts so to one that ends so.
fn blocks(text: &str, start: &str, end: &str) -> Vec<String> {
    let mut blocks: Vec<String> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        if !open && line.starts_with(start) {
            open = true;
            blocks.push(String::new());
        }
        if open && let Some(block) = blocks.last_mut() {
            block.push_str(line);
            block.push('\n');
            open = !line.ends_with(end);
        }
    }
    blocks
}

fn page_text(name: &str, code: &str) -> String {
    format!(
        "# {code} {name}\n\n\
         Say in one paragraph what is wrong and what it costs.\n\n\
         ## Speaks where it should\n\n\
         `models/a.sql`:\n\n```sql\nselect 1 as id\n```\n\n```findings\n```\n\n\
         ## Stays silent where it looks alike\n\n\
         `models/a.sql`:\n\n```sql\nselect 1 as id\n```\n\n```findings\n```\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEIGHBOUR: &str = "\
//! DUP001: two files hold the same query.

use std::{
    collections::BTreeMap,
};

use crate::{Context, Rule};

pub(crate) static RULE: Rule = Rule {
    code: \"DUP001\",
    name: \"duplicate-query\",
    page: include_str!(\"duplicate_query.md\"),
    check,
};

fn check(context: &Context<'_>) -> Vec<Finding> {
    let found = Vec::new();
    found
}
";

    fn neighbour() -> Neighbour {
        let page = index::read("# DUP001 duplicate-query\n\nText.\n", "").unwrap();
        Neighbour { stem: "duplicate_query".into(), page, text: NEIGHBOUR.into() }
    }

    #[test]
    fn the_form_of_a_neighbour_is_copied() {
        let text = book_text(&[neighbour()], "fanout-join", "JOI001");
        assert!(text.starts_with("//! JOI001: "), "{text}");
        assert!(text.contains("    name: \"fanout-join\",\n"), "{text}");
        assert!(text.contains("include_str!(\"fanout_join.md\")"), "{text}");
        assert!(
            text.ends_with(
                "fn check(context: &Context<'_>) -> Vec<Finding> {\n    Vec::new()\n}\n"
            ),
            "{text}"
        );
        assert!(!text.contains("DUP001"), "{text}");
    }

    #[test]
    fn without_a_neighbour_the_form_of_the_house_is_used() {
        let text = book_text(&[], "fanout-join", "JOI001");
        assert!(text.contains("    name: \"fanout-join\",\n"), "{text}");
        assert!(text.ends_with(" {\n    Vec::new()\n}\n"), "{text}");
    }

    #[test]
    fn names_and_codes_keep_the_laws() {
        let neighbours = [neighbour()];
        assert!(refuse("fanout-join", "JOI001", &neighbours).is_ok());
        for (name, code) in [
            ("no-fanout", "JOI001"),
            ("Fanout", "JOI001"),
            ("fanout--join", "JOI001"),
            ("fanout-join", "join"),
            ("fanout-join", "DUP001"),
            ("duplicate-query", "JOI001"),
        ] {
            assert!(refuse(name, code, &neighbours).is_err(), "{name} {code}");
        }
    }
}
