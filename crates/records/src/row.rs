//! A row of records: texts, numbers and nested values by column, whatever the file is.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeSet;

use plumb_base::record::usage::Time;
use plumb_base::{Currency, Decimal, Digest, Hasher};
use serde_json::Value;

use crate::column::bare;
use crate::time::Order;
use crate::{Column, time};

/// A value of a row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    /// A text, as it stands in the file.
    Text(String),
    /// A value with a type of its own.
    Value(Value),
}

/// Where each column that is read stands in a file.
#[derive(Debug, Clone)]
pub struct Columns {
    names: Vec<String>,
    /// What each name is, whatever its case and signs, where somebody reads it; and what its values are.
    marks: Vec<Option<(Digest, Values)>>,
    at: Vec<Option<usize>>,
    /// Columns that are a tag each: its key, and where it stands.
    tags: Vec<(String, usize)>,
}

/// How a column begins that is one tag, the longest first; what a user set has no name of its own.
const TAGS: &[&str] = &[
    "resourceTags/user:",
    "resourceTags/",
    "resource_tags_user_",
    "resource_tags_",
    "costCategory/",
    "cost_category_",
];

/// Columns of bills that are read only to tell lines apart, without what does not count in a name.
const TELLING: &[&str] = &[
    "availabilityzone",
    "billbillingperiodstartdate",
    "billingaccountid",
    "billingperiodstart",
    "chargeclass",
    "chargedescription",
    "chargefrequency",
    "consumedquantity",
    "lineitemlineitemdescription",
    "lineitemoperation",
    "lineitemusageaccountid",
    "lineitemusageamount",
    "lineitemusagetype",
    "listcost",
    "pricingcategory",
    "pricingquantity",
    "recordtype",
    "regionid",
    "skuid",
    "skupriceid",
    "subaccountid",
    "usageendtime",
];

/// What columns that vendors add to FOCUS begin with, and words of those that say when a file was made.
const ADDED: &str = "x_";
const MADE: &[&str] = &["export", "ingest", "insert", "load", "update"];

/// What values of a column are, as far as they may be written in several ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Values {
    Number,
    Time,
    Other,
}

/// Words at the end of names of columns with numbers, and of those with times.
const NUMBERS: &[&str] =
    &["amount", "billingperiod", "cost", "fee", "commitment", "price", "quantity", "todate"];
const TIMES: &[&str] = &["date", "end", "start", "time"];

impl Values {
    fn of(bare: &str) -> Self {
        let ends = |all: &[&str]| all.iter().any(|end| bare.ends_with(end));
        if ends(NUMBERS) {
            Self::Number
        } else if ends(TIMES) {
            Self::Time
        } else {
            Self::Other
        }
    }
}

/// Whether a column of a name is read.
pub(crate) fn is_read(name: &str) -> bool {
    Column::of(name).is_some() || tag(name).is_some() || is_telling(name)
}

/// Whether a column of a name only tells lines apart; what a vendor adds to FOCUS does.
fn is_telling(name: &str) -> bool {
    let bare = bare(name);
    let added = name.get(..ADDED.len()).is_some_and(|it| it.eq_ignore_ascii_case(ADDED));
    (added && !MADE.iter().any(|word| bare.contains(word))) || TELLING.contains(&bare.as_str())
}

/// The key of the tag that a column is.
fn tag(name: &str) -> Option<&str> {
    TAGS.iter().find_map(|start| name.strip_prefix(start)).filter(|key| !key.is_empty())
}

/// The words of a name, in lower case.
fn words(name: &str) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    let mut word = String::new();
    let mut before = ' ';
    for letter in name.chars().chain([' ']) {
        let begins = letter.is_uppercase() && before.is_lowercase();
        if (begins || !letter.is_alphanumeric()) && !word.is_empty() {
            words.insert(std::mem::take(&mut word));
        }
        if letter.is_alphanumeric() {
            word.extend(letter.to_lowercase());
        }
        before = letter;
    }
    words
}

