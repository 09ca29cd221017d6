//! Segments: rows of one day in order, as Parquet that anyone can read.

use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical, ZstdLevel};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl, get_typed_column_reader};
use parquet::data_type::{
    ByteArray, ByteArrayType, DataType, FixedLenByteArray, FixedLenByteArrayType, Int64Type,
};
use parquet::errors::{ParquetError, Result};
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{Type, TypePtr};
use plumb_base::record::usage::UsageRecord;
use plumb_base::{Decimal, Digest};

use crate::blank::blank;
use crate::fields::{Count, Fields, visit};
use crate::shelf::{Key, Shelf};

/// Bytes of a digest and of an amount.
const WIDE: i32 = 16;

/// Rows that are decoded at once.
const BATCH: usize = 2048;

/// Writes rows that stand in their order.
pub(crate) fn write(shelf: Shelf, rows: Vec<(Key, UsageRecord)>) -> Result<Vec<u8>> {
    let mut columns = Schema::default();
    visit(&mut blank(shelf.kind, shelf.platform), &mut columns);
    let schema = Type::group_type_builder("rows").with_fields(columns.fields()?).build()?;
    let mut columns = Columns { list: columns.list.iter().map(Column::new).collect(), at: 0 };
    let (mut orders, mut digests) = (Vec::new(), Vec::new());
    for (key, mut record) in rows {
        orders.push(key.order);
        digests.push(wide(key.row.0.to_be_bytes()));
        columns.at = 0;
        visit(&mut record, &mut columns);
    }
    let level = ZstdLevel::try_new(3)?;
    let properties = WriterProperties::builder().set_compression(Compression::ZSTD(level)).build();
    let mut bytes = Vec::new();
    let mut file = SerializedFileWriter::new(&mut bytes, Arc::new(schema), Arc::new(properties))?;
    let mut group = file.next_row_group()?;
    put::<Int64Type>(&mut group, &orders, None)?;
    put::<FixedLenByteArrayType>(&mut group, &digests, None)?;
    for column in columns.list {
        match column {
            Column::Text(values, there) => put::<ByteArrayType>(&mut group, &values, Some(&there))?,
            Column::Number(values, there) => put::<Int64Type>(&mut group, &values, Some(&there))?,
            Column::Amount(values, there) => {
                put::<FixedLenByteArrayType>(&mut group, &values, Some(&there))?;
            }
        }
    }
    group.close()?;
    file.close()?;
    Ok(bytes)
}

fn put<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, &mut Vec<u8>>,
    values: &[T::T],
    there: Option<&[i16]>,
) -> Result<()> {
    let mut column = group.next_column()?.ok_or_else(unlike)?;
    column.typed::<T>().write_batch(values, there, None)?;
    column.close()
}

fn unlike() -> ParquetError {
    ParquetError::General("it has other columns".to_owned())
}

fn wide(bytes: [u8; 16]) -> FixedLenByteArray {
    ByteArray::from(bytes.to_vec()).into()
}

/// Names and types of columns.
#[derive(Default)]
struct Schema {
    list: Vec<(&'static str, Kind)>,
}

#[derive(Clone, Copy)]
enum Kind {
    Text,
    Number(Count),
    Amount,
}

impl Fields for Schema {
    fn text(&mut self, name: &'static str, _: &mut Option<String>) {
        self.list.push((name, Kind::Text));
    }

    fn number(&mut self, name: &'static str, count: Count, _: &mut Option<i64>) {
        self.list.push((name, Kind::Number(count)));
    }

