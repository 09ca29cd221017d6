//! The sheet a text is written on: paragraphs, labels and tables that keep within the width.

use super::line::{Line, Pen};
use crate::{Detail, Style, safe};

/// Wider lines are not read.
const WIDEST: usize = 100;

/// Which side of its column a cell stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Left,
    Right,
}

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    pub side: Side,
    /// Most it may take; what is longer goes on below.
    pub most: usize,
}

/// A column on the left side that takes at most so much.
pub(crate) const fn left(most: usize) -> Column {
    Column { side: Side::Left, most }
}

/// A column of numbers.
pub(crate) const fn right(most: usize) -> Column {
    Column { side: Side::Right, most }
}

/// A text in the making.
pub(crate) struct Sheet<'a> {
    pub pen: Pen,
    pub style: &'a Style<'a>,
    text: String,
}

impl<'a> Sheet<'a> {
    pub(crate) fn new(style: &'a Style<'a>) -> Self {
        Self { pen: Pen { ascii: style.ascii }, style, text: String::new() }
    }

    /// Columns of a line.
    pub(crate) fn width(&self) -> usize {
        self.style.width.clamp(20, WIDEST)
    }

    /// Rows of a list, unless somebody asked for a number.
    pub(crate) fn limit(&self, usual: usize) -> usize {
        match self.style.detail {
            Detail::Brief => self.style.limit.unwrap_or(usual),
            Detail::Full => self.style.limit.unwrap_or(usize::MAX),
        }
    }

    pub(crate) fn finish(self) -> String {
        let mut text = self.text.trim_end_matches('\n').to_owned();
        text.push('\n');
        text
    }

    /// One empty line, however often it is asked for.
    pub(crate) fn blank(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    fn put(&mut self, line: &Line) {
        self.text.push_str(&line.bytes(self.style.colour));
        self.text.push('\n');
    }

    /// A paragraph.
    pub(crate) fn line(&mut self, indent: usize, line: &Line) {
        for part in line.wrapped(self.width() - indent) {
            self.put(&part.indented(indent));
        }
    }

    /// A label, and a body that keeps to the right of it.
    pub(crate) fn labelled(&mut self, label: &Line, body: &Line) {
        let indent = label.width();
        if indent + 16 > self.width() {
            self.line(0, label);
            self.line(4, body);
            return;
        }
        for (index, part) in body.wrapped(self.width() - indent).into_iter().enumerate() {
            let part = if index == 0 { label.clone().and(part) } else { part.indented(indent) };
            self.put(&part);
        }
    }

    /// A table without a frame; `flexible` is the column that takes what is left.
    ///
    /// The last cell of a row that is too short reaches to the end of the line.
    pub(crate) fn table(
        &mut self,
        indent: usize,
        columns: &[Column],
        flexible: usize,
        rows: &[Vec<Line>],
    ) {
        let widths = self.widths(indent, columns, flexible, rows);
        for row in rows {
            let mut widths = widths.clone();
            if row.len() < columns.len() && !row.is_empty() {
                let before: usize = widths[..row.len() - 1].iter().map(|width| width + 2).sum();
                widths[row.len() - 1] = self.width().saturating_sub(indent + before);
            }
            let cells: Vec<Vec<Line>> =
                row.iter().zip(&widths).map(|(cell, width)| cell.wrapped(*width)).collect();
            let height = cells.iter().map(Vec::len).max().unwrap_or_default();
            for level in 0..height {
                let mut line = Line::default();
                for (index, cell) in cells.iter().enumerate() {
                    let part = cell.get(level).cloned().unwrap_or_default();
                    let part = match columns[index].side {
                        Side::Left => part.padded(widths[index]),
                        Side::Right => part.right(widths[index]),
                    };
                    line = line.and(part.indented(if index == 0 { indent } else { 2 }));
                }
                self.put(&line);
            }
        }
    }

    fn widths(
        &self,
        indent: usize,
        columns: &[Column],
        flexible: usize,
        rows: &[Vec<Line>],
    ) -> Vec<usize> {
        let widest = |index: usize| {
            let whole = rows.iter().filter(|row| row.len() == columns.len());
            whole.filter_map(|row| row.get(index)).map(Line::width).max().unwrap_or_default()
        };
        let each = columns.iter().enumerate();
        let mut widths: Vec<usize> =
            each.map(|(index, column)| widest(index).min(column.most)).collect();
        let gaps = 2 * widths.len().saturating_sub(1);
        let free = self.width().saturating_sub(indent + gaps);
        // The flexible column gives way first, then whichever is widest.
        while widths.iter().sum::<usize>() > free {
            let wide = (0..widths.len()).max_by_key(|index| (widths[*index], *index));
            let index = if widths[flexible] > 16 { Some(flexible) } else { wide };
            match index {
                Some(index) if widths[index] > 1 => widths[index] -= 1,
                _ => break,
            }
        }
        widths
    }

    /// A command that reads the same thing as this one did.
    pub(crate) fn command(&self, verb: &str, reference: &str) -> String {
        let space = if reference.is_empty() { "" } else { " " };
        let argument = if reference.is_empty() { String::new() } else { safe::argument(reference) };
        let repeat = if self.style.repeat.is_empty() { "" } else { " " };
        format!("plumb {verb}{space}{argument}{repeat}{}", self.style.repeat)
    }

    /// What could be asked next.
    pub(crate) fn next(&mut self, hints: &[(String, &str)]) {
        if !self.style.hints || hints.is_empty() {
            return;
        }
        self.blank();
        self.line(0, &self.pen.strong("Next"));
        let rows: Vec<Vec<Line>> = hints
            .iter()
            .map(|(command, what)| vec![self.pen.plain(command), self.pen.faint(what)])
            .collect();
        self.table(2, &[left(60), left(60)], 1, &rows);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_keeps_within_the_width() {
        for width in [20, 40, 60, 100] {
            let style = Style { width, ..Style::default() };
            let mut sheet = Sheet::new(&style);
            let long = sheet.pen.plain(&"word ".repeat(40));
            let row = vec![sheet.pen.plain("$1"), long.clone(), sheet.pen.plain(&"x".repeat(50))];
            sheet.table(2, &[right(20), left(200), left(50)], 1, &[row]);
            sheet.labelled(&sheet.pen.plain("  Label  "), &long);
            let text = sheet.finish();
            assert!(text.lines().all(|line| line.chars().count() <= width), "{text}");
        }
    }

    #[test]
    fn hints_repeat_where_to_read() {
        let style = Style { repeat: "--demo", ..Style::default() };
        let sheet = Sheet::new(&style);
        assert_eq!(sheet.command("show", "a b"), "plumb show 'a b' --demo");
        assert_eq!(sheet.command("audit", ""), "plumb audit --demo");
    }
}
