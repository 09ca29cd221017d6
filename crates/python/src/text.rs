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

impl Unknown {
    /// The same with something behind its name; parameters are everybody's.
    pub(crate) fn of_run(&self, run: &str) -> Self {
        match self {
            Self::Parameter(name) => Self::Parameter(name.clone()),
            Self::Expression(text) => Self::Expression(format!("{text}{run}")),
        }
    }
}

/// Bytes that a text may have which was put together: a loop may double one again and again.
const LONGEST: usize = 256 << 10;

/// A text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Text {
    parts: Vec<Part>,
    /// Bytes of all parts, roughly.
    len: usize,
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

impl Part {
    /// Its bytes, and some for itself.
    fn len(&self) -> usize {
        16 + match self {
            Self::Known(text) => text.text.len(),
            Self::Elsewhere(text) => text.len(),
            Self::Hole(..) => 0,
        }
    }
}

impl From<Part> for Text {
    fn from(part: Part) -> Self {
        Self::of(vec![part])
    }
}

impl Text {
    pub(crate) fn known(text: MappedText) -> Self {
        Self::of(vec![Part::Known(text)])
    }

    pub(crate) fn hole(unknown: Unknown, span: Span) -> Self {
        Self::of(vec![Part::Hole(unknown, Some(span))])
    }

    fn of(parts: Vec<Part>) -> Self {
        let len = parts.iter().map(Part::len).sum();
        Self { parts, len }
    }

    pub(crate) fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Adds another text, unless both are too long together.
    pub(crate) fn push(&mut self, other: Self) {
        if self.len == 0 {
            *self = other;
            return;
        }
        self.len = self.len.saturating_add(other.len);
        if self.len > LONGEST {
            self.parts.clear();
        } else {
            self.parts.extend(other.parts);
        }
    }

    /// Whether more was added than it can hold; it holds nothing then.
    pub(crate) fn is_too_long(&self) -> bool {
        self.len > LONGEST && self.parts.is_empty()
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
        Self { parts: parts.collect(), len: self.len }
    }

    /// The same with something behind the name of every value that is not known.
    pub(crate) fn of_run(&self, run: &str) -> Self {
        let parts = self.parts.iter().map(|part| match part {
            Part::Hole(unknown, span) => Part::Hole(unknown.of_run(run), *span),
            Part::Known(_) | Part::Elsewhere(_) => part.clone(),
        });
        Self { parts: parts.collect(), len: self.len }
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
        Self { parts: parts.collect(), len: self.len }
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
