//! What an answer may hold: foreign text made harmless, nothing empty, and so many bytes.

use plumb_base::{Message, Owner, Part, Saving};
use plumb_report::visible;
use serde_json::{Map, Value};

/// Bytes of an answer that nobody asked to be longer: about 600 tokens.
pub(crate) const BRIEF: usize = 2_400;

/// Bytes of an answer at its longest: about 2,000 tokens.
pub(crate) const DETAIL: usize = 8_000;

/// Characters of a foreign text.
const LONGEST: usize = 200;

/// Bytes kept for saying what is left out.
const RESERVE: usize = 48;

/// An answer in the making; keys stand in the order they were said.
pub(crate) struct Answer {
    said: Map<String, Value>,
    budget: usize,
}

impl Answer {
    pub(crate) fn within(budget: usize) -> Self {
        Self { said: Map::new(), budget }
    }

    /// A text, unless it is empty.
    pub(crate) fn say(&mut self, key: &str, text: &str) {
        if !text.is_empty() {
            self.said.insert(key.to_owned(), Value::String(quoted(text)));
        }
    }

    /// A count; zero is worth saying.
    pub(crate) fn count(&mut self, key: &str, count: usize) {
        self.said.insert(key.to_owned(), count.into());
    }

    /// A part that was made already.
    pub(crate) fn part(&mut self, key: &str, part: Self) {
        self.said.insert(key.to_owned(), part.done());
    }

    /// The first `most` items of a list, as far as there is room; the rest is counted.
    pub(crate) fn list(&mut self, key: &str, left: &str, most: usize, items: Vec<Value>) {
        let total = items.len();
        let mut room = self.room().saturating_sub(key.len());
        let mut kept = Vec::new();
        for item in items.into_iter().take(most).map(harmless) {
            let size = item.to_string().len() + 1;
            if size > room {
                break;
            }
            room -= size;
            kept.push(item);
        }
        let left_out = total - kept.len();
        if !kept.is_empty() {
            self.said.insert(key.to_owned(), Value::Array(kept));
        }
        if left_out > 0 {
            self.count(left, left_out);
        }
    }

    /// Lines, as far as there is room; the rest is counted.
    pub(crate) fn lines(&mut self, key: &str, left: &str, text: &str) {
        let mut room = self.room().saturating_sub(key.len());
        let mut kept = String::new();
        let mut lines = text.lines();
        for line in lines.by_ref() {
            let line = quoted(line);
            // In JSON, quotes and line breaks take two bytes.
            let size = Value::String(line.clone()).to_string().len();
            if size > room {
                self.count(left, lines.count() + 1);
                break;
            }
            room -= size;
            kept.push_str(&line);
            kept.push('\n');
        }
        self.said.insert(key.to_owned(), Value::String(kept));
    }

    /// A text that is worth something only as it is.
    pub(crate) fn whole(&mut self, key: &str, text: &str) -> Result<(), &'static str> {
        if text.lines().any(|line| visible(line) != line) {
            return Err("holds characters that hide");
        }
        if Value::String(text.to_owned()).to_string().len() + key.len() > self.room() {
            return Err("is too long for an answer");
        }
        self.said.insert(key.to_owned(), Value::String(text.to_owned()));
        Ok(())
    }

    pub(crate) fn done(self) -> Value {
        Value::Object(self.said)
    }

    fn room(&self) -> usize {
        let said: usize =
            self.said.iter().map(|(key, value)| key.len() + value.to_string().len() + 4).sum();
        self.budget.saturating_sub(said + RESERVE)
    }
}

/// A text of the platform: what would act or hide is written out, and it ends somewhere.
pub(crate) fn quoted(text: &str) -> String {
    let text = visible(text);
    if text.chars().count() <= LONGEST {
        return text;
    }
    text.chars().take(LONGEST - 1).chain(['…']).collect()
}

fn harmless(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(quoted(&text)),
        Value::Array(items) => items.into_iter().map(harmless).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => value,
    }
}

/// A sentence; literals of SQL stay on this machine.
pub(crate) fn words(message: &Message) -> String {
    message
        .0
        .iter()
        .map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Name(name) => format!("`{}`", quoted(name)),
            Part::Literal(_) => "…".to_owned(),
            Part::Count(count) => count.to_string(),
        })
        .collect()
}

/// What a finding would save, in words.
pub(crate) fn saves(saving: &Saving) -> String {
    match saving {
        Saving::NotGiven(why) => format!("not given: {why}"),
        Saving::PerMonth { low, high } => {
            let (low, high) = (low.to_string(), high.to_string());
            if low == high { format!("{low} a month") } else { format!("{low} to {high} a month") }
        }
    }
}

/// Whom to talk to, by name.
pub(crate) fn names(owners: &[Owner]) -> String {
    let names: Vec<&str> = owners.iter().take(3).map(|owner| owner.name.as_str()).collect();
    match owners.len() {
        0 => "nobody known".to_owned(),
        all @ 4.. => format!("{} and {} more", names.join(", "), all - names.len()),
        _ => names.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_shows_itself_and_ends() {
        assert_eq!(quoted("a\u{202e}b\n"), "a\\u{202e}b\\n");
        assert_eq!(quoted(&"é".repeat(200)).chars().count(), 200);
        let cut = quoted(&"é".repeat(201));
        assert!(cut.ends_with('…') && cut.chars().count() == 200, "{cut}");
    }

    #[test]
    fn nothing_empty_is_said() {
        let mut answer = Answer::within(BRIEF);
        answer.say("owner", "");
        answer.list("names", "left_out", 8, Vec::new());
        assert_eq!(answer.done().to_string(), "{}");
    }

    #[test]
    fn a_list_ends_where_the_room_ends() {
        let mut answer = Answer::within(500);
        answer.count("total", 100);
        answer.list("rows", "left_out", 50, vec!["0123456789".into(); 100]);
        let answer = answer.done();
        assert!(answer.to_string().len() <= 500, "{answer}");
        let kept = answer["rows"].as_array().map_or(0, Vec::len);
        assert!(kept > 20 && answer["left_out"] == 100 - kept, "{answer}");
    }

    #[test]
    fn lines_end_where_the_room_ends() {
        let mut answer = Answer::within(200);
        answer.lines("plan", "lines_left_out", &"(scan \"x\")\n".repeat(30));
        let answer = answer.done();
        assert!(answer.to_string().len() <= 200, "{answer}");
        let kept = answer["plan"].as_str().map_or(0, |plan| plan.lines().count());
        assert!(kept > 5 && answer["lines_left_out"] == 30 - kept, "{answer}");
    }

    #[test]
    fn a_text_that_must_be_whole_is_never_cut() {
        assert!(Answer::within(100).whole("text", &"x".repeat(100)).is_err());
        assert!(Answer::within(BRIEF).whole("text", "select a\u{202e}b").is_err());
        assert!(Answer::within(BRIEF).whole("text", "select a,\n    b\n").is_ok());
    }

    #[test]
    fn literals_stay_here() {
        let message =
            Message::text("filters ").then_name("a\u{7}").then(" by ").then_literal("'x'");
        assert_eq!(words(&message), "filters `a\\u{7}` by …");
    }

    #[test]
    fn many_owners_are_counted() {
        let owner = |name: &str| Owner { name: name.to_owned(), source: String::new() };
        let all: Vec<Owner> = ["a", "b", "c", "d", "e"].map(owner).to_vec();
        assert_eq!(names(&all), "a, b, c and 2 more");
        assert_eq!(names(&all[..3]), "a, b, c");
        assert_eq!(names(&[]), "nobody known");
    }
}
