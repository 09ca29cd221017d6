//! Rows of JSON: objects in a list or one after the other, and what dbt says of its runs.

use std::io::{BufRead, Read};

use plumb_base::World;
use plumb_base::record::usage::{NodeRun, UsageRecord};
use serde::de::{DeserializeSeed, Deserializer, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::{Cell, Columns, Reading, Row, file};

/// Largest file of run results that is read; a run of thousands of nodes is far below it.
const LARGEST_RESULTS: u64 = 256 << 20;

/// Keys of the first object of a file.
pub(super) fn columns(head: &[u8]) -> Option<Columns> {
    let text = String::from_utf8_lossy(head);
    let text = text.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t', '[']);
    let first =
        serde_json::Deserializer::from_str(text).into_iter::<Map<String, Value>>().next()?;
    let keys = match first {
        Ok(object) => object.keys().cloned().collect(),
        // An object may be longer than the head.
        Err(error) if error.is_eof() => keys(text),
        Err(_) => return None,
    };
    (keys.len() > 1).then(|| Columns::of(keys.iter().map(String::as_str)))
}

/// Texts before a colon, of an object that breaks off.
fn keys(text: &str) -> Vec<String> {
    let parts: Vec<&str> = text.split('"').collect();
    let key = |pair: &[&str]| pair[1].trim_start().starts_with(':').then(|| pair[0].to_owned());
    parts.windows(2).filter_map(key).collect()
}

/// Reads every object.
pub(super) fn rows(mut bytes: Box<dyn BufRead>, reading: &mut Reading<'_>) {
    let mut start = match first(&mut bytes) {
        Ok(start) => start,
        Err(error) => return reading.breaks_off(&error),
    };
    if start == Some(b'[') {
        let mut text = serde_json::Deserializer::from_reader(bytes);
        if let Err(error) = text.deserialize_seq(Each(reading)) {
            reading.breaks_off(&error);
        }
        return;
    }
    let (mut line, mut number) = (Vec::new(), 0);
    while start.is_some() {
        line.clear();
        number += 1;
        match bytes.read_until(b'\n', &mut line) {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) => return reading.breaks_off(&error),
        }
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        match serde_json::from_slice::<Map<String, Value>>(&line) {
            Ok(object) => give(object, Some(number), reading),
            // An object over several lines: all of them are.
            Err(error) if number == 1 && error.is_eof() => {
                let whole = std::io::Cursor::new(std::mem::take(&mut line)).chain(bytes);
                return stream(whole, reading);
            }
            Err(_) => reading.fault("no JSON object".to_owned(), Some(number)),
        }
        start = Some(0);
    }
}

fn stream(bytes: impl Read, reading: &mut Reading<'_>) {
    for object in serde_json::Deserializer::from_reader(bytes).into_iter::<Map<String, Value>>() {
        match object {
            Ok(object) => give(object, None, reading),
            Err(error) => return reading.breaks_off(&error),
        }
    }
}

/// The first byte that is no white space or mark, which stays where it is.
fn first(bytes: &mut dyn BufRead) -> std::io::Result<Option<u8>> {
    loop {
        let start = bytes.fill_buf()?;
        let Some(byte) = start.first().copied() else { return Ok(None) };
        if !byte.is_ascii_whitespace() && !matches!(byte, 0xef | 0xbb | 0xbf) {
            return Ok(Some(byte));
        }
        bytes.consume(1);
    }
}

fn give(object: Map<String, Value>, line: Option<u32>, reading: &mut Reading<'_>) {
    // Objects may differ in their keys; mostly they do not.
    let known = reading.columns.take().filter(|columns| columns.are(object.keys()));
    let columns = known.unwrap_or_else(|| Columns::of(object.keys().map(String::as_str)));
    let cells: Vec<Option<Cell>> =
        object.into_iter().map(|(_, value)| Some(Cell::Value(value))).collect();
    reading.row(&Row::new(&columns, &cells), line);
    reading.columns = Some(columns);
}

/// Gives each element of a list as it comes.
struct Each<'r, 'a>(&'r mut Reading<'a>);

impl<'de> Visitor<'de> for Each<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(value) = list.next_element_seed(Any)? {
            match value {
                Value::Object(object) => give(object, None, self.0),
                _ => self.0.fault("no JSON object".to_owned(), None),
            }
        }
        Ok(())
    }
}

struct Any;

impl<'de> DeserializeSeed<'de> for Any {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<Value, D::Error> {
        serde::Deserialize::deserialize(value)
    }
}

/// Which query ran which node, as dbt's results say.
pub(super) fn node_runs(world: &dyn World, reading: &mut Reading<'_>) {
    let mut bytes = Vec::new();
    let read = file::text(world, &reading.file.path)
        .and_then(|text| text.take(LARGEST_RESULTS).read_to_end(&mut bytes));
    if let Err(error) = read {
        return reading.breaks_off(&error);
    }
    let results: Value = match serde_json::from_slice(&bytes) {
        Ok(results) => results,
        Err(error) => return reading.breaks_off(&error),
    };
    for result in results["results"].as_array().into_iter().flatten() {
        reading.read += 1;
        let query = result["adapter_response"]["query_id"].as_str();
        if let (Some(query), Some(node)) = (query, result["unique_id"].as_str()) {
            let (query, node) = (query.to_owned(), node.to_owned());
            (reading.give)(UsageRecord::NodeRun(NodeRun { query, node }), &reading.file.path);
        }
    }
}
