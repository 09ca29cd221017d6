//! YAML as a tree that knows its lines, read so that one odd value never loses the rest.

use std::fmt;

use plumb_base::{Lines, Position, Problem, Severity, Source};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use serde_saphyr::{DuplicateKeyPolicy, NonFiniteFloatPolicy, Options, Spanned};

use crate::text;

/// A value and where it stands.
#[derive(Debug, Clone)]
pub struct Tree {
    /// 1-based line.
    pub line: u32,
    /// 1-based column, in characters.
    pub column: u32,
    /// Byte of the file at which it begins.
    pub start: u32,
    /// The value.
    pub shape: Shape,
}

/// What a value is.
#[derive(Debug, Clone)]
pub enum Shape {
    /// Nothing is there.
    Null,
    /// A truth.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text.
    Text(String),
    /// Items, in their order.
    List(Vec<Tree>),
    /// Entries, in their order.
    Map(Vec<(String, Tree)>),
}

/// Reads the documents of a file.
///
/// A file that is not YAML gives none and a problem. Of a key that is written twice the last counts, as it
/// does in dbt, and each earlier one is a problem.
pub fn parse(source: &Source, problems: &mut Vec<Problem>) -> Vec<Tree> {
    match documents(&source.text) {
        Ok((mut documents, repaired)) => {
            let lines: Vec<&str> = source.text.lines().collect();
            let starts = Lines::new(&source.text);
            for document in &mut documents {
                document.settle(&source.path, &lines, problems);
                if repaired {
                    document.find_again(&source.text, &starts);
                }
            }
            documents
        }
        Err(error) => {
            problems.push(syntax_problem(source, &error));
            Vec::new()
        }
    }
}

/// How many lines of one file are indented for its writer before giving up.
const REPAIRS: usize = 50;

/// Parses, and where a quoted text goes on too far to the left, as dbt allows, indents it and tries again; says
/// whether it did.
///
/// Indentation inside a quoted text is no part of it, so neither values nor line numbers change.
fn documents(text: &str) -> Result<(Vec<Tree>, bool), serde_saphyr::Error> {
    let read = |text: &str| serde_saphyr::from_multiple_with_options::<Tree>(text, options());
    let mut result = read(text);
    let mut repaired = String::new();
    for _ in 0..REPAIRS {
        let Err(error) = &result else { break };
        if !error.to_string().contains("indentation in multiline quoted scalar") {
            break;
        }
        let Some(at) = error.location() else { break };
        let now = if repaired.is_empty() { text } else { repaired.as_str() };
        let line = usize::try_from(at.line()).unwrap_or(usize::MAX);
        let Some(start) = Lines::new(now).start(u32::try_from(line).unwrap_or(u32::MAX)) else {
            break;
        };
        let (before, after) = now.split_at(start as usize);
        repaired = format!("{before}{:64}{after}", "");
        result = read(&repaired);
    }
    result.map(|documents| (documents, !repaired.is_empty()))
}

