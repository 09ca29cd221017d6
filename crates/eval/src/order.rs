//! Rows in an order, rows in groups: where both are settled.

use std::cmp::Ordering;

use plumb_ir::SortKey;

use crate::{bag::Row, evaluator::TextOrder, unable::Unable, value::Value};

/// Order of two lists of sort keys.
pub(crate) fn compare(
    order: &[SortKey],
    one: &[Value],
    two: &[Value],
    texts: TextOrder,
) -> Result<Ordering, Unable> {
    for ((key, one), two) in order.iter().zip(one).zip(two) {
        if one == two {
            continue;
        }
        if one.is_symbol() || two.is_symbol() {
            return Unable::unknown("a sort key");
        }
        let first = if key.nulls_first { Ordering::Less } else { Ordering::Greater };
        let ordering = match (one, two) {
            (Value::Null, _) => first,
            (_, Value::Null) => first.reverse(),
            _ if key.descending => two.order(one, texts)?,
            _ => one.order(two, texts)?,
        };
        if ordering.is_ne() {
            return Ok(ordering);
        }
    }
    Ok(Ordering::Equal)
}

/// Sorts by keys; what ties stays in the order it came in.
pub(crate) fn sort<T>(
    rows: &mut [(Row, T)],
    order: &[SortKey],
    texts: TextOrder,
) -> Result<(), Unable> {
    let mut trouble = None;
    rows.sort_by(|(one, _), (two, _)| {
        compare(order, one, two, texts).unwrap_or_else(|unable| {
            trouble.get_or_insert(unable);
            Ordering::Equal
        })
    });
    trouble.map_or(Ok(()), Err)
}

/// Sees whether it is settled which of some rows are equal.
pub(crate) fn settled<'a>(rows: impl Iterator<Item = &'a Row>) -> Result<(), Unable> {
    let mut rows = rows.peekable();
    let Some(first) = rows.next() else { return Ok(()) };
    let mut seen: Vec<Seen<'_>> = first.iter().map(Seen::new).collect();
    for row in rows {
        if row.len() != seen.len() {
            return Unable::broken("rows of different widths");
        }
        for (seen, value) in seen.iter_mut().zip(row) {
            seen.add(value)?;
        }
    }
    Ok(())
}

/// What one column has shown so far.
struct Seen<'a> {
    first: &'a Value,
    /// A value that is not NULL, and so says of what type all are.
    typed: Option<&'a Value>,
    symbols: bool,
}

impl<'a> Seen<'a> {
    fn new(value: &'a Value) -> Self {
        let typed = (*value != Value::Null && !value.is_symbol()).then_some(value);
        Self { first: value, typed, symbols: value.is_symbol() }
    }

    fn add(&mut self, value: &'a Value) -> Result<(), Unable> {
        self.symbols |= value.is_symbol();
        if self.symbols && value != self.first {
            return Unable::unknown("which rows are equal");
        }
        if *value == Value::Null || value.is_symbol() {
            return Ok(());
        }
        let typed = *self.typed.get_or_insert(value);
        if std::mem::discriminant(typed) != std::mem::discriminant(value) {
            return Unable::broken(&format!("{typed:?} and {value:?} in one column"));
        }
        Ok(())
    }
}
