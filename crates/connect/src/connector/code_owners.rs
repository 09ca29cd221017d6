//! Files of code owners, as GitHub and GitLab know them.

use plumb_base::record::{CodeOwners, Found, OwnerRule};
use plumb_base::{Problem, Severity, WorldError};

use crate::{Connector, Walk, path, text};

pub(crate) static CONNECTOR: Connector =
    Connector { name: "code_owners", page: include_str!("code_owners.md"), find };

/// Where the file may lie below the top of the repository; the first that is there counts.
const PLACES: &[&str] =
    &[".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"];

fn find(walk: &Walk<'_>, found: &mut Found) {
    let below = walk.world.below_top();
    for place in PLACES {
        let bytes = match walk.world.read_from_top(place) {
            Ok(bytes) => bytes,
            Err(WorldError::Missing(_)) => continue,
            Err(error) => {
                let message = error.to_string();
                found.problems.push(text::of_file(place, Severity::Partly, "unreadable", message));
                return;
            }
        };
        let path = path::from_below(place, &below);
        let source = text::decoded(&path, bytes, &mut found.problems);
        // GitHub knows no exclusions, and passes over a line that looks like one.
        let excludes = !place.starts_with(".github/");
        let rules = rules(&source.text, &path, excludes, &mut found.problems);
        found.code_owners = Some(CodeOwners { path, below, rules });
        return;
    }
}

/// A section of GitLab: its name, and who owns what names nobody else.
struct Section<'a> {
    name: Option<String>,
    owners: Vec<&'a str>,
}

fn rules(text: &str, path: &str, excludes: bool, problems: &mut Vec<Problem>) -> Vec<OwnerRule> {
    let mut rules = Vec::new();
    let mut section = Section { name: None, owners: Vec::new() };
    for (line, written) in (1..).zip(text.lines()) {
        let written = written.trim();
        if written.is_empty() || written.starts_with('#') {
            continue;
        }
        if let Some(next) = head(written) {
            section = next;
            continue;
        }
        let (pattern, rest) = split_pattern(written);
        let mut note = |message: String| {
            let at = (line, 1);
            problems.push(text::at(path, at, Severity::Note, "code-owner-line", message));
        };
        let excluded = pattern.strip_prefix('!');
        if excluded.is_some() && !excludes {
            note(format!("`{pattern}` is no pattern: GitHub knows no exclusions"));
            continue;
        }
        let given: Vec<&str> =
            rest.split_whitespace().take_while(|word| !word.starts_with('#')).collect();
        let (owners, others): (Vec<&str>, Vec<&str>) =
            given.iter().copied().partition(|word| word.contains('@'));
        if let Some(other) = others.first() {
            note(format!("`{other}` is no owner: neither `@name` nor an address"));
            // The line does not say that these files are nobody's.
            if owners.is_empty() {
                continue;
            }
        }
        let owners = match excluded {
            Some(_) => &[][..],
            None if owners.is_empty() => &section.owners,
            None => &owners,
        };
        rules.push(OwnerRule {
            section: section.name.clone(),
            pattern: excluded.unwrap_or(pattern).to_owned(),
            owners: owners.iter().map(|owner| (*owner).to_owned()).collect(),
            excludes: excluded.is_some(),
            line,
        });
    }
    rules
}

/// Reads `[Name]`, `^[Name]`, `[Name][2] @owner`.
fn head(line: &str) -> Option<Section<'_>> {
    let line = line.strip_prefix('^').unwrap_or(line);
    let (name, rest) = line.strip_prefix('[')?.split_once(']')?;
    let approvals = |rest: &'_ str| {
        let (number, _) = rest.strip_prefix('[')?.split_once(']')?;
        number.bytes().all(|byte| byte.is_ascii_digit()).then_some(number.len() + 2)
    };
    let rest = approvals(rest).map_or(rest, |length| &rest[length..]);
    if !(rest.is_empty() || rest.starts_with(char::is_whitespace)) {
        return None;
    }
    let owners = rest.split_whitespace().take_while(|word| !word.starts_with('#'));
    let owners = owners.filter(|word| word.contains('@')).collect();
    // Two sections whose names differ by case are one.
    Some(Section { name: Some(name.trim().to_lowercase()), owners })
}

/// The pattern, up to the first space that no backslash stands before, and the rest.
fn split_pattern(line: &str) -> (&str, &str) {
    let mut escaped = false;
    for (at, letter) in line.char_indices() {
        if letter.is_whitespace() && !escaped {
            return line.split_at(at);
        }
        escaped = letter == '\\' && !escaped;
    }
    (line, "")
}
