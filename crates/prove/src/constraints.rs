//! What is known of tables, as the evaluator has it.

use plumb_canon::Facts;
use plumb_eval::{ColumnConstraint, Constraints, Reference, TableConstraints};

/// What databases keep to on which plans are compared.
pub fn constraints(facts: &Facts) -> Constraints {
    let mut constraints = Constraints::default();
    for (name, table) in facts.tables() {
        let columns = table.columns.iter().map(|(name, column)| {
            let (data_type, not_null) = (column.data_type.clone(), column.not_null.is_some());
            (name.clone(), ColumnConstraint { data_type, not_null })
        });
        let references = table.references.iter().map(|it| Reference {
            columns: it.columns.clone(),
            table: it.table.clone(),
            to: it.to.clone(),
        });
        let promised = TableConstraints {
            columns: columns.collect(),
            keys: table.keys.iter().map(|(columns, _)| columns.clone()).collect(),
            references: references.collect(),
        };
        constraints.tables.insert(name.to_owned(), promised);
    }
    constraints
}
