//! A table with names for its columns, printed whole as CSV, or some columns of it as values or TSV.

use crate::{Style, visible};

/// Rows in the making.
pub(super) struct Table {
    head: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn new<const N: usize>(head: [&'static str; N]) -> Self {
        Self { head: head.to_vec(), rows: Vec::new() }
    }

    pub(super) fn row<const N: usize>(&mut self, cells: [&str; N]) {
        self.rows.push(cells.map(visible).to_vec());
    }

    /// All of it as CSV, or the fields that were asked for; a field that is not there is an empty one.
    pub(super) fn print(&self, style: &Style<'_>) -> String {
        let rows = self.rows.iter().map(|row| row.iter().map(String::as_str).collect::<Vec<_>>());
        if style.fields.is_empty() {
            let lines = std::iter::once(self.head.clone()).chain(rows);
            return lines
                .map(|row| row.into_iter().map(cell).collect::<Vec<_>>().join(",") + "\n")
                .collect();
        }
        let at = |field: &String| self.head.iter().position(|head| head == field);
        let places: Vec<Option<usize>> = style.fields.iter().map(at).collect();
        let head = (style.fields.len() > 1).then(|| style.fields.join("\t") + "\n");
        let line = |row: Vec<&str>| {
            let cells: Vec<&str> = places
                .iter()
                .map(|at| at.and_then(|at| row.get(at).copied()).unwrap_or(""))
                .collect();
            cells.join("\t") + "\n"
        };
        head.into_iter().chain(rows.map(line)).collect()
    }
}

/// A cell in quotes where it needs them; what a sheet would compute gets a quote in front.
fn cell(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@']) { "'" } else { "" };
    let safe = format!("{guard}{text}");
    if safe.contains([',', '"']) { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
}
