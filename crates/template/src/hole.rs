//! Values that are not known before a run, and what they stand for.

use plumb_base::{Digest, Span};

/// What kind of thing is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HoleKind {
    /// One value.
    Value,
    /// Rows of a query: a loop over them rendered its body once.
    Rows,
    /// A condition: one arm was rendered, the likelier one.
    Branch,
    /// A macro that is not installed.
    Macro,
}

impl HoleKind {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Value => "value",
            Self::Rows => "rows",
            Self::Branch => "branch",
            Self::Macro => "macro",
        }
    }
}

/// A value that is not known; it stands in the text as the identifier `__plumb_hole_N__`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hole {
    /// What kind of thing is not known.
    pub kind: HoleKind,
    /// Identity of the value: two holes with one key stand for the same value, also across models.
    pub key: String,
    /// Where the template first needs it.
    pub span: Span,
    /// Why it is not known.
    pub reason: String,
}

/// What the identifier of a hole begins with.
pub(super) const MARK: &str = "__plumb_hole_";

/// The identifier that stands for the hole of this index.
pub(super) fn identifier(index: usize) -> String {
    format!("{MARK}{index}__")
}

/// An unknown value while it is computed with; it becomes a [`Hole`] when it is printed or decides something.
#[derive(Debug, Clone)]
pub(super) struct Unknown {
    pub(super) kind: HoleKind,
    pub(super) key: String,
    pub(super) reason: String,
    /// What to assume when it decides a branch.
    pub(super) lean: bool,
    /// The value that it says another has, by the key of that.
    pub(super) says: Option<(String, String)>,
}

impl Unknown {
    /// An unknown value of this key.
    pub(super) fn new(kind: HoleKind, key: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { kind, key: short(key.into()), reason: reason.into(), lean: true, says: None }
    }

    /// What is computed from it.
    pub(super) fn derive(&self, key: impl Into<String>) -> Self {
        let kind = if self.kind == HoleKind::Branch { HoleKind::Value } else { self.kind };
        Self { kind, key: short(key.into()), reason: self.reason.clone(), lean: true, says: None }
    }

    /// The same, assumed to be this when it decides.
    pub(super) fn leaning(mut self, lean: bool) -> Self {
        self.lean = lean;
        self
    }

    /// The same; it says that another value is this text.
    pub(super) fn saying(mut self, of: &Self, text: &str) -> Self {
        self.says = Some((of.key.clone(), text.to_owned()));
        self
    }
}

fn short(key: String) -> String {
    const LIMIT: usize = 200;
    if key.len() <= LIMIT {
        return key;
    }
    let cut = (0..=LIMIT / 2).rev().find(|at| key.is_char_boundary(*at)).unwrap_or(0);
    // A key that names a hole by its number means something in its own model only: that must stay visible.
    let local = if key.contains(MARK) { MARK } else { "" };
    format!("{}…{}{local}", &key[..cut], Digest::of(&key))
}
