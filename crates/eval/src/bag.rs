//! Rows: of relations, and of tables.

use std::collections::BTreeMap;

use plumb_ir::{Symbol, Type};

use crate::value::Value;

/// One row.
pub type Row = Vec<Value>;

/// How a column is addressed from above.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    /// By the position of its output.
    Position,
    /// By name.
    Name(Symbol),
    /// Not at all: nothing in the plan speaks of it.
    Nothing,
}

/// One column of a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Which output of the relation it belongs to; a star has many.
    pub slot: u32,
    /// How it is addressed.
    pub label: Label,
}

/// A relation with its rows, in no order.
#[derive(Debug, Clone)]
pub struct Bag {
    /// Its columns.
    pub heads: Vec<Head>,
    /// Its rows, each with a value per column.
    pub rows: Vec<Row>,
}

impl Bag {
    /// How many outputs there are; a star is one.
    pub fn width(&self) -> u32 {
        self.heads.iter().map(|head| head.slot + 1).max().unwrap_or(0)
    }

    /// Sorted rows with the columns of these outputs only, in this order.
    ///
    /// The columns of a star are ordered by their names; of several with one name none is kept.
    pub fn outputs(&self, outputs: &[u32]) -> Vec<Row> {
        let order: Vec<usize> = outputs.iter().flat_map(|output| self.columns(*output)).collect();
        let picked = |row: &Row| order.iter().map(|at| row[*at].clone()).collect();
        let mut rows: Vec<Row> = self.rows.iter().map(picked).collect();
        rows.sort();
        rows
    }

    /// The column at a position; most stand where their outputs do.
    pub(crate) fn position(&self, slot: u32) -> Option<usize> {
        let wanted = Head { slot, label: Label::Position };
        let at = slot as usize;
        if self.heads.get(at) == Some(&wanted) {
            return Some(at);
        }
        self.heads.iter().position(|head| *head == wanted)
    }

    /// The columns of a name.
    pub(crate) fn named(&self, name: Symbol) -> impl Iterator<Item = usize> {
        let named =
            move |(at, head): (usize, &Head)| (head.label == Label::Name(name)).then_some(at);
        self.heads.iter().enumerate().filter_map(named)
    }

    /// The columns of an output, in order.
    fn columns(&self, output: u32) -> Vec<usize> {
        if let Some(at) = self.position(output) {
            return vec![at];
        }
        let of: Vec<usize> =
            (0..self.heads.len()).filter(|at| self.heads[*at].slot == output).collect();
        let mut named = of.clone();
        named.retain(|at| {
            let alike = |other: &&usize| self.heads[**other].label == self.heads[*at].label;
            of.iter().filter(alike).count() == 1
        });
        named.sort_by_key(|at| match self.heads[*at].label {
            Label::Name(name) => Some(name),
            Label::Position | Label::Nothing => None,
        });
        named
    }

    /// What stands at each of some outputs: the names of a star's columns, nothing for one column.
    pub(crate) fn stars(&self, outputs: &[u32]) -> Vec<Vec<Label>> {
        let labels = |output: &u32| {
            let columns = self.columns(*output);
            if columns.len() == 1 {
                return Vec::new();
            }
            // One more, so that a star without columns is not one column.
            let labels = columns.iter().map(|at| self.heads[*at].label);
            labels.chain([Label::Nothing]).collect()
        };
        outputs.iter().map(labels).collect()
    }
}

pub(crate) fn positions(width: usize) -> Vec<Head> {
    (0..).take(width).map(|slot| Head { slot, label: Label::Position }).collect()
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The name under which plans read it.
    pub name: String,
    /// Its type, which may be unknown.
    pub data_type: Type,
}

/// A table with its rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Vec<Row>,
}

/// Tables by the name under which plans scan them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Database {
    /// The tables.
    pub tables: BTreeMap<String, Table>,
}

impl Database {
    /// How many rows there are in all tables.
    pub fn size(&self) -> usize {
        self.tables.values().map(|table| table.rows.len()).sum()
    }
}