impl Tree {
    /// Nothing, nowhere.
    pub fn null() -> Self {
        Self { line: 0, column: 0, start: 0, shape: Shape::Null }
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The value of the first of some keys that is there and not null.
    pub fn first(&self, keys: &[&str]) -> Option<&Self> {
        let given = |key: &&str| self.get(key).filter(|value| !matches!(value.shape, Shape::Null));
        keys.iter().find_map(given)
    }

    /// Keys and values in file order; nothing when it is no map.
    pub fn entries(&self) -> &[(String, Self)] {
        match &self.shape {
            Shape::Map(entries) => entries,
            Shape::Null | Shape::Bool(_) | Shape::Number(_) | Shape::Text(_) | Shape::List(_) => {
                &[]
            }
        }
    }

    /// Items in file order; nothing when it is no list.
    pub fn items(&self) -> &[Self] {
        match &self.shape {
            Shape::List(items) => items,
            Shape::Null | Shape::Bool(_) | Shape::Number(_) | Shape::Text(_) | Shape::Map(_) => &[],
        }
    }

    /// A scalar as text; nothing for null, lists and maps.
    pub fn text(&self) -> Option<String> {
        match &self.shape {
            Shape::Text(text) => Some(text.clone()),
            Shape::Number(number) => Some(number.to_string()),
            Shape::Bool(value) => Some(value.to_string()),
            Shape::Null | Shape::List(_) | Shape::Map(_) => None,
        }
    }

    /// Text of a key.
    pub fn text_of(&self, key: &str) -> Option<String> {
        self.get(key)?.text()
    }

    /// A scalar, or a list of scalars, as texts.
    pub fn texts(&self) -> Vec<String> {
        self.text().into_iter().chain(self.items().iter().filter_map(Self::text)).collect()
    }

    /// The value without its places.
    pub fn json(&self) -> Value {
        match &self.shape {
            Shape::Null => Value::Null,
            Shape::Bool(value) => Value::Bool(*value),
            Shape::Number(number) => Value::Number(number.clone()),
            Shape::Text(text) => Value::String(text.clone()),
            Shape::List(items) => Value::Array(items.iter().map(Self::json).collect()),
            Shape::Map(_) => Value::Object(self.object()),
        }
    }

    /// The entries of a map without their places; empty when it is no map.
    pub fn object(&self) -> Map<String, Value> {
        self.entries().iter().map(|(key, value)| (key.clone(), value.json())).collect()
    }

    /// Keeps the last of each key and says so of the others; reads truth values as dbt does.
    fn settle(&mut self, path: &str, lines: &[&str], problems: &mut Vec<Problem>) {
        if let Some(value) = self.old_truth(lines) {
            self.shape = Shape::Bool(value);
        }
        match &mut self.shape {
            Shape::Null | Shape::Bool(_) | Shape::Number(_) | Shape::Text(_) => {}
            Shape::List(items) => {
                for item in items {
                    item.settle(path, lines, problems);
                }
            }
            Shape::Map(entries) => {
                let mut seen = std::collections::BTreeSet::new();
                let mut kept = Vec::with_capacity(entries.len());
                for (key, mut value) in std::mem::take(entries).into_iter().rev() {
                    if seen.insert(key.clone()) {
                        value.settle(path, lines, problems);
                        kept.push((key, value));
                        continue;
                    }
                    let at = (value.line, value.column);
                    let message = format!("`{key}` is given again below; this value is not used");
                    problems.push(text::at(path, at, Severity::Partly, "yaml-syntax", message));
                }
                kept.reverse();
                *entries = kept;
            }
        }
    }

    /// Finds where values begin by their lines, which a repair leaves alone.
    fn find_again(&mut self, text: &str, lines: &Lines) {
        self.start = lines.byte(text, Position { line: self.line, column: self.column });
        match &mut self.shape {
            Shape::Null | Shape::Bool(_) | Shape::Number(_) | Shape::Text(_) => {}
            Shape::List(items) => {
                for item in items {
                    item.find_again(text, lines);
                }
            }
            Shape::Map(entries) => {
                for (_, value) in entries {
                    value.find_again(text, lines);
                }
            }
        }
    }

    /// `yes`, `no`, `on`, `off` without quotes: dbt reads YAML 1.1, where they are truth values.
    ///
    /// `y` and `n` are not: dbt's parser leaves them alone, and they are names of many a column.
    fn old_truth(&self, lines: &[&str]) -> Option<bool> {
        let Shape::Text(text) = &self.shape else { return None };
        let value = match text.as_str() {
            "yes" | "Yes" | "YES" | "on" | "On" | "ON" => true,
            "no" | "No" | "NO" | "off" | "Off" | "OFF" => false,
            _ => return None,
        };
        let line = lines.get((self.line as usize).checked_sub(1)?)?;
        let first = line.chars().nth((self.column as usize).checked_sub(1)?);
        (first == text.chars().next()).then_some(value)
    }
}

fn options() -> Options {
    serde_saphyr::options! {
        // Properties files of large projects go far beyond what is meant for configuration.
        budget: serde_saphyr::budget! {
            max_events: 20_000_000,
            max_nodes: 10_000_000,
            // One column described once and meant a hundred times is good style, not an attack; what
            // grows without end is stopped by the limit on replayed events.
            enforce_alias_anchor_ratio: false,
        },
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        ignore_binary_tag_for_string: true,
        non_finite_float_policy: NonFiniteFloatPolicy::AsString,
        strict_booleans: true,
        with_snippet: false,
    }
}

fn syntax_problem(source: &Source, error: &serde_saphyr::Error) -> Problem {
    let number = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    let at = error.location().map_or((1, 1), |at| (number(at.line()), number(at.column())));
    let conflict = source.text.lines().position(|line| line.starts_with("<<<<<<< "));
    let failed = |at, message| text::at(&source.path, at, Severity::Failed, "yaml-syntax", message);
    if let Some(line) = conflict {
        return failed((number(line as u64 + 1), 1), "merge conflict is not resolved".to_owned());
    }
    let line = source.text.lines().nth((at.0 as usize).saturating_sub(1)).unwrap_or_default();
    let indent: String = line.chars().take_while(|letter| letter.is_whitespace()).collect();
    if indent.contains('\t') {
        return failed((at.0, 1), "a tab is used to indent".to_owned());
    }
    // The parser repeats the place in its message; people read it once.
    let message = error.to_string();
    let message = message.lines().next().unwrap_or_default().trim().to_owned();
    let end = message.find(" at line ").unwrap_or(message.len());
    failed(at, format!("not YAML: {}", &message[..end]))
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let found = Spanned::<Shape>::deserialize(deserializer)?;
        let number = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        let (line, column) = (number(found.defined.line()), number(found.defined.column()));
        let start = number(found.defined.span().byte_offset().unwrap_or_default());
        Ok(Self { line, column, start, shape: found.value })
    }
}

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ShapeVisitor)
    }
}

