//! Rows of a Parquet file, as far as somebody asks for them: texts and whole numbers by name.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread;

use ::parquet::errors::ParquetError;
use ::parquet::file::reader::{FileReader, SerializedFileReader};
use ::parquet::record::Field;
use ::parquet::schema::types::Type;
use bytes::Bytes;

use crate::FOREIGN_THREAD;

/// A row: the columns that were asked for and are not NULL.
pub type Row = BTreeMap<String, Cell>;

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// A text.
    Text(String),
    /// A whole number.
    Number(i64),
}

impl Cell {
    /// The text, if it is one.
    pub fn text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            Self::Number(_) => None,
        }
    }

    /// The number, if it is one.
    pub fn number(&self) -> Option<i64> {
        match self {
            Self::Text(_) => None,
            Self::Number(number) => Some(*number),
        }
    }
}

/// Rows of a file, in order; columns that the file does not have are left out.
///
/// The library panics on some damaged files, so it works in a thread of its own.
pub fn rows(bytes: Vec<u8>, wanted: &[&str]) -> Result<Vec<Row>, ParquetError> {
    let wanted: Vec<String> = wanted.iter().map(|&name| name.to_owned()).collect();
    let thread = thread::Builder::new().name(FOREIGN_THREAD.to_owned());
    let thread = thread.spawn(move || read(bytes, &wanted)).map_err(ParquetError::from)?;
    thread.join().unwrap_or_else(|_| Err(ParquetError::General("it is damaged".to_owned())))
}

fn read(bytes: Vec<u8>, wanted: &[String]) -> Result<Vec<Row>, ParquetError> {
    let reader = SerializedFileReader::new(Bytes::from(bytes))?;
    let schema = reader.metadata().file_metadata().schema();
    let fields =
        schema.get_fields().iter().filter(|field| wanted.iter().any(|name| name == field.name()));
    let fields: Vec<Arc<Type>> = fields.cloned().collect();
    if fields.is_empty() {
        return Ok(Vec::new());
    }
    let projection = Type::group_type_builder(schema.name()).with_fields(fields).build()?;
    let mut found = Vec::new();
    for row in reader.get_row_iter(Some(projection))? {
        let row = row?;
        let cells = row.get_column_iter().filter_map(|(name, field)| {
            let cell = match field {
                Field::Str(text) => Cell::Text(text.clone()),
                Field::Long(number) => Cell::Number(*number),
                Field::Int(number) => Cell::Number(i64::from(*number)),
                _ => return None,
            };
            Some((name.clone(), cell))
        });
        found.push(cells.collect());
    }
    Ok(found)
}
