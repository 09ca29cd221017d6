//! Tests and constraints of dbt as promises.

use plumb_base::{Name, record::dbt};
use plumb_syntax::sql::Dialect;
use serde_json::Value;

use crate::promises::{AcceptedValues, ForeignKey, Key, NotNull, Promises, Trust};

/// What properties promise, but for what points to other assets.
pub(super) fn of(properties: &dbt::Properties, dialect: &Dialect) -> Promises {
    let mut promises = Promises::default();
    for column in &properties.columns {
        let name = dialect.column_name(&column.name, false);
        for test in holding(&column.tests) {
            by_test(test, Some(&name), dialect, &mut promises);
        }
        for constraint in &column.constraints {
            by_constraint(constraint, properties.contract, dialect, &mut promises);
        }
    }
    for test in holding(&properties.tests) {
        by_test(test, None, dialect, &mut promises);
    }
    for constraint in &properties.constraints {
        by_constraint(constraint, properties.contract, dialect, &mut promises);
    }
    promises
}

/// Tests that look at every row, and of which no row may fail.
fn holding(tests: &[dbt::Test]) -> impl Iterator<Item = &dbt::Test> {
    tests.iter().filter(|test| test.rows.is_none() && test.severity == dbt::TestSeverity::Error)
}

/// The name of a test without its package.
fn bare(test: &dbt::Test) -> &str {
    test.name.rsplit('.').next().unwrap_or(&test.name)
}

/// The column of a test on a whole node, where it is one: an expression is none.
fn named_column(test: &dbt::Test, dialect: &Dialect) -> Option<Name> {
    let written = test.arguments.get("column_name")?.as_str()?;
    let plain = written.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    plain.then(|| dialect.column_name(written, false))
}

fn texts(value: Option<&Value>) -> Vec<String> {
    let one = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    };
    match value {
        Some(Value::Array(items)) => items.iter().filter_map(one).collect(),
        Some(value) => one(value).into_iter().collect(),
        None => Vec::new(),
    }
}

fn by_test(test: &dbt::Test, on: Option<&Name>, dialect: &Dialect, promises: &mut Promises) {
    let (trust, place) = (Trust::Tested, test.place.clone());
    let column = || on.cloned().or_else(|| named_column(test, dialect));
    match bare(test) {
        "unique" => {
            let key = |column| Key { columns: vec![column], trust, place };
            promises.keys.extend(column().map(key));
        }
        "not_null" => {
            promises.not_null.extend(column().map(|column| NotNull { column, trust, place }));
        }
        "accepted_values" => {
            let values = texts(test.arguments.get("values"));
            let promise = |column| AcceptedValues { column, values, trust, place };
            promises.accepted_values.extend(column().map(promise));
        }
        "unique_combination_of_columns" | "expect_compound_columns_to_be_unique" => {
            let listed = ["combination_of_columns", "column_list"];
            let listed = listed.into_iter().find_map(|key| test.arguments.get(key));
            let columns: Vec<Name> =
                texts(listed).iter().map(|name| dialect.column_name(name, false)).collect();
            if !columns.is_empty() {
                promises.keys.push(Key { columns, trust, place });
            }
        }
        _ => {}
    }
}

fn by_constraint(
    constraint: &dbt::Constraint,
    contract: bool,
    dialect: &Dialect,
    promises: &mut Promises,
) {
    // Without a contract dbt does not write constraints down.
    if !contract {
        return;
    }
    let trust = Trust::of(&constraint.kind, dialect);
    let columns = || -> Vec<Name> {
        constraint.columns.iter().map(|name| dialect.column_name(name, false)).collect()
    };
    let place = || constraint.place.clone();
    let kind = constraint.kind.as_str();
    if matches!(kind, "primary_key" | "unique") && !constraint.columns.is_empty() {
        promises.keys.push(Key { columns: columns(), trust, place: place() });
    }
    if matches!(kind, "primary_key" | "not_null") {
        let of = |column| NotNull { column, trust, place: place() };
        promises.not_null.extend(columns().into_iter().map(of));
    }
}

/// A foreign key before it is known which asset it points to.
pub(super) struct Pointing {
    pub(super) columns: Vec<Name>,
    /// As written: `ref('customers')`.
    pub(super) to: String,
    pub(super) to_columns: Vec<Name>,
    pub(super) trust: Trust,
    pub(super) place: Option<plumb_base::Place>,
}

impl Pointing {
    /// The same, now that the key of the asset is known.
    pub(super) fn at(self, key: &str) -> ForeignKey {
        let Self { columns, to_columns, trust, place, .. } = self;
        ForeignKey { columns, to: key.to_owned(), to_columns, trust, place }
    }
}

/// What properties promise of other assets.
pub(super) fn pointing(properties: &dbt::Properties, dialect: &Dialect) -> Vec<Pointing> {
    let mut found = Vec::new();
    let names = |names: &[String]| -> Vec<Name> {
        names.iter().map(|name| dialect.column_name(name, false)).collect()
    };
    let on_columns = properties.columns.iter().flat_map(|column| {
        let name = dialect.column_name(&column.name, false);
        holding(&column.tests).map(move |test| (test, Some(name.clone())))
    });
    for (test, on) in on_columns.chain(holding(&properties.tests).map(|test| (test, None))) {
        if bare(test) != "relationships" {
            continue;
        }
        let text = |key: &str| test.arguments.get(key).and_then(Value::as_str).map(str::to_owned);
        let column = on.or_else(|| named_column(test, dialect));
        if let (Some(column), Some(to), Some(field)) = (column, text("to"), text("field")) {
            let (columns, to_columns) = (vec![column], names(&[field]));
            let (trust, place) = (Trust::Tested, test.place.clone());
            found.push(Pointing { columns, to, to_columns, trust, place });
        }
    }
    let constraints = properties.columns.iter().flat_map(|column| &column.constraints);
    let constraints = constraints.chain(&properties.constraints).filter(|_| properties.contract);
    for constraint in constraints.filter(|constraint| constraint.kind == "foreign_key") {
        let Some(to) = constraint.to.clone() else { continue };
        let trust = Trust::of(&constraint.kind, dialect);
        let (columns, place) = (names(&constraint.columns), constraint.place.clone());
        found.push(Pointing {
            columns,
            to,
            to_columns: names(&constraint.to_columns),
            trust,
            place,
        });
    }
    found
}
