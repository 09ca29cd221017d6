//! From spans of the text that was parsed to places in the user's own file.

use plumb_base::{Lines, Place, SourceMap, Span};

/// A file, and how the text that was parsed came from it.
pub(crate) struct Origin<'a> {
    path: &'a str,
    text: &'a str,
    lines: &'a Lines,
    from: From<'a>,
}

enum From<'a> {
    /// It is the file.
    Itself,
    /// It was made from the file here.
    Mapped(&'a SourceMap),
    /// dbt rendered it: lines are found again by what they say.
    Compiled(&'a str, Lines),
}

impl<'a> Origin<'a> {
    pub(crate) fn file(path: &'a str, text: &'a str, lines: &'a Lines) -> Self {
        Self { path, text, lines, from: From::Itself }
    }

    pub(crate) fn mapped(
        path: &'a str,
        text: &'a str,
        lines: &'a Lines,
        map: &'a SourceMap,
    ) -> Self {
        Self { path, text, lines, from: From::Mapped(map) }
    }

    pub(crate) fn compiled(
        path: &'a str,
        text: &'a str,
        lines: &'a Lines,
        compiled: &'a str,
    ) -> Self {
        let from = From::Compiled(compiled, Lines::new(compiled));
        Self { path, text, lines, from }
    }

    /// A span of the parsed text as one of the file.
    pub(crate) fn in_file(&self, span: Span) -> Span {
        match &self.from {
            From::Itself => span,
            From::Mapped(map) => map.to_file(span),
            From::Compiled(compiled, lines) => {
                self.found_again(span, compiled, lines).unwrap_or_default()
            }
        }
    }

    pub(crate) fn place(&self, span: Span) -> Place {
        self.lines.place(self.path, self.text, self.in_file(span))
    }

    /// The line of the file that says what the first line of the span says.
    fn found_again(&self, span: Span, compiled: &str, lines: &Lines) -> Option<Span> {
        let line = lines.position(compiled, span.start).line;
        let wanted = compiled.lines().nth(line.checked_sub(1)? as usize)?.trim();
        if wanted.is_empty() {
            return None;
        }
        let mut start = 0;
        for text in self.text.split_inclusive('\n') {
            if text.trim() == wanted {
                let indent = text.len() - text.trim_start().len();
                return Some(Span::new(start + indent, start + indent + wanted.len()));
            }
            start += text.len();
        }
        None
    }
}
