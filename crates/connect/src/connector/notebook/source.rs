//! The source form of Databricks: a program in which comments part the cells.

use plumb_base::MappedText;
use plumb_base::record::notebook::Language;

use super::{Piece, magic};
use crate::path;

/// What the first line says behind the comment sign.
const HEAD: &str = "Databricks notebook source";

/// Bytes of a file that are looked at to tell whether it is a notebook.
pub(super) const LOOKED_AT: usize = 4 << 10;

/// What comments begin with where code of the notebook can be parted by them.
const SIGNS: &[&str] = &["#", "--", "//"];

/// The comment sign of a notebook in source form; `None` if the text is something else.
pub(in crate::connector) fn sign(text: &str) -> Option<&'static str> {
    sign_of(&text.as_bytes()[..text.len().min(LOOKED_AT)])
}

/// The same, where only the beginning of a text is known.
pub(super) fn sign_of(head: &[u8]) -> Option<&'static str> {
    let head = String::from_utf8_lossy(head);
    let text = head.trim_start_matches('\u{feff}');
    let first = text.lines().find(|line| !line.trim().is_empty())?.trim();
    let said = SIGNS.iter().copied().find(|sign| {
        first.strip_prefix(sign).is_some_and(|rest| rest.trim_start().starts_with(HEAD))
    });
    // Files of pipelines in SQL are parted alike, and lack the first line.
    let parted = |line: &str| line.strip_prefix("--").is_some_and(|it| parts(it.trim_start()));
    said.or_else(|| (first.starts_with("--") && text.lines().any(parted)).then_some("--"))
}

/// What cells are written in that do not say.
pub(super) fn language(at: &str, sign: &str) -> Language {
    match sign {
        "--" => Language::Sql,
        "//" => Language::Scala,
        _ if path::extension(at).eq_ignore_ascii_case("r") => Language::R,
        _ => Language::Python,
    }
}

/// The cells as they stand, without the marks of comments.
pub(super) fn pieces(text: &str, sign: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut piece = Piece::new(1);
    let (mut at, mut head) = (0, true);
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let said = line.trim_start().strip_prefix(sign).map(str::trim_start);
        match said {
            Some(said) if head && said.starts_with(HEAD) => head = false,
            Some(said) if parts(said) => {
                let next = Piece::new(piece.number + 1);
                pieces.push(std::mem::replace(&mut piece, next));
            }
            Some(said) if said.starts_with("DBTITLE ") && magic::blank(&piece.text.text) => {
                piece.title = title(said);
            }
            Some(said) if magic_line(said) => {
                let kept = &said["MAGIC".len()..];
                let kept = kept.strip_prefix(' ').unwrap_or(kept);
                piece.text.take(kept, start + line.len() - kept.len());
            }
            _ => piece.text.take(line, start),
        }
    }
    pieces.push(piece);
    pieces
}

/// `COMMAND ----------`
fn parts(said: &str) -> bool {
    said.strip_prefix("COMMAND").is_some_and(|rest| {
        let rest = rest.trim();
        rest.len() >= 4 && rest.bytes().all(|byte| byte == b'-')
    })
}

/// `DBTITLE 1,Load the orders`
fn title(said: &str) -> Option<String> {
    let (_, title) = said.split_once(',')?;
    Some(title.trim().to_owned()).filter(|title| !title.is_empty())
}

fn magic_line(said: &str) -> bool {
    said.strip_prefix("MAGIC")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
}

impl Piece {
    fn new(number: u32) -> Self {
        Self { number, title: None, language: None, text: MappedText::default() }
    }
}

#[cfg(test)]
mod tests {
    use plumb_base::Span;

    use super::*;

    #[test]
    fn lines_may_end_as_on_windows() {
        let text = "# Databricks notebook source\r\n# DBTITLE 1,A\r\n# MAGIC %sql\r\n# MAGIC select 1\r\n\r\n# COMMAND ----------\r\n\r\nx = 1\r\n";
        let pieces = pieces(text, sign(text).unwrap());
        let said: Vec<(&str, Option<&str>)> =
            pieces.iter().map(|it| (it.text.text.as_str(), it.title.as_deref())).collect();
        assert_eq!(said, [("%sql\r\nselect 1\r\n\r\n", Some("A")), ("\r\nx = 1\r\n", None)]);
        let at = pieces[0].text.map.to_file(Span::new(6, 14));
        assert_eq!(&text[at.start as usize..at.end as usize], "select 1");
    }
}
