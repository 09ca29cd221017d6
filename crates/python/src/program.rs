//! A program in pieces, as a notebook is one, and what stands in each.

use std::collections::BTreeMap;

use plumb_base::{MappedText, Span};
use ruff_python_ast::{Mod, ModModule, Stmt};
use ruff_python_parser::{Mode, Parsed, parse_unchecked};
use ruff_text_size::Ranged;

use crate::{
    assigned::count,
    command::{self, Plain},
    depth::{too_deep, with_room},
    names::Names,
    text::Unknown,
    walk::Walk,
};

/// A piece of a program; pieces run in order, and share their names.
#[derive(Debug, Clone, Copy)]
pub enum Piece<'a> {
    /// Code: a cell, or all there is.
    Code(&'a MappedText),
    /// What another program that ran here left behind.
    Names(&'a Names),
}

/// Values that are known before a run, by name.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// Parameters of the notebook.
    pub parameters: &'a BTreeMap<String, Option<String>>,
    /// Settings of the session.
    pub settings: &'a BTreeMap<String, Option<String>>,
}

/// What was found in a program.
#[derive(Debug, Clone, Default)]
pub struct Program {
    /// For each piece, what stands in it.
    pub pieces: Vec<InPiece>,
    /// Values that are not known; `__plumb_hole_N__` in a text of SQL is number N.
    pub holes: Vec<Hole>,
    /// What its names stand for when it ends.
    pub names: Names,
    /// Name of the dialect of the platform it speaks to, where its imports and calls agree on one.
    pub dialect: Option<&'static str>,
}

/// What was found in one piece; spans are of the file.
#[derive(Debug, Clone, Default)]
pub struct InPiece {
    /// SQL that is handed to a platform, in order.
    pub sql: Vec<Sql>,
    /// Calls that hand over a text which only a run knows.
    pub unknown: Vec<Span>,
    /// Paths of notebooks that it runs on their own.
    pub runs: Vec<MappedText>,
    /// Where it first works on rows by other means than SQL.
    pub frames: Option<Span>,
    /// What is no Python.
    pub problems: Vec<Trouble>,
}

/// A text of SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sql {
    /// The text; `None` for rows of a data frame, which are not followed, and go somewhere.
    pub text: Option<MappedText>,
    /// Where its rows go, if the program says so.
    pub into: Option<Into>,
    /// When it runs.
    pub when: When,
}

/// When a text of SQL runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Where it stands, if anything does.
    Here,
    /// When its function is called, if it is.
    Called,
}

/// Where the rows of a query go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Into {
    /// How.
    pub kind: IntoKind,
    /// Name of the table or view.
    pub name: MappedText,
}

/// How the rows of a query are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntoKind {
    /// A view that is gone when the session is.
    TemporaryView,
    /// A view.
    View,
    /// A table of its own.
    Table,
    /// Rows added to a table.
    Append,
    /// Rows in place of those of a table.
    Overwrite,
}

/// A value that is not known before a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hole {
    /// What it is; equal ones hold equal values.
    pub unknown: Unknown,
    /// Where it is first needed.
    pub span: Span,
}

/// Something that could not be read as Python.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Where.
    pub span: Span,
    /// One clause, lower case.
    pub message: String,
}

/// Reads a program. Never fails: what is no Python is passed over.
pub fn read(pieces: &[Piece<'_>], given: Given<'_>) -> Program {
    // Trees are parsed, walked and dropped where there is room for all three.
    with_room(|| {
        let trees: Vec<Tree> = pieces.iter().map(tree).collect();
        let mut counts = BTreeMap::new();
        for (piece, tree) in pieces.iter().zip(&trees) {
            match piece {
                Piece::Code(_) => count(tree.statements(), &mut counts),
                Piece::Names(names) => {
                    for name in names.bound.keys() {
                        *counts.entry(name.clone()).or_default() += 1;
                    }
                }
            }
        }
        let mut walk = Walk::new(&counts, given);
        for (piece, tree) in pieces.iter().zip(&trees) {
            match piece {
                Piece::Code(text) => walk.code(text, tree),
                Piece::Names(names) => walk.take_over(names),
            }
        }
        walk.finished()
    })
}

/// A piece of code, parsed as far as it can be.
#[derive(Default)]
pub(crate) struct Tree {
    parsed: Option<Parsed<ModModule>>,
    /// Commands of the notebook, by the byte at which they begin.
    pub(crate) commands: BTreeMap<u32, Span>,
    /// Where it is no Python, in the code.
    pub(crate) broken: Vec<Span>,
    /// The first of these, in the file.
    pub(crate) problem: Option<Trouble>,
}

impl Tree {
    pub(crate) fn statements(&self) -> &[Stmt] {
        self.parsed.as_ref().map_or(&[], |parsed| &parsed.syntax().body)
    }
}

fn tree(piece: &Piece<'_>) -> Tree {
    let Piece::Code(code) = piece else { return Tree::default() };
    let Plain { code: plain, commands } = command::plain(&code.text);
    if too_deep(&plain) {
        let span = code.map.to_file(Span::new(0, 1));
        let message = "nested deeper than Python takes".to_owned();
        let problem = Some(Trouble { span, message });
        return Tree { problem, ..Tree::default() };
    }
    // The parser knows commands, too, but fails on some that stand where none may.
    let parsed = parse_unchecked(&plain, Mode::Module.into());
    let broken = parsed.errors().iter().map(span).collect();
    let problem = parsed.errors().first().map(|error| Trouble {
        span: code.map.to_file(span(error)),
        message: error.error.to_string().to_lowercase(),
    });
    let parsed = match parsed.syntax() {
        Mod::Module(_) => parsed.try_into_module(),
        Mod::Expression(_) => None,
    };
    Tree { parsed, commands, broken, problem }
}

/// Where something stands in the text that was parsed.
pub(crate) fn span(node: &impl Ranged) -> Span {
    Span::new(node.start().to_usize(), node.end().to_usize())
}