impl Columns {
    /// Columns by the names of a header; of two that mean the same the first counts.
    pub(crate) fn of<'a>(header: impl Iterator<Item = &'a str>) -> Self {
        let (mut at, mut tags) = (vec![None; Column::COUNT], Vec::new());
        let names: Vec<String> = header.map(str::to_owned).collect();
        for (position, name) in names.iter().enumerate() {
            if let Some(column) = Column::of(name) {
                at[column as usize].get_or_insert(position);
            } else if let Some(key) = tag(name) {
                tags.push((key.to_owned(), position));
            }
        }
        // Of names that mean the same, one is in the place of all.
        let mark = |(position, name): (usize, &String)| match Column::of(name) {
            Some(column) if at[column as usize] != Some(position) => None,
            Some(column) => Some(bare(column.name())),
            None => is_read(name).then(|| bare(name)),
        };
        let mark = |name| mark(name).map(|name| (Digest::of(&name), Values::of(&name)));
        let marks = names.iter().enumerate().map(mark).collect();
        Self { names, marks, at, tags }
    }

    /// Whether these are the columns of a header.
    pub(crate) fn are<'a>(&self, header: impl Iterator<Item = &'a String>) -> bool {
        self.names.iter().eq(header)
    }

    /// A column that nobody reads, and whose name shares most of its words with a name.
    pub(crate) fn renamed(&self, name: &str) -> Option<&str> {
        let wanted = words(name);
        let shared = |other: &&String| {
            let words = words(other);
            (wanted.intersection(&words).count(), wanted.union(&words).count())
        };
        let unread = self.names.iter().filter(|it| !is_read(it));
        let near = unread.filter(|it| {
            let (shared, all) = shared(it);
            shared * 2 >= all
        });
        near.max_by_key(|it| shared(it).0).map(String::as_str)
    }

    /// Whether a column is there.
    pub(crate) fn has(&self, column: Column) -> bool {
        self.at[column as usize].is_some()
    }

    /// Where a column stands.
    pub(super) fn position(&self, column: Column) -> Option<usize> {
        self.at[column as usize]
    }
}

/// A row.
pub(crate) struct Row<'a> {
    pub(super) columns: &'a Columns,
    pub(super) cells: &'a [Option<Cell>],
    /// Columns that could not be read, and that the row can do without.
    doubts: RefCell<Vec<Column>>,
    /// In which order its days are written that end with their year.
    pub(super) order: std::cell::Cell<Option<Order>>,
}

impl<'a> Row<'a> {
    pub(crate) fn new(columns: &'a Columns, cells: &'a [Option<Cell>]) -> Self {
        Self { columns, cells, doubts: RefCell::default(), order: std::cell::Cell::default() }
    }

    /// Columns that could not be read so far, and that the row can do without.
    pub(crate) fn doubts(&self) -> Vec<Column> {
        self.doubts.take()
    }

    /// A value that the row can do without; what cannot be read is noted.
    fn sure<T>(&self, read: Result<Option<T>, Column>) -> Option<T> {
        read.unwrap_or_else(|column| {
            self.doubts.borrow_mut().push(column);
            None
        })
    }

    /// A number that the row can do without, and then is nothing.
    pub(crate) fn number_if_any(&self, column: Column) -> Decimal {
        self.sure(self.number(column)).unwrap_or_default()
    }

    /// A time that the row can do without.
    pub(crate) fn time_if_any(&self, column: Column) -> Option<Time> {
        self.sure(self.text(column).map(|_| self.time(column)).transpose())
    }

    fn cell(&self, column: Column) -> Option<&Cell> {
        #[cfg(test)]
        tests::ASKED.with_borrow_mut(|asked| asked.insert(column));
        self.cells.get(self.columns.position(column)?)?.as_ref()
    }

    /// Whether the file has the column.
    pub(crate) fn has(&self, column: Column) -> bool {
        self.columns.has(column)
    }

