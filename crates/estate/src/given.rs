//! Values that bundles give to the files they run, and how they stand in SQL.

use std::collections::BTreeMap;

use plumb_base::{
    MappedText, Span,
    record::{
        Found,
        bundle::{self, Runs},
    },
};

/// What a file is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Given {
    /// Parameters of a task.
    pub(crate) parameters: bundle::Given,
    /// Settings of a pipeline.
    pub(crate) settings: bundle::Given,
}

impl Given {
    /// What two ways of running the same file give in common.
    pub(crate) fn agreed(&self, other: &Self) -> Self {
        Self {
            parameters: agreed(&self.parameters, &other.parameters),
            settings: agreed(&self.settings, &other.settings),
        }
    }

    /// A text of SQL with the values in it: `${x}` and `$x` are the value as it stands, in texts, too; `:x` and
    /// `{{x}}` are texts.
    pub(crate) fn put_in(&self, sql: MappedText) -> MappedText {
        let known = |values: &bundle::Given| values.values().any(Option::is_some);
        if !known(&self.parameters) && !known(&self.settings) {
            return sql;
        }
        let mut made = MappedText::default();
        let (mut at, mut last, mut quote) = (0, 0, None);
        while let Some(named) = next(&sql.text, at, &mut quote) {
            let value = if named.is_text {
                self.parameter(named.name).map(quoted)
            } else {
                self.value(named.name).map(str::to_owned)
            };
            if let Some(value) = value {
                made.push(&sql.cut(last..named.start));
                made.print(&value, sql.map.to_file(Span::new(named.start, named.end)));
                last = named.end;
            }
            at = named.end;
        }
        made.push(&sql.from(last));
        made
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.parameter(name).or_else(|| self.settings.get(name)?.as_deref())
    }

    fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name)?.as_deref()
    }
}

/// What every file is given that a bundle runs.
pub(crate) fn given(found: &Found) -> BTreeMap<String, Given> {
    let mut all: BTreeMap<String, Given> = BTreeMap::new();
    let mut give = |path: &str, given: Given| match all.get_mut(path) {
        Some(known) => *known = known.agreed(&given),
        None => {
            all.insert(path.to_owned(), given);
        }
    };
    for bundle in &found.bundles {
        for task in bundle.jobs.iter().flat_map(|job| &job.tasks) {
            if let Runs::File { path, .. } = &task.runs {
                give(path, Given { parameters: task.parameters.clone(), ..Given::default() });
            }
        }
        for pipeline in &bundle.pipelines {
            for path in &pipeline.files {
                let settings = pipeline.configuration.clone();
                give(path, Given { settings, ..Given::default() });
            }
        }
    }
    all
}

/// Values that both have; of what only one has, or what differs, nothing is known.
fn agreed(one: &bundle::Given, other: &bundle::Given) -> bundle::Given {
    let names = one.keys().chain(other.keys());
    let value = |name: &String| one.get(name).filter(|it| other.get(name) == Some(it))?.clone();
    names.map(|name| (name.clone(), value(name))).collect()
}

/// A text as SQL writes one.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// A place in SQL that names a value.
#[derive(Debug, PartialEq, Eq)]
struct Named<'t> {
    name: &'t str,
    start: usize,
    end: usize,
    /// Whether the value is a text there, and not put in as it stands.
    is_text: bool,
}

/// The next place from a byte on that names a value; `quote` is what the text stands in there.
fn next<'t>(text: &'t str, from: usize, quote: &mut Option<u8>) -> Option<Named<'t>> {
    let bytes = text.as_bytes();
    let mut at = from;
    while at < bytes.len() {
        let rest = &text[at..];
        let named = match bytes[at] {
            b'\\' if quote.is_some() => {
                at += 1 + text[at + 1..].chars().next().map_or(0, char::len_utf8);
                continue;
            }
            letter @ (b'\'' | b'"' | b'`') => {
                *quote = match *quote {
                    Some(open) if open == letter => None,
                    None => Some(letter),
                    open => open,
                };
                None
            }
            b'$' if rest.starts_with("${") => within(text, at, "${", "}", false),
            b'$' if !follows_word(bytes, at) => word(text, at, false),
            b'{' if rest.starts_with("{{") => within(text, at, "{{", "}}", quote.is_none()),
            _ if quote.is_some() => None,
            b'-' if rest.starts_with("--") => {
                at += rest.find('\n').unwrap_or(rest.len());
                continue;
            }
            b'/' if rest.starts_with("/*") => {
                at += rest.find("*/").map_or(rest.len(), |end| end + 2);
                continue;
            }
            b':' if !follows_value(bytes, at) => word(text, at, true),
            _ => None,
        };
        if named.is_some() {
            return named;
        }
        at += rest.chars().next().map_or(1, char::len_utf8);
    }
    None
}

