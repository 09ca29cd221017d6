//! Regular expressions for `modules.re`: Python's, as far as the library reads them. It reads no look-around and no
//! back references, and takes time in proportion to the text.

use regex::RegexBuilder;

/// Bytes that a pattern may take once it is read.
const SIZE: usize = 1 << 20;

/// Matches of one text, at most.
const MATCHES: usize = 10_000;

/// A pattern.
#[derive(Debug)]
pub(super) struct Regex(regex::Regex);

/// Where a match and its groups stand.
pub(super) type Found = Vec<Option<(usize, usize)>>;

/// The number of a flag of Python.
pub(super) fn flag(name: &str) -> Option<i128> {
    Some(match name {
        "I" | "IGNORECASE" => 2,
        "M" | "MULTILINE" => 8,
        "S" | "DOTALL" => 16,
        _ => return None,
    })
}

/// Whether a pattern holds what the library reads and Python reads otherwise: classes in classes and what is done with
/// them, `\<` and `\>`.
fn means_otherwise(pattern: &str) -> bool {
    let (mut in_class, mut before) = (false, ' ');
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if matches!(letters.next(), Some('<' | '>')) => return true,
            '[' if in_class => return true,
            '&' | '-' | '~' if in_class && letter == before => return true,
            '[' => in_class = true,
            ']' => in_class = false,
            _ => {}
        }
        before = letter;
    }
    false
}

impl Regex {
    /// Reads a pattern; `None` if it uses what is not supported, or what means something else in Python.
    pub(super) fn new(pattern: &str, flags: i128) -> Option<Self> {
        if means_otherwise(pattern) {
            return None;
        }
        let has = |flag: i128| flags & flag != 0;
        let mut builder = RegexBuilder::new(pattern);
        builder.case_insensitive(has(2)).multi_line(has(8)).dot_matches_new_line(has(16));
        builder.size_limit(SIZE).build().ok().map(Self)
    }

    /// The same for a text that it must match whole.
    pub(super) fn whole(pattern: &str, flags: i128) -> Option<Self> {
        Self::new(&format!(r"\A(?:{pattern})\z"), flags)
    }

    /// The first match from a byte on.
    pub(super) fn find_at(&self, text: &str, from: usize) -> Option<Found> {
        let found = self.0.captures_at(text, from)?;
        Some(found.iter().map(|group| group.map(|it| (it.start(), it.end()))).collect())
    }

    /// All matches that do not overlap; one of nothing may stand right behind another.
    pub(super) fn find_all(&self, text: &str) -> Vec<Found> {
        let (mut all, mut from) = (Vec::new(), 0);
        while from <= text.len() && all.len() < MATCHES {
            let Some(found) = self.find_at(text, from) else { break };
            let Some(Some((start, end))) = found.first().copied() else { break };
            let next = || end + text[end..].chars().next().map_or(1, char::len_utf8);
            from = if end > start { end } else { next() };
            all.push(found);
        }
        all
    }

    /// Replaces all matches; `\1` stands for a group. `None` for what else a backslash may mean there.
    pub(super) fn replace(&self, text: &str, with: &str) -> Option<String> {
        let (mut out, mut last) = (String::new(), 0);
        for found in self.find_all(text) {
            let (start, end) = found[0]?;
            out.push_str(&text[last..start]);
            let mut letters = with.chars();
            while let Some(letter) = letters.next() {
                match (letter, if letter == '\\' { letters.next() } else { None }) {
                    (_, Some('\\')) => out.push('\\'),
                    (_, Some('n')) => out.push('\n'),
                    (_, Some('t')) => out.push('\t'),
                    (_, Some(digit)) => {
                        let group = found.get(digit.to_digit(10)? as usize)?;
                        out.push_str(group.map_or("", |(from, to)| &text[from..to]));
                    }
                    ('\\', None) => return None,
                    (letter, None) => out.push(letter),
                }
            }
            last = end;
        }
        out.push_str(&text[last..]);
        Some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, text: &str, with: &str, expected: &str) {
        let regex = Regex::new(pattern, 0).expect("a pattern");
        assert_eq!(regex.replace(text, with).as_deref(), Some(expected));
    }

    #[test]
    fn patterns_that_templates_use() {
        check(r"[^A-Za-z0-9_]+", "a b--c", "_", "a_b_c");
        check(r"(\w+)\.(\w+)", "x.y z", r"\2.\1", "y.x z");
        check(r"^_+|_+$", "__a__", "", "a");
        check(r"\bas\b", "as asas as", "X", "X asas X");
        check(r"(a|b){2,3}?c", "abac", "-", "-");
        check("x*", "abxd", "-", "-a-b--d-");
        check("b", "abc", r"\\n", r"a\nc");
        for pattern in ["(?=x)", "[a[b]", "[a&&b]", "[\\w--_]", r"\<a", r"a\Z"] {
            assert!(Regex::new(pattern, 0).is_none(), "{pattern}");
        }
        assert!(Regex::new("a{9}{9}{9}{9}{9}{9}", 0).is_none());
    }
}