    /// A text; what stands for nothing is none.
    pub(crate) fn text(&self, column: Column) -> Option<Cow<'_, str>> {
        let text = match self.cell(column)? {
            Cell::Text(text) => Cow::Borrowed(text.as_str()),
            Cell::Value(Value::String(text)) => Cow::Borrowed(text.as_str()),
            Cell::Value(Value::Null) => return None,
            Cell::Value(value) => Cow::Owned(value.to_string()),
        };
        (!matches!(text.as_ref(), "" | "NULL" | "null" | "\\N")).then_some(text)
    }

    /// The same, kept.
    pub(crate) fn owned(&self, column: Column) -> Option<String> {
        self.text(column).map(Cow::into_owned)
    }

    /// A text that the row cannot do without.
    pub(crate) fn needed(&self, column: Column) -> Result<String, Column> {
        self.owned(column).ok_or(column)
    }

    /// A number; one that is not there is none, and what is no number is a fault.
    pub(crate) fn number(&self, column: Column) -> Result<Option<Decimal>, Column> {
        self.text(column).map(|text| Decimal::parse(&text).ok_or(column)).transpose()
    }

    /// A number that the row cannot do without.
    pub(crate) fn needed_number(&self, column: Column) -> Result<Decimal, Column> {
        self.number(column)?.ok_or(column)
    }

    /// Milliseconds that a part of a run took; what is not there took none.
    pub(crate) fn millis(&self, column: Column) -> i64 {
        let number = self.number(column).ok().flatten().unwrap_or_default();
        i64::try_from(number.nanos() / 1_000_000_000).unwrap_or(0).max(0)
    }

    /// A time that the row cannot do without.
    pub(crate) fn time(&self, column: Column) -> Result<Time, Column> {
        let text = self.text(column).ok_or(column)?;
        time::read(&text, self.order.get()).ok_or(column)
    }

    /// A currency that the row cannot do without.
    pub(crate) fn currency(&self, column: Column) -> Result<Currency, Column> {
        self.text(column).and_then(|code| Currency::parse(code.trim())).ok_or(column)
    }

    /// Whether a flag is set.
    pub(crate) fn flag(&self, column: Column) -> bool {
        self.text(column).is_some_and(|text| text.eq_ignore_ascii_case("true") || text == "1")
    }

    /// A nested value, also where it is written as JSON.
    pub(crate) fn nested(&self, column: Column) -> Option<Cow<'_, Value>> {
        match self.cell(column)? {
            Cell::Value(Value::String(text)) | Cell::Text(text) => {
                serde_json::from_str(text).ok().map(Cow::Owned)
            }
            Cell::Value(value) => Some(Cow::Borrowed(value)),
        }
    }

    /// A list; what is not there is empty, and what is no list is a fault.
    pub(crate) fn list(&self, column: Column) -> Result<Vec<Value>, Column> {
        if self.text(column).is_none() {
            return Ok(Vec::new());
        }
        match self.nested(column).map(Cow::into_owned) {
            Some(Value::Array(list)) => Ok(list),
            _ => Err(column),
        }
    }

    /// A nested value; what is not there is none, and what is no such value is a fault.
    pub(crate) fn object(&self, column: Column) -> Result<Option<Value>, Column> {
        let value = self.nested(column).map(Cow::into_owned);
        match value {
            Some(Value::Object(_)) => Ok(value),
            _ if self.text(column).is_none() => Ok(None),
            _ => Err(column),
        }
    }

    /// A number of bytes; what is not there is none, and nothing is less than that.
    pub(crate) fn size(&self, column: Column) -> Result<u64, Column> {
        let bytes = self.number(column)?.unwrap_or_default().nanos() / 1_000_000_000;
        Ok(u64::try_from(bytes.max(0)).unwrap_or(u64::MAX))
    }

    /// Days that end with their year, and the two numbers before that.
    pub(crate) fn days(&self) -> impl Iterator<Item = (&str, (u32, u32))> {
        let day = |(mark, cell): (&Option<(Digest, Values)>, &'a Option<Cell>)| match (mark, cell) {
            (
                Some((_, Values::Time)),
                Some(Cell::Text(text) | Cell::Value(Value::String(text))),
            ) => Some((text.as_str(), time::numbers(text)?)),
            _ => None,
        };
        self.columns.marks.iter().zip(self.cells).filter_map(day)
    }

    /// All that it says in columns that are read, but for some: however its file is written, and in whatever order.
    pub(crate) fn content(&self, but: &[Column]) -> Digest {
        let left_out: Vec<usize> = but.iter().filter_map(|it| self.columns.position(*it)).collect();
        let mut sum: u128 = 0;
        for (at, (name, cell)) in self.columns.marks.iter().zip(self.cells).enumerate() {
            let Some((name, values)) = name.filter(|_| !left_out.contains(&at)) else { continue };
            if let Some(said) = cell.as_ref().and_then(|cell| said(cell, values, self.order.get()))
            {
                let one = Hasher::new("cell").digest(name).digest(said).finish();
                sum = sum.wrapping_add(one.0);
            }
        }
        Digest(sum)
    }

    /// Tags that are a column each, by key.
    pub(crate) fn tags(&self) -> Vec<(String, String)> {
        let text = |at: usize| match self.cells.get(at)?.as_ref()? {
            Cell::Text(text) => Some(text.clone()).filter(|text| !text.is_empty()),
            Cell::Value(value) => plain(value),
        };
        let pair = |(key, at): &(String, usize)| Some((key.clone(), text(*at)?));
        self.columns.tags.iter().filter_map(pair).collect()
    }

    /// Pairs of a nested value, by key.
    pub(crate) fn pairs(&self, column: Column) -> Vec<(String, String)> {
        let Some(value) = self.nested(column) else { return Vec::new() };
        let Value::Object(map) = value.as_ref() else { return Vec::new() };
        let mut pairs: Vec<(String, String)> =
            map.iter().filter_map(|(key, value)| Some((key.clone(), plain(value)?))).collect();
        pairs.sort();
        pairs
    }
}

