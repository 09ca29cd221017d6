//! Names: when they stand bare, and what stands around them when they do not.

use plumb_base::{Name, TableName};

use crate::{
    unspoken::{Said, Unspoken},
    writer::Writer,
};

/// What a name is of: the two are not always folded alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    Column,
    Table,
}

impl Writer<'_> {
    /// The text of a canonical name.
    pub(crate) fn name(&self, of: Of, canonical: &str) -> Said<String> {
        let fold = |text: &str, quoted: bool| match of {
            Of::Column => self.dialect.column_name(text, quoted),
            Of::Table => self.dialect.table_part(text, quoted),
        };
        let wanted = Name::new(canonical);
        if self.is_plain(canonical) && fold(canonical, false) == wanted {
            return Ok(canonical.to_owned());
        }
        let inner = canonical.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
        let inner = inner.filter(|it| !it.is_empty()).unwrap_or(canonical);
        let quote = self.spelling.quote;
        let odd = |letter: char| letter == quote || letter == '\\' || letter.is_control();
        let parts = inner.contains('.') && quote == '`';
        if inner.is_empty() || inner.contains(odd) || inner.starts_with('@') || parts {
            return Err(Unspoken::Name(canonical.to_owned()));
        }
        let ways = [inner.to_owned(), inner.to_lowercase(), inner.to_uppercase()];
        let found = ways.into_iter().find(|way| fold(way, true) == wanted);
        let found = found.ok_or_else(|| Unspoken::Name(canonical.to_owned()))?;
        Ok(format!("{quote}{found}{quote}"))
    }

    /// The text of the name of a table, and of what its columns are qualified with.
    pub(crate) fn table_name(&self, canonical: &str) -> Said<(String, Option<String>)> {
        let parts = TableName::parse(canonical).0;
        if canonical.contains(['{', '(']) {
            return Err(Unspoken::Hole(canonical.to_owned()));
        }
        let parts = parts.iter().map(|part| self.name(Of::Table, part.as_str()));
        let parts = parts.collect::<Said<Vec<String>>>()?;
        let last = parts.last().filter(|part| self.is_plain(part)).cloned();
        Ok((parts.join("."), last))
    }

    /// Whether a word is a name without quotes.
    pub(crate) fn is_plain(&self, word: &str) -> bool {
        let letters = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let first = word.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
        let small = word.to_ascii_lowercase();
        first
            && letters
            && !plumb_base::sql::is_reserved(&small)
            && !self.spelling.reserved.contains(&small.as_str())
            && self.dialect.keyword(&small).is_none()
    }
}
