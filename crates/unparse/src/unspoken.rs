//! Why a plan has no text.

use thiserror::Error;

/// What a dialect cannot say, or nobody knows.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Unspoken {
    /// A part of the plan is not understood.
    #[error("a part was not understood: `{0}`")]
    Opaque(String),
    /// A value is given by a template or a run.
    #[error("a value is not known: `{0}`")]
    Hole(String),
    /// The dialect has no function of this meaning.
    #[error("no function of the dialect is `{0}`")]
    Function(String),
    /// The dialect has no such type.
    #[error("no type of the dialect is `{0}`")]
    Type(String),
    /// The dialect cannot spell the name.
    #[error("the dialect cannot spell the name `{0}`")]
    Name(String),
    /// The dialect has no grammar for it.
    #[error("the dialect has no {0}")]
    Grammar(&'static str),
    /// No text has this shape.
    #[error("SQL has no way to say {0}")]
    Shape(&'static str),
}

pub(crate) type Said<T> = Result<T, Unspoken>;