struct ShapeVisitor;

impl<'de> Visitor<'de> for ShapeVisitor {
    type Value = Shape;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<Shape, E> {
        Ok(Shape::Null)
    }

    fn visit_none<E>(self) -> Result<Shape, E> {
        Ok(Shape::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Shape, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Shape, D::Error> {
        inner.deserialize_any(self)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Shape, E> {
        Ok(Shape::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Shape, E> {
        Ok(Shape::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Shape, E> {
        Ok(Shape::Number(value.into()))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Shape, E> {
        Ok(Shape::Text(value.to_string()))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Shape, E> {
        Ok(Shape::Text(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Shape, E> {
        let number = Number::from_f64(value);
        Ok(number.map_or_else(|| Shape::Text(value.to_string()), Shape::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Shape, E> {
        Ok(Shape::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Shape, E> {
        Ok(Shape::Text(value))
    }

    fn visit_bytes<E>(self, value: &[u8]) -> Result<Shape, E> {
        Ok(Shape::Text(String::from_utf8_lossy(value).into_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Shape, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Shape::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Shape, A::Error> {
        let mut entries = Vec::new();
        while let Some((Key(key), value)) = access.next_entry()? {
            entries.push((key, value));
        }
        Ok(Shape::Map(entries))
    }
}

/// A key of any kind, as text; `{{ x }}` without quotes is a map, and a key all the same.
struct Key(String);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let shape = Shape::deserialize(deserializer)?;
        let tree = Tree { shape, ..Tree::null() };
        Ok(Self(tree.text().unwrap_or_else(|| tree.json().to_string())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (String, Vec<String>) {
        let mut problems = Vec::new();
        let trees = parse(&Source::new("a.yml", text), &mut problems);
        let json: Vec<_> = trees.iter().map(|tree| tree.json().to_string()).collect();
        let say = |problem: &Problem| format!("{} {}", problem.place, problem.message);
        (json.join(" "), problems.iter().map(say).collect())
    }

    #[test]
    fn any_value_is_read() {
        let text = "a: [1, 2.5, true, null, .nan, 0755, 99999999999999999999, 2024-01-01, !x y, !!binary aGk=]\n1: x\n? [p]\n: q\n";
        let json = r#"{"a":[1,2.5,true,null,".nan","0755",1e+20,"2024-01-01","y","aGk="],"1":"x","[\"p\"]":"q"}"#;
        let (found, problems) = read(text);
        assert_eq!(problems, Vec::<String>::new());
        assert_eq!(found, json);
    }

    #[test]
    fn yaml_is_read_as_dbt_reads_it() {
        let (json, problems) = read("a: yes\nb: 'yes'\nc: off\nd: y\nno: [on, |\n  on]\n");
        assert_eq!(json, "");
        assert_eq!(problems.len(), 1);
        let (json, _) = read("a: yes\nb: 'yes'\nc: off\nd: y\nno: [on]\n");
        assert_eq!(json, r#"{"a":true,"b":"yes","c":false,"d":"y","no":[true]}"#);
        let (json, problems) = read("a:\n  b: \"x\n  y\n  z\"\n  c: 1\n");
        assert_eq!(json, r#"{"a":{"b":"x y z","c":1}}"#, "{problems:?}");
    }

    #[test]
    fn anchors_merge_and_documents_follow_each_other() {
        let (json, problems) = read("x: &x {a: 1, b: 2}\ny: {<<: *x, b: 3}\n---\nz: 1\n---\n");
        assert_eq!(json, r#"{"x":{"a":1,"b":2},"y":{"b":3,"a":1}} {"z":1}"#);
        assert!(problems.is_empty());
    }

    #[test]
    fn what_is_wrong_has_a_place() {
        let (json, problems) = read("a: 1\nb:\n  c: 2\n  c: 3\na: 4\n");
        assert_eq!(json, r#"{"b":{"c":3},"a":4}"#);
        assert_eq!(problems.len(), 2);
        assert!(problems[0].starts_with("a.yml:3:6 `c` is given again"), "{problems:?}");
        assert_eq!(read("a:\n\tb: 1\n").1, ["a.yml:2:1 a tab is used to indent"]);
        let conflict = read("a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> x\n");
        assert_eq!(conflict.1, ["a.yml:2:1 merge conflict is not resolved"]);
        assert!(read("a: [1\nb: 2").1[0].contains("not YAML"));
        let deep = "[".repeat(100_000);
        assert_eq!(read(&deep).1.len(), 1);
        assert_eq!(read("").0, "");
        assert_eq!(read("# only words\n").0, "");
    }
}
