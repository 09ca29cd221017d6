//! Text with places where a line may end: on one line where it fits, else in several.

/// Letters of a line.
const WIDTH: usize = 92;

/// Letters by which what belongs to a line above moves in.
const INDENT: usize = 4;

/// A text that may be laid out in several ways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Doc {
    /// As it stands; it may hold the line ends of a constant, which are never moved.
    Text(String),
    /// A column of an input of the statement it stands in, with or without the name of the input before it.
    Column { of: String, name: String },
    /// A space, or the end of a line.
    Line,
    /// Nothing, or the end of a line.
    Cut,
    /// Moved in.
    Nest(Box<Self>),
    /// On one line, if it fits.
    Group(Box<Self>),
    /// One after the other.
    All(Vec<Self>),
}

impl Doc {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(crate) fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        Self::All(parts.into_iter().collect())
    }

    pub(crate) fn group(self) -> Self {
        Self::Group(Box::new(self))
    }

    pub(crate) fn nest(self) -> Self {
        Self::Nest(Box::new(self))
    }

    /// With a separator and a place for a line end between each two.
    pub(crate) fn list(parts: impl IntoIterator<Item = Self>, between: &str) -> Self {
        let mut all = Vec::new();
        for part in parts {
            if !all.is_empty() {
                all.push(Self::text(between));
                all.push(Self::Line);
            }
            all.push(part);
        }
        Self::All(all)
    }

    /// In parentheses, behind a word.
    pub(crate) fn parens(before: &str, inside: Self) -> Self {
        Self::all([
            Self::text(format!("{before}(")),
            Self::all([Self::Cut, inside]).nest(),
            Self::Cut,
            Self::text(")"),
        ])
        .group()
    }

    /// Whether its text begins with another.
    pub(crate) fn begins(&self, with: &str) -> bool {
        match self {
            Self::Text(text) => text.starts_with(with),
            Self::Column { .. } | Self::Line | Self::Cut => false,
            Self::Nest(inner) | Self::Group(inner) => inner.begins(with),
            Self::All(parts) => {
                parts.iter().find(|it| **it != Self::Cut).is_some_and(|it| it.begins(with))
            }
        }
    }

    /// With each column of this statement written out: alone where it may stand alone.
    pub(crate) fn settled(self, alone: &dyn Fn(&str) -> bool) -> Self {
        match self {
            Self::Column { name, .. } if alone(&name) => Self::Text(name),
            Self::Column { of, name } => Self::Text(format!("{of}.{name}")),
            Self::Nest(inner) => inner.settled(alone).nest(),
            Self::Group(inner) => inner.settled(alone).group(),
            Self::All(parts) => Self::all(parts.into_iter().map(|part| part.settled(alone))),
            other @ (Self::Text(_) | Self::Line | Self::Cut) => other,
        }
    }

    /// Laid out.
    pub(crate) fn layout(&self) -> String {
        let mut page = Page { text: String::new(), column: 0 };
        page.put(self, 0, Way::Broken);
        page.text
    }

    /// How wide it is on one line, as far as that matters.
    fn width(&self, most: usize) -> usize {
        match self {
            Self::Text(text) => text.chars().count(),
            Self::Column { of, name } => of.chars().count() + 1 + name.chars().count(),
            Self::Line => 1,
            Self::Cut => 0,
            Self::Nest(inner) | Self::Group(inner) => inner.width(most),
            Self::All(parts) => {
                let mut width = 0;
                for part in parts {
                    width += part.width(most);
                    if width > most {
                        break;
                    }
                }
                width
            }
        }
    }
}

/// Whether lines end where they may.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Flat,
    Broken,
}

struct Page {
    text: String,
    column: usize,
}

impl Page {
    fn put(&mut self, doc: &Doc, indent: usize, way: Way) {
        match doc {
            Doc::Text(text) => self.write(text),
            Doc::Column { of, name } => self.write(&format!("{of}.{name}")),
            Doc::Line if way == Way::Flat => self.write(" "),
            Doc::Cut if way == Way::Flat => {}
            Doc::Line | Doc::Cut => {
                self.text.push('\n');
                self.text.push_str(&" ".repeat(indent));
                self.column = indent;
            }
            Doc::Nest(inner) => self.put(inner, indent + INDENT, way),
            Doc::Group(inner) => {
                let room = WIDTH.saturating_sub(self.column);
                let flat = way == Way::Flat || inner.width(room) <= room;
                self.put(inner, indent, if flat { Way::Flat } else { Way::Broken });
            }
            Doc::All(parts) => parts.iter().for_each(|part| self.put(part, indent, way)),
        }
    }

    fn write(&mut self, text: &str) {
        self.text.push_str(text);
        match text.rsplit_once('\n') {
            Some((_, last)) => self.column = last.chars().count(),
            None => self.column += text.chars().count(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_stands_on_one_line() {
        let list = |count: usize| {
            let items = (0..count).map(|at| Doc::text(format!("column_{at}")));
            Doc::parens("f", Doc::list(items, ",")).layout()
        };
        assert_eq!(list(2), "f(column_0, column_1)");
        assert!(list(12).starts_with("f(\n    column_0,\n    column_1,\n"));
    }

    #[test]
    fn line_ends_of_constants_are_not_moved() {
        let long = Doc::text(format!("'{}\nb'", "a".repeat(90)));
        let doc = Doc::parens("", Doc::list([long.clone(), long], ","));
        assert!(doc.layout().contains("a\nb',\n    'a"));
    }
}
