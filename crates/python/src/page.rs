//! Checks `page.md`: what is found in each program.

use std::{collections::BTreeMap, fmt::Write as _};

use plumb_base::{Lines, MappedText, Span};

use super::{Given, IntoKind, Piece, Program, Unknown, When, read};

/// The file of a section: its blocks, one behind the other.
struct File {
    text: String,
    pieces: Vec<MappedText>,
}

impl File {
    fn place(&self, span: Span) -> String {
        let place = Lines::new(&self.text).place("", &self.text, span);
        let (start, end) = (place.start, place.end);
        format!("{}:{}-{}:{}", start.line, start.column, end.line, end.column)
    }
}

fn shown(file: &File, program: &Program) -> String {
    let mut out = String::new();
    for (number, piece) in (1..).zip(&program.pieces) {
        if program.pieces.len() > 1 {
            writeln!(out, "piece {number}").unwrap();
        }
        for sql in &piece.sql {
            let said = sql.text.as_ref().or(sql.into.as_ref().map(|into| &into.name)).unwrap();
            let text = &said.text;
            let lead = text.len() - text.trim_start().len();
            let all = said.map.to_file(Span::new(lead, text.trim_end().len()));
            let what = if sql.text.is_some() { "sql" } else { "rows" };
            write!(out, "{what} at {}", file.place(all)).unwrap();
            if let Some(into) = &sql.into {
                let kind = match into.kind {
                    IntoKind::TemporaryView => "temporary view",
                    IntoKind::View => "view",
                    IntoKind::Table => "table",
                    IntoKind::Append => "append to",
                    IntoKind::Overwrite => "overwrite",
                };
                write!(out, ", {kind} {}", into.name.text).unwrap();
            }
            if sql.when == When::Called {
                write!(out, ", when called").unwrap();
            }
            writeln!(out).unwrap();
            let lines = sql.text.iter().flat_map(|text| text.text.trim().lines());
            for line in lines {
                writeln!(out, "  | {}", line.trim_end()).unwrap();
            }
        }
        for run in &piece.runs {
            writeln!(out, "runs {}", run.text).unwrap();
        }
        for span in &piece.unknown {
            writeln!(out, "not known at {}", file.place(*span)).unwrap();
        }
        if let Some(span) = piece.frames {
            writeln!(out, "data frames at {}", file.place(span)).unwrap();
        }
        for trouble in &piece.problems {
            writeln!(out, "problem at {}: {}", file.place(trouble.span), trouble.message).unwrap();
        }
    }
    for (number, hole) in program.holes.iter().enumerate() {
        let what = match &hole.unknown {
            Unknown::Parameter(name) => format!("parameter {name}"),
            Unknown::Expression(text) => text.clone(),
        };
        writeln!(out, "hole {number} is {what} at {}", file.place(hole.span)).unwrap();
    }
    if let Some(dialect) = program.dialect {
        writeln!(out, "speaks {dialect}").unwrap();
    }
    if out.is_empty() { "nothing\n".to_owned() } else { out }
}

/// Blocks of a section: what they are, what they hold.
fn blocks(section: &str) -> Vec<(&str, String)> {
    let (mut blocks, mut lines) = (Vec::new(), section.lines());
    while let Some(line) = lines.next() {
        if let Some(kind) = line.strip_prefix("```") {
            let body = lines.by_ref().take_while(|line| *line != "```");
            blocks.push((kind, body.fold(String::new(), |all, line| all + line + "\n")));
        }
    }
    blocks
}

fn found(blocks: &[(&str, String)]) -> String {
    let mut file = File { text: String::new(), pieces: Vec::new() };
    let mut names = None;
    let (mut parameters, mut settings) = (BTreeMap::new(), BTreeMap::new());
    for line in blocks.iter().filter(|(kind, _)| *kind == "given").flat_map(|it| it.1.lines()) {
        let words: Vec<&str> = line.splitn(3, ' ').collect();
        let value = words.get(2).map(|value| (*value).to_owned());
        let map = if words[0] == "parameter" { &mut parameters } else { &mut settings };
        map.insert(words[1].to_owned(), value);
    }
    let given = Given { parameters: &parameters, settings: &settings };
    for (kind, body) in blocks {
        match *kind {
            "python" => {
                file.pieces.push(MappedText::taken(body, file.text.len()));
                file.text.push_str(body);
            }
            "elsewhere" => {
                let text = MappedText::taken(body, 0);
                names = Some(read(&[Piece::Code(&text)], given).names);
            }
            _ => {}
        }
    }
    let names = names.iter().map(Piece::Names);
    let pieces: Vec<Piece<'_>> = names.chain(file.pieces.iter().map(Piece::Code)).collect();
    shown(&file, &read(&pieces, given))
}

#[expect(clippy::disallowed_methods, reason = "a page rewrites itself")]
#[test]
fn the_page_is_right() {
    let page = include_str!("page.md");
    let mut sections = page.split("\n## ");
    let mut rewritten = sections.next().unwrap().to_owned();
    let mut wrong = Vec::new();
    for section in sections {
        let blocks = blocks(section);
        let wanted =
            blocks.iter().find(|(kind, _)| *kind == "found").map(|(_, body)| body.as_str());
        let found = found(&blocks);
        if wanted != Some(found.as_str()) {
            let title = section.lines().next().unwrap_or_default();
            wrong.push(format!("{title}\nwanted:\n{}found:\n{found}", wanted.unwrap_or_default()));
        }
        let body = section.split("```found\n").next().unwrap().trim_end();
        write!(rewritten, "\n## {body}\n\n```found\n{found}```\n").unwrap();
    }
    if std::env::var_os("UPDATE").is_some() {
        let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/page.md");
        std::fs::write(file, rewritten).unwrap();
    } else {
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
