//! Exports of a small warehouse: history as Parquet, metering compressed, prices as they come.

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Arc;

use parquet::data_type::{ByteArray, ByteArrayType};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

pub(crate) const RATES: &str = "DATE,SERVICE_TYPE,EFFECTIVE_RATE,CURRENCY
2026-10-01,WAREHOUSE_METERING,2.5,USD
2026-10-02,WAREHOUSE_METERING,2.5,USD
";

/// Every file, by path.
pub(crate) fn all() -> Vec<(String, Vec<u8>)> {
    let logs =
        (1..=2).map(|part| (format!("logs/eventlog_v2_app-1/events_{part}_app-1"), log(part)));
    let files = [
        ("rates.csv".to_owned(), RATES.as_bytes().to_vec()),
        ("größe/metering.csv.gz".to_owned(), compressed(&metering())),
        ("history 50%.parquet".to_owned(), history()),
    ];
    files.into_iter().chain(logs).collect()
}

fn metering() -> String {
    let mut text = "START_TIME,WAREHOUSE_NAME,CREDITS_USED_COMPUTE\n".to_owned();
    for hour in 0..48 {
        let (day, hour, warehouse) = (hour / 24 + 1, hour % 24, hour % 3);
        writeln!(text, "2026-10-{day:02} {hour:02}:00:00,WH{warehouse},1.{hour:02}7").unwrap();
    }
    text
}

fn compressed(text: &str) -> Vec<u8> {
    let mut file = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    file.write_all(text.as_bytes()).unwrap();
    file.finish().unwrap()
}

/// A log of an application that ends where it began.
fn log(part: u32) -> Vec<u8> {
    let event = match part {
        1 => {
            "{\"Event\":\"SparkListenerApplicationStart\",\"App Name\":\"load\",\"App ID\":\"app-1\",\"Timestamp\":1790842500000,\"User\":\"ada\"}\n"
        }
        _ => "{\"Event\":\"SparkListenerApplicationEnd\",\"Timestamp\":1790842600000}\n",
    };
    event.as_bytes().to_vec()
}

/// History, large enough to be read in several parts.
fn history() -> Vec<u8> {
    let names = [
        "QUERY_ID",
        "QUERY_TEXT",
        "USER_NAME",
        "WAREHOUSE_NAME",
        "WAREHOUSE_SIZE",
        "START_TIME",
        "END_TIME",
        "ROLE_NAME",
    ];
    let fields: Vec<String> =
        names.iter().map(|name| format!("required binary {name} (UTF8);")).collect();
    let schema = format!("message history {{ {} }}", fields.join(" "));
    let schema = Arc::new(parse_message_type(&schema).unwrap());
    let properties = Arc::new(WriterProperties::builder().set_dictionary_enabled(false).build());
    let mut bytes = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, properties).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let cell = |name: &str, row: usize| {
        let (day, hour, minute) = (row / 2000 + 1, row % 24, row / 24 % 60);
        match name {
            "QUERY_ID" => format!("q{row}"),
            "QUERY_TEXT" => {
                format!("select {} from shop.orders where id = {}", row % 7, row * 7919)
            }
            "USER_NAME" => format!("U{}", row % 5),
            "WAREHOUSE_NAME" => format!("WH{}", row % 3),
            "WAREHOUSE_SIZE" => "Small".to_owned(),
            "ROLE_NAME" => format!("nobody reads this {row}"),
            end => {
                let second = if end == "END_TIME" { 30 } else { 10 };
                format!("2026-10-{day:02} {hour:02}:{minute:02}:{second:02}")
            }
        }
    };
    for name in names {
        let mut column = group.next_column().unwrap().unwrap();
        let values: Vec<String> = (0..4000).map(|row| cell(name, row)).collect();
        let values: Vec<ByteArray> = values.iter().map(|it| ByteArray::from(it.as_str())).collect();
        column.typed::<ByteArrayType>().write_batch(&values, None, None).unwrap();
        column.close().unwrap();
    }
    group.close().unwrap();
    writer.close().unwrap();
    bytes
}
