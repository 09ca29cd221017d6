//! Rows of Parquet files, a row group at a time.
//!
//! The library panics on some damaged files, so it works in a thread of its own and sends rows over.

use std::io::{BufReader, Read, Seek, SeekFrom};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};

use bytes::Bytes;
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, FileReader, Length, SerializedFileReader};
use parquet::record::Field;
use parquet::schema::types::Type;
use plumb_base::Stream;
use serde_json::Value;

use crate::FOREIGN_THREAD;
use crate::{Cell, Columns, Reading, Row, row};

/// Rows that are sent at once.
const BATCH: usize = 512;

/// Cells of rows.
type Batch = Vec<Vec<Option<Cell>>>;

/// The columns of a file.
pub(super) fn columns(stream: Box<dyn Stream>) -> Option<Columns> {
    let names = foreign(move || {
        let reader = SerializedFileReader::new(File::new(stream)?)?;
        let fields = reader.metadata().file_metadata().schema().get_fields().to_vec();
        Ok(fields.iter().map(|field| field.name().to_owned()).collect::<Vec<String>>())
    })?;
    let names = names.join().ok()?.ok()?;
    Some(Columns::of(names.iter().map(String::as_str)))
}

/// Reads every row.
pub(super) fn rows(stream: Box<dyn Stream>, reading: &mut Reading<'_>) {
    let (send, receive) = sync_channel(4);
    let (send_names, names) = sync_channel(1);
    let thread = foreign(move || send_all(stream, &send_names, &send));
    let Some(thread) = thread else { return reading.breaks_off(&"no thread could be had") };
    let columns: Option<Vec<String>> = names.recv().ok();
    if let Some(names) = columns {
        let columns = Columns::of(names.iter().map(String::as_str));
        take_all(&receive, &columns, reading);
    }
    match thread.join() {
        Ok(Ok(())) => {}
        Ok(Err(error)) => reading.breaks_off(&error),
        Err(_) => reading.breaks_off(&"it is damaged"),
    }
}

fn take_all(receive: &Receiver<Batch>, columns: &Columns, reading: &mut Reading<'_>) {
    while let Ok(batch) = receive.recv() {
        for cells in &batch {
            reading.row(&Row::new(columns, cells), None);
        }
    }
}

fn foreign<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Option<JoinHandle<Result<T>>> {
    Builder::new().name(FOREIGN_THREAD.to_owned()).spawn(work).ok()
}

fn send_all(
    stream: Box<dyn Stream>,
    names: &SyncSender<Vec<String>>,
    send: &SyncSender<Batch>,
) -> Result<()> {
    let reader = SerializedFileReader::new(File::new(stream)?)?;
    let schema = reader.metadata().file_metadata().schema();
    // Only what somebody reads is decoded.
    let known = |field: &&Arc<Type>| row::is_read(field.name());
    let fields: Vec<Arc<Type>> = schema.get_fields().iter().filter(known).cloned().collect();
    let header = fields.iter().map(|field| field.name().to_owned()).collect();
    let gone = || ParquetError::General("nobody reads on".to_owned());
    names.send(header).map_err(|_| gone())?;
    if fields.is_empty() {
        return Ok(());
    }
    let projection = Type::group_type_builder(schema.name()).with_fields(fields).build()?;
    let mut batch = Batch::with_capacity(BATCH);
    for row in reader.get_row_iter(Some(projection))? {
        batch.push(row?.get_column_iter().map(|(_, field)| cell(field)).collect());
        if batch.len() == BATCH {
            send.send(std::mem::take(&mut batch)).map_err(|_| gone())?;
        }
    }
    send.send(batch).map_err(|_| gone())
}

fn cell(field: &Field) -> Option<Cell> {
    match field {
        Field::Null => None,
        Field::Group(_) | Field::MapInternal(_) | Field::ListInternal(_) => {
            Some(Cell::Value(value(field)))
        }
        _ => Some(Cell::Text(text(field))),
    }
}

/// A value that is not nested as exports write it.
fn text(field: &Field) -> String {
    match field {
        Field::Str(text) => text.clone(),
        // The shortest text that means the same number.
        Field::Float(number) => number.to_string(),
        Field::Double(number) => number.to_string(),
        Field::Bool(flag) => flag.to_string(),
        Field::Byte(number) => number.to_string(),
        Field::Short(number) => number.to_string(),
        Field::Int(number) | Field::Date(number) => number.to_string(),
        Field::Long(number) => number.to_string(),
        Field::UByte(number) => number.to_string(),
        Field::UShort(number) => number.to_string(),
        Field::UInt(number) => number.to_string(),
        Field::ULong(number) => number.to_string(),
        Field::TimestampMillis(count) | Field::TimestampMicros(count) => count.to_string(),
        Field::Bytes(bytes) => String::from_utf8_lossy(bytes.data()).into_owned(),
        // Decimals print themselves.
        _ => field.to_string(),
    }
}

