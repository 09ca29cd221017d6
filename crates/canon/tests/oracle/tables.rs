//! The tables of random plans, and what holds of them.

use plumb_canon::Facts;
use plumb_eval::{Column, ColumnConstraint, Constraints, Table};
use plumb_ir::Type;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Int,
    Text,
    Bool,
}

use Kind::{Bool, Int, Text};

impl Kind {
    pub(crate) fn data_type(self) -> Type {
        match self {
            Int => Type::Int(64),
            Text => Type::Text,
            Bool => Type::Bool,
        }
    }
}

/// A table without rows.
pub(crate) fn table(columns: &[(&str, Kind)]) -> Table {
    let column = |(name, kind): &(&str, Kind)| Column {
        name: (*name).to_owned(),
        data_type: kind.data_type(),
    };
    Table { columns: columns.iter().map(column).collect(), rows: Vec::new() }
}

/// Tables and their columns. `w` has the columns of `t` under other names: only the first side of a union
/// names them.
pub(crate) const TABLES: [(&str, &[(&str, Kind)]); 4] = [
    ("t", &[("a", Int), ("b", Int), ("s", Text), ("f", Bool)]),
    ("u", &[("b", Int), ("c", Int), ("s", Text)]),
    ("v", &[("k", Int), ("g", Bool)]),
    ("w", &[("b", Int), ("a", Int), ("s", Text), ("g", Bool)]),
];

/// Columns that are never NULL, by table.
pub(crate) const NOT_NULL: [(&str, &str); 3] = [("t", "a"), ("v", "k"), ("w", "s")];

/// Columns that no two rows share unless one is NULL in them.
pub(crate) const KEYS: [(&str, &[&str]); 3] = [("v", &["k"]), ("u", &["c"]), ("w", &["a", "s"])];

/// What holds of the tables.
pub(crate) fn facts() -> Facts {
    let mut facts = Facts::default();
    let ground = facts.ground("declared");
    for (table, columns) in TABLES {
        let table = facts.table(table);
        for (name, kind) in columns {
            let data_type = kind.data_type();
            table
                .columns
                .insert((*name).to_owned(), plumb_canon::Column { data_type, not_null: None });
        }
    }
    for (table, column) in NOT_NULL {
        let column = facts.table(table).columns.get_mut(column);
        column.expect("a column of the table").not_null = Some(ground);
    }
    for (table, columns) in KEYS {
        let columns = columns.iter().map(|name| (*name).to_owned()).collect();
        facts.table(table).keys.push((columns, ground));
    }
    facts
}

/// The same for those who look for counterexamples.
pub(crate) fn constraints() -> Constraints {
    let mut constraints = Constraints::default();
    for (name, columns) in TABLES {
        let table = constraints.tables.entry(name.to_owned()).or_default();
        for (column, kind) in columns {
            let not_null = NOT_NULL.contains(&(name, column));
            let promised = ColumnConstraint { data_type: kind.data_type(), not_null };
            table.columns.insert((*column).to_owned(), promised);
        }
        let keys = KEYS.iter().filter(|(of, _)| *of == name);
        table.keys.extend(keys.map(|(_, key)| key.iter().map(|it| (*it).to_owned()).collect()));
    }
    constraints
}
