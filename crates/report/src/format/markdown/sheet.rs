//! A page in the making: blocks until it is full, and text that means nothing but itself.

use plumb_base::{Message, Part};

use crate::{Style, safe::ascii, visible};

/// Characters of a page; GitHub cuts a comment at 65,536.
const MOST: usize = 60_000;

/// Room that is kept for the words at the end of a page that was cut.
const END: usize = 400;

/// Blocks of a page.
pub(super) struct Sheet<'a> {
    pub style: &'a Style<'a>,
    /// What prints all of it.
    whole: &'static str,
    text: String,
    size: usize,
    cut: bool,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(style: &'a Style<'a>, whole: &'static str) -> Self {
        Self { style, whole, text: String::new(), size: 0, cut: false }
    }

    /// Adds a block; after one that found no room, none is added.
    pub(super) fn block(&mut self, block: &str) {
        let block = block.trim_end_matches('\n');
        let gap = if self.text.is_empty() { "" } else { "\n" };
        self.put(&format!("{gap}{block}\n"));
    }

    /// Adds a table, as many rows as there is room for; one without rows is left out.
    pub(super) fn table<const N: usize>(
        &mut self,
        heads: [&str; N],
        sides: &str,
        rows: impl Iterator<Item = [String; N]>,
    ) {
        let mut begun = false;
        for row in rows {
            if !begun {
                self.block(&format!("| {} |\n|{sides}|", heads.join(" | ")));
                begun = true;
            }
            self.put(&format!("| {} |\n", row.join(" | ")));
        }
    }

    /// Adds what is folded away under a title; it stands there whole or not at all.
    pub(super) fn folded(&mut self, title: &str, body: &str) {
        self.block(&format!("<details><summary>{title}</summary>\n\n{body}\n\n</details>"));
    }

    /// Adds a block of code that ends where the text does, whatever stands in it.
    pub(super) fn code(&mut self, language: &str, text: &str) {
        let block = fenced(language, text);
        self.block(&block);
    }

    fn put(&mut self, text: &str) {
        let text = if self.style.ascii {
            text.split('\n').map(ascii).collect::<Vec<_>>().join("\n")
        } else {
            text.to_owned()
        };
        let size = text.chars().count();
        self.cut |= self.size + size > MOST - END;
        if !self.cut {
            self.text.push_str(&text);
            self.size += size;
        }
    }

    pub(super) fn finish(mut self) -> String {
        if self.cut {
            let more = format!("\nCut here, at 60,000 characters. All of it: `{}`\n", self.whole);
            self.text.push_str(&more);
        }
        self.text
    }
}

/// A block of code; its fence is longer than any in the text.
pub(super) fn fenced(language: &str, text: &str) -> String {
    let safe: String = text
        .lines()
        .flat_map(|line| [visible(&line.replace('\t', "    ")), "\n".to_owned()])
        .collect();
    let fence = "`".repeat(longest(&safe, '`').max(2) + 1);
    format!("{fence}{language}\n{safe}{fence}")
}

/// A name as code, also in a cell of a table: nothing in it is a mention, a link or a tag.
pub(super) fn code(text: &str) -> String {
    let safe = visible(text).replace('|', "\\|");
    if safe.trim().is_empty() {
        return "` `".to_owned();
    }
    let fence = "`".repeat(longest(&safe, '`') + 1);
    let space = if safe.starts_with('`') || safe.ends_with('`') { " " } else { "" };
    format!("{fence}{space}{safe}{space}{fence}")
}

/// A text of somebody else's in the middle of ours: no mark, tag, link, mention or reference is left in it.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::new();
    for letter in visible(text).chars() {
        match letter {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            // A comment parts what GitHub would read together: a mention, an issue, an address.
            '@' | '#' => {
                safe.push(letter);
                safe.push_str("<!-- -->");
            }
            ':' | '.' => safe.push(letter),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '!' | '$' => {
                safe.push('\\');
                safe.push(letter);
            }
            _ => safe.push(letter),
        }
    }
    safe.replace("://", ":<!-- -->//").replace("www.", "www<!-- -->.")
}

/// A clause with names in backticks, such as a problem: the names as code, the rest escaped.
pub(super) fn said(text: &str) -> String {
    let part = |(at, part): (usize, &str)| if at % 2 == 0 { escaped(part) } else { code(part) };
    text.split('`').enumerate().map(part).collect()
}

/// A sentence: our words as they are, names and values as code.
pub(super) fn message(message: &Message) -> String {
    let part = |part: &Part| match part {
        Part::Text(text) => text.replace('|', "\\|"),
        Part::Name(text) | Part::Literal(text) => code(text),
        Part::Count(count) => count.to_string(),
    };
    message.0.iter().map(part).collect()
}

/// The longest run of a letter.
fn longest(text: &str, letter: char) -> usize {
    text.split(|other| other != letter).map(str::len).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_means_nothing_but_itself() {
        assert_eq!(escaped("<img src=x>"), "&lt;img src=x&gt;");
        assert_eq!(escaped("@team #12"), "@<!-- -->team #<!-- -->12");
        assert_eq!(escaped("a|b `c` [d](http://e)"), "a\\|b \\`c\\` \\[d\\](http:<!-- -->//e)");
        assert_eq!(escaped("a\n# b"), "a\\\\n#<!-- --> b");
    }

    #[test]
    fn names_in_a_clause_are_code() {
        assert_eq!(said("found `from`, not `a|b`"), "found `from`, not `a\\|b`");
        assert_eq!(said("an odd ` @a"), "an odd ` @a`");
    }

    #[test]
    fn code_ends_where_the_name_does() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a`b|c"), "``a`b\\|c``");
        assert_eq!(code("``"), "``` `` ```");
        assert_eq!(fenced("sql", "a ```` b"), "`````sql\na ```` b\n`````");
    }

    #[test]
    fn a_page_is_cut_with_a_pointer() {
        let style = Style::default();
        let mut sheet = Sheet::new(&style, "plumb audit");
        let rows = std::iter::repeat_n(["x".repeat(1_000)], 100);
        sheet.table(["a"], "---", rows);
        sheet.block("never seen");
        let text = sheet.finish();
        assert!(text.chars().count() <= MOST);
        assert!(text.ends_with("All of it: `plumb audit`\n") && !text.contains("never seen"));
    }
}