fn value(field: &Field) -> Value {
    match field {
        Field::Null => Value::Null,
        Field::Group(row) => row
            .get_column_iter()
            .map(|(name, field)| (name.clone(), value(field)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Field::MapInternal(map) => {
            let pair = |(key, of): &(Field, Field)| (text(key), value(of));
            map.entries().iter().map(pair).collect::<serde_json::Map<_, _>>().into()
        }
        Field::ListInternal(list) => list.elements().iter().map(value).collect::<Vec<_>>().into(),
        _ => Value::String(text(field)),
    }
}

/// A stream as the library wants it: read from many places.
struct File {
    stream: Arc<Mutex<Box<dyn Stream>>>,
    length: u64,
}

impl File {
    fn new(mut stream: Box<dyn Stream>) -> Result<Self> {
        let length = stream.seek(SeekFrom::End(0))?;
        Ok(Self { stream: Arc::new(Mutex::new(stream)), length })
    }

    fn part(&self, at: u64) -> Part {
        Part { stream: self.stream.clone(), at }
    }
}

impl Length for File {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for File {
    type T = BufReader<Part>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        Ok(BufReader::new(self.part(start)))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        // A damaged file may ask for more than there is.
        if start.saturating_add(length as u64) > self.length {
            return Err(ParquetError::EOF(format!("{length} bytes at {start}")));
        }
        let mut bytes = vec![0; length];
        self.part(start).read_exact(&mut bytes)?;
        Ok(bytes.into())
    }
}

/// A place in a stream from which is read on.
struct Part {
    stream: Arc<Mutex<Box<dyn Stream>>>,
    at: u64,
}

impl Read for Part {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        // A stream that somebody left in the middle is placed anew before each use.
        let mut stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner);
        stream.seek(SeekFrom::Start(self.at))?;
        let read = stream.read(bytes)?;
        self.at += read as u64;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use parquet::data_type::{
        ByteArray, ByteArrayType, FixedLenByteArray, FixedLenByteArrayType, Int64Type,
    };
    use parquet::file::properties::WriterProperties;
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;
    use plumb_base::record::usage::{Platform, RecordFile, RecordKind, UsageRecord};

    use super::*;

    /// Usage of Databricks as it is exported: nested, with times in microseconds and decimals.
    fn usage(rows: usize) -> Vec<u8> {
        let schema = "message usage {
            required binary record_id (UTF8); required binary sku_name (UTF8); required binary usage_unit (UTF8);
            required fixed_len_byte_array(16) usage_quantity (DECIMAL(38,18));
            required int64 usage_start_time (TIMESTAMP_MICROS);
            required group usage_metadata { required binary job_id (UTF8); } required binary ignored (UTF8);
        }";
        let schema = Arc::new(parse_message_type(schema).unwrap());
        let properties = Arc::new(WriterProperties::builder().build());
        let mut bytes = Vec::new();
        let mut writer = SerializedFileWriter::new(&mut bytes, schema, properties).unwrap();
        let mut group = writer.next_row_group().unwrap();
        let texts = |texts: Vec<String>| {
            texts.iter().map(|it| ByteArray::from(it.as_str())).collect::<Vec<_>>()
        };
        let mut at = 0;
        while let Some(mut column) = group.next_column().unwrap() {
            match at {
                3 => {
                    let one = 1_500_000_000_000_000_001_i128.to_be_bytes().to_vec();
                    let values = vec![FixedLenByteArray::from(ByteArray::from(one)); rows];
                    column
                        .typed::<FixedLenByteArrayType>()
                        .write_batch(&values, None, None)
                        .unwrap();
                }
                4 => {
                    let values = vec![1_790_842_500_000_000; rows];
                    column.typed::<Int64Type>().write_batch(&values, None, None).unwrap();
                }
                _ => {
                    let values = texts((0..rows).map(|row| format!("{at}-{row}")).collect());
                    column.typed::<ByteArrayType>().write_batch(&values, None, None).unwrap();
                }
            }
            column.close().unwrap();
            at += 1;
        }
        group.close().unwrap();
        writer.close().unwrap();
        bytes
    }

    fn read(bytes: Vec<u8>) -> (Vec<UsageRecord>, Option<String>) {
        let path = "usage.parquet".to_owned();
        let platform = Some(Platform::Databricks);
        let file = RecordFile { path, kind: RecordKind::UsageLines, platform, lacks: Vec::new() };
        let mut given = Vec::new();
        let mut give = |row, _: &str| given.push(row);
        let mut reading = Reading::new(&file, &mut give);
        rows(Box::new(Cursor::new(bytes)), &mut reading);
        let broken = reading.broken.take();
        (given, broken)
    }

    #[test]
    fn nested_values_decimals_and_times_are_read() {
        let (given, broken) = read(usage(1300));
        assert_eq!((given.len(), broken), (1300, None));
        let UsageRecord::Usage(line) = &given[1299] else { unreachable!("usage") };
        assert_eq!(line.quantity.to_string(), "1.500000000000000001");
        assert_eq!(line.source, [("job".to_owned(), "5-1299".to_owned())]);
        assert_eq!(line.start.0, 1_790_842_500_000);
    }

    #[test]
    fn a_damaged_file_is_said_and_never_a_panic() {
        let whole = usage(40);
        assert!(read(whole[..whole.len() / 2].to_vec()).1.is_some());
        let mut seed: u64 = 3;
        for _ in 0..200 {
            let mut bytes = whole.clone();
            for _ in 0..3 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let at = usize::try_from(seed >> 33).unwrap_or(0) % bytes.len();
                bytes[at] = u8::try_from(seed >> 20 & 0xff).unwrap_or(0);
            }
            let _read = read(bytes);
        }
    }
}
