//! Why a plan has no rows that one could vouch for.

/// Why something was not computed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unable {
    /// It takes more steps, rows or nesting than the budget allows.
    TooMuch,
    /// It depends on something whose meaning is not known: a function, a hole, an opaque part.
    Unknown(String),
    /// The plan does not say which of several results it means: rows that tie, an open order of texts.
    Ambiguous(&'static str),
    /// An engine would raise an error.
    Fails(&'static str),
    /// It asks for a column that is not there, or gives a value where none of its type may stand.
    Broken(String),
}

impl Unable {
    pub(crate) fn broken<T>(what: &str) -> Result<T, Self> {
        Err(Self::Broken(what.to_owned()))
    }

    pub(crate) fn unknown<T>(what: &str) -> Result<T, Self> {
        Err(Self::Unknown(what.to_owned()))
    }
}
