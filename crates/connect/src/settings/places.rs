//! Where records lie besides the folder: prefixes of object stores, by their paths alone.

use plumb_base::ObjectPath;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::reader::{Reader, value_at};
use crate::path;

/// What is read.
const READ: &str = "places of records are written as `s3://BUCKET/PREFIX`";

/// The places that `[records]` lists, sorted; what lies below another is that one's.
pub(super) fn read(reader: &mut Reader<'_>, root: &DeTable<'_>) -> Vec<String> {
    let Some(value) = value_at(root, "records", "from") else { return Vec::new() };
    let items = match value.get_ref() {
        DeValue::Array(items) => items.iter().collect(),
        _ => vec![value],
    };
    let mut places: Vec<String> =
        items.into_iter().filter_map(|item| place(reader, item)).collect();
    places.sort();
    places.dedup();
    let all = places.clone();
    places.retain(|place| path::under_any(place, &all).is_none());
    places
}

fn place(reader: &mut Reader<'_>, item: &Spanned<DeValue<'_>>) -> Option<String> {
    let written = reader.text(item, "from")?;
    match path_of(&written) {
        Ok(place) => Some(place),
        Err(why) => {
            reader.bad(item, why);
            None
        }
    }
}

/// The path that is meant. What is wrong is told without all of it: somebody may have put a password there.
fn path_of(written: &str) -> Result<String, String> {
    let Some((scheme, rest)) = written.split_once("://") else {
        return Err(format!("a folder is read without being named here: {READ}"));
    };
    if scheme != "s3" {
        let word: String = scheme.chars().filter(char::is_ascii_alphanumeric).take(12).collect();
        return Err(format!("`{word}://` is not read: {READ}"));
    }
    let Some(object) = ObjectPath::parse(written) else {
        return Err(if rest.contains(['@', ':']) {
            format!("keys and passwords are never written here, but set in the environment: {READ}")
        } else {
            format!("no bucket is called so: {READ}")
        });
    };
    let is_part = |part: &str| !matches!(part, "" | "." | "..") && !part.contains(char::is_control);
    if !object.key.is_empty() && !object.key.split('/').all(is_part) {
        return Err(format!("a part of this prefix is empty, or stands for another: {READ}"));
    }
    Ok(object.path())
}
