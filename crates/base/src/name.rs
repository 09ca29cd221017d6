//! Names of relations and columns, after the dialect folded them.

use std::fmt;

use ecow::EcoString;
use serde::{Deserialize, Serialize};

/// A name in canonical spelling.
///
/// What a dialect treats as the same is spelled the same: a name that needs no quotes is in lower case. A
/// name that needs quotes to keep its case is kept exactly, with the quotes, so that it never meets another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Name(EcoString);

impl Name {
    /// Wraps a spelling that is canonical already.
    pub fn new(text: impl Into<EcoString>) -> Self {
        Self(text.into())
    }

    /// The spelling.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

/// The name of a relation, outermost part first: catalog, schema, table, as many as were given.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TableName(pub Vec<Name>);

impl TableName {
    /// Splits a canonical spelling at its dots; quoted parts keep theirs.
    pub fn parse(text: &str) -> Self {
        let (mut parts, mut part, mut quoted) = (Vec::new(), String::new(), false);
        for letter in text.chars() {
            match letter {
                '"' => {
                    quoted = !quoted;
                    part.push(letter);
                }
                '.' if !quoted => parts.push(Name::new(std::mem::take(&mut part))),
                _ => part.push(letter),
            }
        }
        parts.push(Name::new(part));
        Self(parts)
    }

    /// The innermost part.
    pub fn table(&self) -> &str {
        self.0.last().map_or("", Name::as_str)
    }

    /// Whether `self` is `other` with outer parts left out, as in `orders` for `shop.orders`.
    pub fn is_suffix_of(&self, other: &Self) -> bool {
        other.0.ends_with(&self.0)
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, part) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(".")?;
            }
            part.fmt(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_print_and_parse() {
        let name = TableName::parse("db.\"My.Schema\".t");
        assert_eq!(name.0.len(), 3);
        assert_eq!(name.to_string(), "db.\"My.Schema\".t");
        assert!(TableName::parse("t").is_suffix_of(&name));
    }
}
