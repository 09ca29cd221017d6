//! The index of rules, `docs/rules.md`, read from the pages beside the rules.

use std::fmt::Write as _;

/// What a rule's page says about itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Page {
    pub code: String,
    pub name: String,
    /// First paragraph, on one line.
    pub about: String,
    /// Path from the root of the repository.
    pub path: String,
}

/// Reads a page whose first line is `# CODE name`; other Markdown is no rule page.
pub(crate) fn read(text: &str, path: &str) -> Option<Page> {
    let (title, rest) = text.split_once('\n')?;
    let (code, name) = title.strip_prefix("# ")?.trim().split_once(' ')?;
    let is_code = code.ends_with(|c: char| c.is_ascii_digit())
        && code.starts_with(|c: char| c.is_ascii_uppercase())
        && code.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    if !is_code || name.contains(' ') {
        return None;
    }
    let paragraph: Vec<&str> = rest
        .lines()
        .skip_while(|line| line.trim().is_empty())
        .take_while(|line| !line.trim().is_empty() && !line.starts_with('#'))
        .map(str::trim)
        .collect();
    Some(Page {
        code: code.to_owned(),
        name: name.to_owned(),
        about: paragraph.join(" "),
        path: path.to_owned(),
    })
}

/// Names each code that two pages claim.
pub(crate) fn clashes(pages: &[Page]) -> Vec<String> {
    let mut faults = Vec::new();
    for (i, page) in pages.iter().enumerate() {
        for other in pages.iter().skip(i + 1).filter(|p| p.code == page.code) {
            faults.push(format!("{} and {} both claim {}", page.path, other.path, page.code));
        }
    }
    faults
}

/// The whole index, by code.
pub(crate) fn text(pages: &[Page]) -> String {
    let mut pages = pages.to_vec();
    pages.sort();
    let mut text =
        "# Rules\n\nEach page explains its rule, shows when it speaks and when it stays \
                    silent, and is its test.\nThis index is written by `cargo xtask gen`.\n"
            .to_owned();
    for page in &pages {
        let Page { code, name, about, path } = page;
        let _ = write!(text, "\n## [{code} {name}](../{path})\n");
        if !about.is_empty() {
            let _ = write!(text, "\n{about}\n");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# DUP001 duplicate-query\n\nTwo models hold\nthe same query.\n\n## Case\n";

    #[test]
    fn a_page_gives_code_name_and_first_paragraph() {
        let page = read(PAGE, "x.md").unwrap();
        assert_eq!((page.code.as_str(), page.name.as_str()), ("DUP001", "duplicate-query"));
        assert_eq!(page.about, "Two models hold the same query.");
    }

    #[test]
    fn other_pages_are_no_rules() {
        assert_eq!(read("# How we write\n\nText.\n", "x.md"), None);
        assert_eq!(read("# SQL dialect\n\nText.\n", "x.md"), None);
    }

    #[test]
    fn a_page_without_a_paragraph_has_none() {
        assert_eq!(read("# DUP001 x\n\n## Case\n\nText.\n", "x.md").unwrap().about, "");
    }

    #[test]
    fn the_index_is_sorted_and_links() {
        let (b, a) = (
            read(PAGE, "b.md").unwrap(),
            Page { code: "ABC1".into(), ..read(PAGE, "a.md").unwrap() },
        );
        let text = text(&[b, a]);
        let (a, b) = (text.find("[ABC1 ").unwrap(), text.find("(../b.md)").unwrap());
        assert!(a < b);
    }

    #[test]
    fn a_code_is_claimed_once() {
        let page = read(PAGE, "a.md").unwrap();
        assert_eq!(clashes(&[page.clone(), page]).len(), 1);
    }
}