    fn amount(&mut self, name: &'static str, _: &mut Option<Decimal>) {
        self.list.push((name, Kind::Amount));
    }
}

impl Schema {
    fn fields(&self) -> Result<Vec<TypePtr>> {
        let order = Type::primitive_type_builder("row_order", Physical::INT64);
        let digest = Type::primitive_type_builder("row_digest", Physical::FIXED_LEN_BYTE_ARRAY);
        let mut fields = vec![
            Arc::new(order.with_repetition(Repetition::REQUIRED).build()?),
            Arc::new(digest.with_repetition(Repetition::REQUIRED).with_length(WIDE).build()?),
        ];
        for (name, kind) in &self.list {
            let physical = match kind {
                Kind::Text => Physical::BYTE_ARRAY,
                Kind::Number(_) => Physical::INT64,
                Kind::Amount => Physical::FIXED_LEN_BYTE_ARRAY,
            };
            let field = Type::primitive_type_builder(name, physical);
            let field = field.with_repetition(Repetition::OPTIONAL);
            let field = match kind {
                Kind::Text => field.with_logical_type(Some(LogicalType::String)),
                Kind::Number(Count::Plain) => field,
                Kind::Number(Count::Time) => {
                    field.with_logical_type(Some(LogicalType::timestamp(true, TimeUnit::MILLIS)))
                }
                Kind::Amount => field
                    .with_length(WIDE)
                    .with_logical_type(Some(LogicalType::decimal(18, 38)))
                    .with_precision(38)
                    .with_scale(18),
            };
            fields.push(Arc::new(field.build()?));
        }
        Ok(fields)
    }
}

/// Values of a column, those that are missing left out; and of each row whether it has one.
enum Column {
    Text(Vec<ByteArray>, Vec<i16>),
    Number(Vec<i64>, Vec<i16>),
    Amount(Vec<FixedLenByteArray>, Vec<i16>),
}

impl Column {
    fn new((_, kind): &(&'static str, Kind)) -> Self {
        match kind {
            Kind::Text => Self::Text(Vec::new(), Vec::new()),
            Kind::Number(_) => Self::Number(Vec::new(), Vec::new()),
            Kind::Amount => Self::Amount(Vec::new(), Vec::new()),
        }
    }
}

/// Columns that are filled row by row.
struct Columns {
    list: Vec<Column>,
    at: usize,
}

impl Columns {
    fn next(&mut self) -> Option<&mut Column> {
        self.at += 1;
        self.list.get_mut(self.at - 1)
    }
}

fn add<T>(values: &mut Vec<T>, there: &mut Vec<i16>, value: Option<T>) {
    there.push(i16::from(value.is_some()));
    values.extend(value);
}

impl Fields for Columns {
    fn text(&mut self, _: &'static str, value: &mut Option<String>) {
        if let Some(Column::Text(values, there)) = self.next() {
            add(values, there, value.take().map(|text| ByteArray::from(text.into_bytes())));
        }
    }

    fn number(&mut self, _: &'static str, _: Count, value: &mut Option<i64>) {
        if let Some(Column::Number(values, there)) = self.next() {
            add(values, there, *value);
        }
    }

    fn amount(&mut self, _: &'static str, value: &mut Option<Decimal>) {
        if let Some(Column::Amount(values, there)) = self.next() {
            add(values, there, value.map(|it| wide(it.units().to_be_bytes())));
        }
    }
}

/// Rows of a segment, in order.
pub(crate) struct Rows {
    shelf: Shelf,
    orders: ColumnReaderImpl<Int64Type>,
    digests: ColumnReaderImpl<FixedLenByteArrayType>,
    columns: Vec<ColumnReader>,
    left: usize,
    keys: std::vec::IntoIter<Key>,
    batch: Vec<Values>,
}

/// Values of a column of some rows.
enum Values {
    Text(std::vec::IntoIter<Option<ByteArray>>),
    Number(std::vec::IntoIter<Option<i64>>),
    Amount(std::vec::IntoIter<Option<FixedLenByteArray>>),
}

/// The digests of all rows.
pub(crate) fn digests(bytes: Vec<u8>) -> Result<Vec<Digest>> {
    let file = SerializedFileReader::new(bytes::Bytes::from(bytes))?;
    let group = file.get_row_group(0)?;
    let rows = usize::try_from(group.metadata().num_rows()).unwrap_or_default();
    let mut column = get_typed_column_reader::<FixedLenByteArrayType>(group.get_column_reader(1)?);
    let values = required(&mut column, rows)?;
    values.iter().map(digest).collect()
}

fn digest(value: &FixedLenByteArray) -> Result<Digest> {
    let bytes: [u8; 16] = value.data().try_into().map_err(|_| unlike())?;
    Ok(Digest(u128::from_be_bytes(bytes)))
}

impl Rows {
    /// Opens a segment.
    pub(crate) fn open(shelf: Shelf, bytes: Vec<u8>) -> Result<Self> {
        let file = SerializedFileReader::new(bytes::Bytes::from(bytes))?;
        let group = file.get_row_group(0)?;
        let left = usize::try_from(group.metadata().num_rows()).unwrap_or_default();
        let mut schema = Schema::default();
        visit(&mut blank(shelf.kind, shelf.platform), &mut schema);
        if group.num_columns() != schema.list.len() + 2 {
            return Err(unlike());
        }
        let orders = get_typed_column_reader(group.get_column_reader(0)?);
        let digests = get_typed_column_reader(group.get_column_reader(1)?);
        let columns = (2..group.num_columns()).map(|at| group.get_column_reader(at));
        let columns = columns.collect::<Result<Vec<ColumnReader>>>()?;
        let (keys, batch) = (Vec::new().into_iter(), Vec::new());
        Ok(Self { shelf, orders, digests, columns, left, keys, batch })
    }

