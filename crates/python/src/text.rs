//! Texts of which some parts are not known before a run.

use plumb_base::{MappedText, Span};

use crate::program::Hole;

/// What the identifier of a hole begins with, as in templates.
const MARK: &str = "__plumb_hole_";

/// A value that is not known before a run, by what the program says of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unknown {
    /// A parameter of the notebook, which its SQL can name too.
    Parameter(String),
    /// An expression; two of one notebook that read the same hold the same value.
    Expression(String),
}

/// A text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) parts: Vec<Part>,
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// Written in this program.
    Known(MappedText),
    /// Written in another one.
    Elsewhere(String),
    /// A value that is not known; its place, if that is in this program.
    Hole(Unknown, Option<Span>),
}

impl Text {
    pub(crate) fn known(text: MappedText) -> Self {
        Self { parts: vec![Part::Known(text)] }
    }

    pub(crate) fn hole(unknown: Unknown, span: Span) -> Self {
        Self { parts: vec![Part::Hole(unknown, Some(span))] }
    }

    pub(crate) fn push(&mut self, other: Self) {
        self.parts.extend(other.parts);
    }

    /// Whether some of it is written somewhere.
    pub(crate) fn is_known(&self) -> bool {
        self.parts.iter().any(|part| match part {
            Part::Known(text) => !text.text.trim().is_empty(),
            Part::Elsewhere(text) => !text.trim().is_empty(),
            Part::Hole(..) => false,
        })
    }

    /// The text, if all of it is known.
    pub(crate) fn whole(&self) -> Option<String> {
        let mut whole = String::new();
        for part in &self.parts {
            match part {
                Part::Known(text) => whole.push_str(&text.text),
                Part::Elsewhere(text) => whole.push_str(text),
                Part::Hole(..) => return None,
            }
        }
        Some(whole)
    }

    /// How it begins, as far as that is known.
    pub(crate) fn head(&self) -> String {
        let mut head = String::new();
        for part in &self.parts {
            match part {
                Part::Known(text) => head.push_str(&text.text),
                Part::Elsewhere(text) => head.push_str(text),
                Part::Hole(..) => break,
            }
        }
        head
    }

    /// The same as another program sees it.
    pub(crate) fn elsewhere(&self) -> Self {
        let parts = self.parts.iter().map(|part| match part {
            Part::Known(text) => Part::Elsewhere(text.text.clone()),
            Part::Elsewhere(text) => Part::Elsewhere(text.clone()),
            Part::Hole(unknown, _) => Part::Hole(unknown.clone(), None),
        });
        Self { parts: parts.collect() }
    }

    /// The same where it is used: what is written elsewhere stands here.
    pub(crate) fn used_at(&self, span: Span) -> Self {
        let parts = self.parts.iter().map(|part| match part {
            Part::Elsewhere(text) => {
                let mut printed = MappedText::default();
                printed.print(text, span);
                Part::Known(printed)
            }
            Part::Hole(unknown, None) => Part::Hole(unknown.clone(), Some(span)),
            Part::Known(_) | Part::Hole(_, Some(_)) => part.clone(),
        });
        Self { parts: parts.collect() }
    }

    /// The same in place of a part of this program.
    pub(crate) fn in_place_of(&self, span: Span) -> Self {
        self.elsewhere().used_at(span)
    }

    /// The text with an identifier in place of each value that is not known.
    pub(crate) fn printed(&self, holes: &mut Vec<Hole>) -> MappedText {
        let mut made = MappedText::default();
        for part in &self.parts {
            match part {
                Part::Known(text) => made.push(text),
                Part::Elsewhere(text) => made.print(text, Span::default()),
                Part::Hole(unknown, span) => {
                    let span = span.unwrap_or_default();
                    let known = holes.iter().position(|hole| hole.unknown == *unknown);
                    let index = known.unwrap_or_else(|| {
                        holes.push(Hole { unknown: unknown.clone(), span });
                        holes.len() - 1
                    });
                    made.print(&format!("{MARK}{index}__"), span);
                }
            }
        }
        made
    }
}
