//! A kit as a script: comments, then one query after the other.

use std::fmt::Write as _;

use plumb_base::answer::Extract;

use crate::{Style, visible};

/// Letters of a line of comment.
const WIDTH: usize = 97;

pub(super) fn extract(answer: &Extract, style: &Style<'_>) -> String {
    let mut script = format!(
        "-- plumb {}: what it reads of {}, and nothing else; {} days back\n",
        style.version, answer.platform, answer.days
    );
    let manifest = format!(
        "Put beside the files what was to be in them: plumb extract-kit {} --days {} -f json > plumb-extract.json",
        answer.platform, answer.days
    );
    for note in answer.notes.iter().chain([&manifest]) {
        comment(note, &mut script);
    }
    for line in &answer.before {
        let _written = write!(script, "\n{line};\n");
    }
    for file in &answer.files {
        let _written = write!(script, "\n-- {}: {}\n{};\n", file.name, file.why, file.query);
    }
    let lines = script.lines().map(|line| visible(line) + "\n");
    lines.collect()
}

/// A sentence, wrapped.
fn comment(text: &str, script: &mut String) {
    let mut line = String::new();
    for word in text.split(' ') {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > WIDTH {
            let _written = writeln!(script, "-- {line}");
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    let _written = writeln!(script, "-- {line}");
}