    /// The next row.
    pub(crate) fn next(&mut self) -> Result<Option<(Key, UsageRecord)>> {
        if self.keys.len() == 0 && self.left > 0 {
            self.decode()?;
        }
        let Some(key) = self.keys.next() else { return Ok(None) };
        let mut record = blank(self.shelf.kind, self.shelf.platform);
        let mut row = Row { batch: &mut self.batch, at: 0, fits: true };
        visit(&mut record, &mut row);
        if row.fits { Ok(Some((key, record))) } else { Err(unlike()) }
    }

    fn decode(&mut self) -> Result<()> {
        let count = self.left.min(BATCH);
        let orders = required(&mut self.orders, count)?;
        let digests = required(&mut self.digests, count)?;
        let key = |(order, row): (i64, &FixedLenByteArray)| Ok(Key { order, row: digest(row)? });
        let keys = orders.into_iter().zip(&digests).map(key).collect::<Result<Vec<Key>>>()?;
        self.keys = keys.into_iter();
        self.batch = Vec::with_capacity(self.columns.len());
        for column in &mut self.columns {
            self.batch.push(match column {
                ColumnReader::ByteArrayColumnReader(it) => Values::Text(optional(it, count)?),
                ColumnReader::Int64ColumnReader(it) => Values::Number(optional(it, count)?),
                ColumnReader::FixedLenByteArrayColumnReader(it) => {
                    Values::Amount(optional(it, count)?)
                }
                _ => return Err(unlike()),
            });
        }
        self.left -= count;
        Ok(())
    }
}

fn required<T: DataType>(column: &mut ColumnReaderImpl<T>, count: usize) -> Result<Vec<T::T>> {
    let mut values = Vec::with_capacity(count);
    while values.len() < count {
        let (read, _, _) = column.read_records(count - values.len(), None, None, &mut values)?;
        if read == 0 {
            return Err(ParquetError::EOF("it ends too soon".to_owned()));
        }
    }
    Ok(values)
}

fn optional<T: DataType>(
    column: &mut ColumnReaderImpl<T>,
    count: usize,
) -> Result<std::vec::IntoIter<Option<T::T>>> {
    let (mut values, mut there) = (Vec::new(), Vec::with_capacity(count));
    while there.len() < count {
        let most = count - there.len();
        let (read, _, _) = column.read_records(most, Some(&mut there), None, &mut values)?;
        if read == 0 {
            return Err(ParquetError::EOF("it ends too soon".to_owned()));
        }
    }
    let mut values = values.into_iter();
    let each: Vec<Option<T::T>> =
        there.into_iter().map(|there| if there > 0 { values.next() } else { None }).collect();
    Ok(each.into_iter())
}

/// One row while it is set.
struct Row<'a> {
    batch: &'a mut [Values],
    at: usize,
    fits: bool,
}

impl Row<'_> {
    fn next(&mut self) -> Option<&mut Values> {
        self.at += 1;
        self.batch.get_mut(self.at - 1)
    }
}

impl Fields for Row<'_> {
    fn text(&mut self, _: &'static str, value: &mut Option<String>) {
        let Some(Values::Text(values)) = self.next() else { return self.fits = false };
        let text = values.next().flatten().map(|it| String::from_utf8(it.data().to_vec()));
        let text = text.transpose();
        self.fits &= text.is_ok();
        *value = text.unwrap_or_default();
    }

    fn number(&mut self, _: &'static str, _: Count, value: &mut Option<i64>) {
        let Some(Values::Number(values)) = self.next() else { return self.fits = false };
        *value = values.next().flatten();
    }

    fn amount(&mut self, _: &'static str, value: &mut Option<Decimal>) {
        let Some(Values::Amount(values)) = self.next() else { return self.fits = false };
        let bytes = values.next().flatten().and_then(|it| it.data().try_into().ok());
        *value = bytes.map(|bytes| Decimal::of_units(i128::from_be_bytes(bytes)));
    }
}
