//! JSON as the tree that YAML gives, too: every value knows its place.

use jsonc_parser::ast::Value;
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use plumb_base::{Problem, Severity, Source};

use crate::text;
use crate::yaml::{Shape, Tree};

/// Reads a file; comments and spare commas do not matter.
///
/// A file that is not JSON gives nothing and a problem. Of a key that is written twice the last counts.
pub fn parse(source: &Source, problems: &mut Vec<Problem>) -> Option<Tree> {
    let failed = |at, message| text::at(&source.path, at, Severity::Failed, "json-syntax", message);
    let parsed = parse_to_ast(&source.text, &CollectOptions::default(), &ParseOptions::default());
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    match parsed {
        Ok(parsed) => {
            let Some(value) = parsed.value else {
                problems.push(failed((1, 1), "the file is empty".to_owned()));
                return None;
            };
            let mut cursor = Cursor { text: &source.text, byte: 0, line: 1, column: 1 };
            Some(cursor.tree(value))
        }
        Err(error) => {
            let conflict = source.text.lines().position(|line| line.starts_with("<<<<<<< "));
            problems.push(if let Some(line) = conflict {
                failed((number(line + 1), 1), "merge conflict is not resolved".to_owned())
            } else {
                let at = (number(error.line_display()), number(error.column_display()));
                failed(at, format!("not JSON: {}", lower(&error.kind().to_string())))
            });
            None
        }
    }
}

/// Where the last value began; values come in the order of the file, so no byte is looked at twice.
struct Cursor<'a> {
    text: &'a str,
    byte: usize,
    line: u32,
    column: u32,
}

impl Cursor<'_> {
    fn tree(&mut self, value: Value<'_>) -> Tree {
        let start = value.range().start;
        self.move_to(start);
        let (line, column) = (self.line, self.column);
        let start = u32::try_from(start).unwrap_or(u32::MAX);
        Tree { line, column, start, shape: self.shape(value) }
    }

    fn shape(&mut self, value: Value<'_>) -> Shape {
        match value {
            Value::StringLit(text) => Shape::Text(text.value.into_owned()),
            Value::NumberLit(number) => match serde_json::from_str(number.value) {
                Ok(number) => Shape::Number(number),
                Err(_) => Shape::Text(number.value.to_owned()),
            },
            Value::BooleanLit(value) => Shape::Bool(value.value),
            Value::NullKeyword(_) => Shape::Null,
            Value::Array(list) => {
                Shape::List(list.elements.into_iter().map(|value| self.tree(value)).collect())
            }
            Value::Object(map) => {
                let mut entries: Vec<(String, Tree)> = Vec::with_capacity(map.properties.len());
                let mut places = std::collections::BTreeMap::new();
                for property in map.properties {
                    let (key, value) = (property.name.into_string(), self.tree(property.value));
                    if let Some(at) = places.get(&key) {
                        entries[*at] = (key, value);
                    } else {
                        places.insert(key.clone(), entries.len());
                        entries.push((key, value));
                    }
                }
                Shape::Map(entries)
            }
        }
    }

    fn move_to(&mut self, byte: usize) {
        for letter in self.text.get(self.byte..byte).unwrap_or_default().chars() {
            if letter == '\n' {
                self.line += 1;
                self.column = 1;
            } else {
                self.column += 1;
            }
        }
        self.byte = byte.max(self.byte);
    }
}

/// The message of the parser in the manner of ours.
fn lower(message: &str) -> String {
    let mut letters = message.trim_end_matches('.').chars();
    let first = letters.next().map(|letter| letter.to_lowercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (String, Vec<String>) {
        let mut problems = Vec::new();
        let tree = parse(&Source::new("a.json", text), &mut problems);
        let json = tree.map_or_else(String::new, |tree| tree.json().to_string());
        let say = |problem: &Problem| format!("{} {}", problem.place, problem.message);
        (json, problems.iter().map(say).collect())
    }

    #[test]
    fn any_value_is_read() {
        let text = r#"{"a": [1, -2.5, 1e400, true, null, "x\n\u00e9\ud83d\ude00"], /* c */ "b": {}, "b": 1,}"#;
        let json = r#"{"a":[1,-2.5,"1e400",true,null,"x\né😀"],"b":1}"#;
        assert_eq!(read(text), (json.to_owned(), Vec::new()));
    }

    #[test]
    fn every_value_knows_its_place() {
        let source = Source::new("a.json", "{\"é\": [\"x\",\n  {\"k\": 7}]}");
        let tree = parse(&source, &mut Vec::new()).unwrap();
        let list = tree.get("é").unwrap();
        assert_eq!((list.line, list.column, list.start), (1, 7, 7));
        let number = list.items()[1].get("k").unwrap();
        assert_eq!((number.line, number.column), (2, 9));
        assert_eq!(&source.text[number.start as usize..=number.start as usize], "7");
    }

    #[test]
    fn what_is_wrong_has_a_place() {
        assert_eq!(read("").1, ["a.json:1:1 the file is empty"]);
        assert_eq!(read("{\"a\": [1,\n 2").1, ["a.json:1:7 not JSON: unterminated array"]);
        assert_eq!(read("{\"a\": \"x").1, ["a.json:1:7 not JSON: unterminated string literal"]);
        let conflict = "{\n<<<<<<< ours\n\"a\": 1\n=======\n\"a\": 2\n>>>>>>> theirs\n}";
        assert_eq!(read(conflict).1, ["a.json:2:1 merge conflict is not resolved"]);
        let deep = "[".repeat(100_000);
        assert_eq!(read(&deep).1.len(), 1);
    }
}
