//! Bytes of the world as text, and what went wrong on the way.

use plumb_base::{Lines, Place, Position, Problem, Severity, Source, Span, World, WorldError};

/// Reads a file as text; `None`, and a problem, when the world has it and will not give it.
pub fn read(world: &dyn World, path: &str, problems: &mut Vec<Problem>) -> Option<Source> {
    match world.read(path) {
        Ok(bytes) => Some(decoded(path, bytes, problems)),
        Err(error) => {
            problems.push(unreadable(path, &error));
            None
        }
    }
}

/// Reads a file as text where it exists; that it is missing is no problem.
pub fn read_if_there(world: &dyn World, path: &str, problems: &mut Vec<Problem>) -> Option<Source> {
    match world.read(path) {
        Ok(bytes) => Some(decoded(path, bytes, problems)),
        Err(WorldError::Missing(_)) => None,
        Err(error) => {
            problems.push(unreadable(path, &error));
            None
        }
    }
}

/// A problem that concerns a file as a whole.
pub fn of_file(path: &str, severity: Severity, reason: &str, message: String) -> Problem {
    Problem { place: Place::file(path), severity, reason: reason.to_owned(), message }
}

/// A problem at a 1-based line and column.
pub fn at(
    path: &str,
    (line, column): (u32, u32),
    severity: Severity,
    reason: &str,
    message: String,
) -> Problem {
    Problem { place: place(path, line, column), severity, reason: reason.to_owned(), message }
}

/// The place of a 1-based line and column.
pub fn place(path: &str, line: u32, column: u32) -> Place {
    let start = Position { line: line.max(1), column: column.max(1) };
    Place { path: path.to_owned(), start, end: start }
}

/// Line and column of a byte of a text.
pub fn position(text: &str, byte: usize) -> (u32, u32) {
    let at = Lines::new(text).position(text, Span::new(byte, byte).start);
    (at.line, at.column)
}

fn unreadable(path: &str, error: &WorldError) -> Problem {
    of_file(path, Severity::Failed, "unreadable", error.to_string())
}

/// Bytes as text; what is no UTF-8 is replaced, and said.
pub fn decoded(path: &str, bytes: Vec<u8>, problems: &mut Vec<Problem>) -> Source {
    let text = String::from_utf8(bytes).unwrap_or_else(|error| {
        let valid = error.utf8_error().valid_up_to();
        let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
        let message = "not UTF-8; what was not is replaced".to_owned();
        problems.push(at(path, position(&text, valid), Severity::Note, "not-utf8", message));
        text
    });
    // A byte order mark is no part of the text: columns count from the first letter.
    let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
    Source::new(path, text)
}