/// What a cell says, however it is written; nothing where it is empty.
fn said(cell: &Cell, values: Values, order: Option<Order>) -> Option<Digest> {
    let text = match cell {
        Cell::Text(text) | Cell::Value(Value::String(text)) => text.trim(),
        Cell::Value(value) => return nested(value, values, order),
    };
    if matches!(text, "" | "NULL" | "null" | "\\N") {
        return None;
    }
    if text.starts_with(['{', '['])
        && let Ok(value) = serde_json::from_str(text)
    {
        return nested(&value, values, order);
    }
    let same = match values {
        Values::Number => Decimal::parse(text).map(|it| Digest(it.units().cast_unsigned())),
        Values::Time => time::read(text, order).map(|it| Digest::of(it.0.to_le_bytes())),
        Values::Other => {
            let flag = ["true", "false"].into_iter().find(|it| text.eq_ignore_ascii_case(it));
            flag.map(Digest::of)
        }
    };
    Some(same.unwrap_or_else(|| Digest::of(text)))
}

/// The same of a value with parts; the order of its keys says nothing.
fn nested(value: &Value, values: Values, order: Option<Order>) -> Option<Digest> {
    match value {
        Value::Null => None,
        Value::String(text) => said(&Cell::Text(text.clone()), values, order),
        Value::Number(number) => said(&Cell::Text(number.to_string()), values, order),
        Value::Bool(flag) => Some(Digest::of(if *flag { "true" } else { "false" })),
        Value::Array(list) => {
            let mut all = Hasher::new("list");
            for part in list {
                all.digest(nested(part, values, order).unwrap_or_default());
            }
            (!list.is_empty()).then(|| all.finish())
        }
        Value::Object(map) => {
            let pair = |(key, value): (&String, &Value)| {
                Some(Hasher::new("pair").text(key).digest(nested(value, values, order)?).finish().0)
            };
            let pairs: Vec<u128> = map.iter().filter_map(pair).collect();
            let sum = pairs.iter().fold(0_u128, |sum, pair| sum.wrapping_add(*pair));
            (!pairs.is_empty()).then_some(Digest(sum))
        }
    }
}

