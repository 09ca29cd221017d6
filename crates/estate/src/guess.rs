//! Templates that belong to no project: rendered here, though what renders them is not known.

use std::sync::Arc;

use plumb_base::{Lines, Problem, Severity, Source, SourceMap};
use plumb_resolve::Hole;
use plumb_syntax::sql::{self, Dialect};
use plumb_template::{HoleKind, render_alone};

use crate::{
    outline::Trees,
    read::{Made, Text},
};

/// What a template of no project gave.
pub(crate) struct Guessed {
    pub(crate) map: SourceMap,
    /// What decided, unknown here, which text it is.
    pub(crate) worlds: Vec<String>,
    pub(crate) problems: Vec<Problem>,
}

impl Text {
    /// A file that is a template, if it reads as one.
    pub(crate) fn of_template(source: &Source, dialect: &'static Dialect) -> Option<Self> {
        let rendered = render_alone(source);
        if rendered.problems.iter().any(|problem| problem.severity == Severity::Failed) {
            return None;
        }
        let parsed = sql::parse(&rendered.text, dialect);
        let lines = Lines::new(&source.text);
        let deciding = rendered.holes.iter().filter(|hole| hole.kind != HoleKind::Value);
        let mut worlds: Vec<String> = deciding.clone().map(|hole| hole.key.clone()).collect();
        if parsed.problems.iter().any(|trouble| trouble.reason == "template-statement") {
            worlds.push(format!("what stands before a statement of {}", source.path));
        }
        worlds.sort();
        worlds.dedup();
        let mut problems = rendered.problems;
        problems.extend(deciding.map(|hole| Problem {
            place: lines.place(&source.path, &source.text, hole.span),
            severity: Severity::Partly,
            reason: format!("template-{}", hole.kind.word()),
            message: unknown(hole),
        }));
        let hole = |it: plumb_template::Hole| Hole { kind: it.kind.word().to_owned(), key: it.key };
        Some(Self {
            path: source.path.clone(),
            file: source.text.as_str().into(),
            lines: Arc::new(lines),
            sql: rendered.text.into(),
            made: Made::Guessed(Box::new(Guessed { map: rendered.map, worlds, problems })),
            written: None,
            trees: Trees::of(parsed),
            outline: None,
            dialect,
            holes: rendered.holes.into_iter().map(hole).collect(),
        })
    }
}

/// Letters of a key that a message shows.
const KEY_SHOWN: usize = 80;

/// What a template does not know, and why, in one line.
pub(crate) fn unknown(hole: &plumb_template::Hole) -> String {
    // Whose it is stands beside the message.
    let is_name = |owner: &str| {
        owner.chars().all(|it| it.is_alphanumeric() || matches!(it, '_' | '.' | '-' | '/'))
    };
    let own = hole.key.split_once(':').filter(|(owner, _)| is_name(owner));
    let words: Vec<&str> = own.map_or(&*hole.key, |own| own.1).split_whitespace().collect();
    let words = words.join(" ");
    match words.char_indices().nth(KEY_SHOWN) {
        Some((end, _)) => format!("`{}…`: {}", &words[..end], hole.reason),
        None => format!("`{words}`: {}", hole.reason),
    }
}
