//! A sentence made of typed parts, so that each renderer can dress, link, escape or redact it.

use serde::{Deserialize, Serialize};

/// One part of a message.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// Our own words; safe in every renderer.
    Text(String),
    /// A name from the user's platform: untrusted, escaped by renderers.
    Name(String),
    /// A literal of the user's SQL: redacted in what leaves the machine.
    Literal(String),
    /// A count.
    Count(u64),
}

/// One clause, lower case, without a full stop.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Message(pub Vec<Part>);

impl Message {
    /// Starts with our own words.
    pub fn text(text: impl Into<String>) -> Self {
        Self(vec![Part::Text(text.into())])
    }

    /// Starts with a name.
    pub fn name(name: impl Into<String>) -> Self {
        Self(vec![Part::Name(name.into())])
    }

    /// Goes on with our own words.
    #[must_use]
    pub fn then(mut self, text: impl Into<String>) -> Self {
        self.0.push(Part::Text(text.into()));
        self
    }

    /// Goes on with a name.
    #[must_use]
    pub fn then_name(mut self, name: impl Into<String>) -> Self {
        self.0.push(Part::Name(name.into()));
        self
    }

    /// Goes on with a literal of the user's SQL.
    #[must_use]
    pub fn then_literal(mut self, literal: impl Into<String>) -> Self {
        self.0.push(Part::Literal(literal.into()));
        self
    }

    /// Goes on with a count.
    #[must_use]
    pub fn then_count(mut self, count: usize) -> Self {
        self.0.push(Part::Count(count as u64));
        self
    }

    /// The words alone, names in `quote`s, for a terminal or a log.
    pub fn plain(&self, quote: &str) -> String {
        self.0
            .iter()
            .map(|part| match part {
                Part::Text(text) | Part::Literal(text) => text.clone(),
                Part::Name(name) => format!("{quote}{name}{quote}"),
                Part::Count(count) => count.to_string(),
            })
            .collect()
    }
}