/// A value that is not nested, as a text.
pub(crate) fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => (!text.is_empty()).then(|| text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    thread_local! {
        /// Columns that somebody looked at.
        pub(super) static ASKED: RefCell<BTreeSet<Column>> = const { RefCell::new(BTreeSet::new()) };
    }

    /// What stands in a column, so that a row is read to its end.
    fn cell(column: Column, line_type: &str) -> Option<Cell> {
        let text = match column {
            Column::Currency | Column::BillingCurrency | Column::CurCurrency => "USD",
            Column::CurBillingEntity => "AWS Marketplace",
            Column::CurType => line_type,
            Column::Compute | Column::QuerySource | Column::CurProduct | Column::EntityMetadata => {
                "{}"
            }
            Column::BaseObjects
            | Column::ComputeIds
            | Column::DirectObjects
            | Column::ObjectsModified => "[]",
            // What these say ends the reading, or takes the place of others.
            Column::IsAdjustment
            | Column::BillingType
            | Column::CurSplitParent
            | Column::CreditsCompute
            | Column::CurProductName
            | Column::ResourceName => return None,
            _ => "1",
        };
        Some(Cell::Text(text.to_owned()))
    }

    /// The content of a row, a name and a value a line.
    fn content(row: &[(&str, &str)]) -> Digest {
        let columns = Columns::of(row.iter().map(|(name, _)| *name));
        let cells: Vec<_> = row.iter().map(|(_, it)| Some(Cell::Text((*it).to_owned()))).collect();
        Row::new(&columns, &cells).content(&[Column::CurLine])
    }

    #[test]
    fn a_row_says_the_same_however_it_is_written() {
        for (one, two) in [
            (vec![("BilledCost", "1.50")], vec![("billed_cost", "1.5")]),
            (vec![("ProviderName", "A")], vec![("ServiceProviderName", "A")]),
            (
                vec![("ChargePeriodStart", "2026-10-01")],
                vec![("ChargePeriodStart", "2026-10-01T00:00:00Z")],
            ),
            (vec![("lineItem/UnblendedCost", "1")], vec![("line_item_unblended_cost", "1e0")]),
            (vec![("X_METER", "True")], vec![("x_Meter", "true")]),
            (
                vec![("Tags", "{\"a\": 1, \"b\": \"x\"}")],
                vec![("Tags", "{\"b\":\"x\",\"a\":\"1\"}")],
            ),
            (vec![("Tags", "{}"), ("RegionId", "")], vec![("RegionId", "null")]),
            // What nobody reads, what names a line, and when it was exported.
            (
                vec![("BilledCost", "1"), ("Comment", "a")],
                vec![("BilledCost", "1"), ("Comment", "b")],
            ),
            (vec![("identity_line_item_id", "a")], vec![("identity_line_item_id", "b")]),
            (vec![("x_LoadedAt", "2026-10-01")], vec![("x_LoadedAt", "2026-10-02")]),
        ] {
            assert_eq!(content(&one), content(&two), "{one:?} {two:?}");
        }
    }

    #[test]
    fn what_tells_lines_apart_is_told() {
        for (one, two) in [
            (("ResourceId", "007"), ("ResourceId", "7")),
            (("ResourceId", "1e2"), ("ResourceId", "100")),
            (("ResourceId", "{"), ("ResourceId", "")),
            (("BilledCost", "1"), ("EffectiveCost", "1")),
        ] {
            assert_ne!(content(&[one]), content(&[two]), "{one:?} {two:?}");
        }
        let telling =
            TELLING.iter().copied().chain(["x_Meter", "lineItem/UsageAccountId", "Region Id"]);
        for name in telling {
            assert_ne!(content(&[(name, "a")]), content(&[(name, "b")]), "{name}");
        }
    }

    #[test]
    fn a_kind_lists_exactly_the_columns_that_are_read_of_it() {
        let columns = Columns::of(Column::all().map(Column::name));
        for kind in crate::kind::all() {
            ASKED.take();
            for line_type in [
                "Usage",
                "SavingsPlanCoveredUsage",
                "SavingsPlanRecurringFee",
                "RIFee",
                "DiscountedUsage",
            ] {
                let every = || Column::all().map(|it| cell(it, line_type)).collect::<Vec<_>>();
                let mut with_compute = every();
                with_compute[Column::CreditsCompute as usize] = Some(Cell::Text("1".to_owned()));
                for cells in [every(), with_compute] {
                    let _record = (kind.read)(&Row::new(&columns, &cells), "");
                }
            }
            let asked: Vec<Column> = ASKED.take().into_iter().collect();
            assert_eq!(kind.every().into_iter().collect::<Vec<_>>(), asked, "{}", kind.name);
        }
    }
}