/// A name between two marks.
fn within<'t>(
    text: &'t str,
    start: usize,
    open: &str,
    close: &str,
    is_text: bool,
) -> Option<Named<'t>> {
    let inside = start + open.len();
    let length = text[inside..].find(close)?;
    let name = text[inside..inside + length].trim();
    let end = inside + length + close.len();
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
    name.chars().all(plain).then_some(Named { name, start, end, is_text })
}

/// A name behind one sign.
fn word(text: &str, start: usize, is_text: bool) -> Option<Named<'_>> {
    let behind = &text[start + 1..];
    let other = |letter: char| !letter.is_ascii_alphanumeric() && letter != '_';
    let name = &behind[..behind.find(other).unwrap_or(behind.len())];
    let begins = name.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_');
    begins.then(|| Named { name, start, end: start + 1 + name.len(), is_text })
}

fn follows_word(bytes: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).map(|at| bytes[at]);
    before.is_some_and(|it| it.is_ascii_alphanumeric() || it == b'_' || it == b'$')
}

/// Whether a colon asks a value for a part of it, or is half of a sign.
fn follows_value(bytes: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).map(|at| bytes[at]);
    follows_word(bytes, at) || before.is_some_and(|it| b")]`'\":".contains(&it))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(pairs: &[(&str, Option<&str>)]) -> bundle::Given {
        let owned =
            |(name, value): &(&str, Option<&str>)| ((*name).to_owned(), value.map(str::to_owned));
        pairs.iter().map(owned).collect()
    }

    #[track_caller]
    fn check(text: &str, made: &str) {
        let parameters = values(&[("a", Some("x")), ("b", None), ("it", Some("o'c"))]);
        let settings = values(&[("mill.a", Some("y")), ("a", Some("z"))]);
        let given = Given { parameters, settings };
        assert_eq!(given.put_in(MappedText::taken(text, 0)).text, made);
    }

    #[test]
    fn values_stand_where_they_are_named() {
        check(
            "from ${a}.${mill.a}.t_${ a } where c = '$a ${b}'",
            "from x.y.t_x where c = 'x ${b}'",
        );
        check("from $a.t, $ab, $b, b$a, $$a", "from x.t, $ab, $b, b$a, $$a");
        check(
            "where c = :a and d = {{it}} and e = '{{a}}'",
            "where c = 'x' and d = 'o\\'c' and e = 'x'",
        );
        check(":mill.a, {{c}}, ${c}, ${", ":mill.a, {{c}}, ${c}, ${");
    }

    #[test]
    fn other_colons_and_what_is_no_code_stay() {
        check("c:a, c::a, f(c):a, c[0]:a, ':a'", "c:a, c::a, f(c):a, c[0]:a, ':a'");
        check("-- :a it's\n:a /* :a ' */ :a", "-- :a it's\n'x' /* :a ' */ 'x'");
        check("'\\' :a' \"é:a\" :a é$a", "'\\' :a' \"é:a\" 'x' éx");
        check("'it''s :a'", "'it''s :a'");
    }

    #[test]
    fn places_are_kept() {
        let given = Given { parameters: values(&[("a", Some("long"))]), ..Given::default() };
        let made = given.put_in(MappedText::taken("f :a g", 10));
        assert_eq!(made.text, "f 'long' g");
        assert_eq!(made.map.to_file(Span::new(2, 8)), Span::new(12, 14));
        assert_eq!(made.map.to_file(Span::new(9, 10)), Span::new(15, 16));
    }

    #[test]
    fn two_tasks_agree_or_nothing_is_known() {
        let one = values(&[("a", Some("x")), ("b", Some("y")), ("c", Some("z"))]);
        let other = values(&[("a", Some("x")), ("b", Some("w"))]);
        let both = values(&[("a", Some("x")), ("b", None), ("c", None)]);
        assert_eq!(agreed(&one, &other), both);
        assert_eq!(agreed(&other, &one), both);
    }
}
