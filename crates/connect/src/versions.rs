//! Bills that are there twice: copies of a file, and versions of a report of which the manifest names the newest.

use std::collections::BTreeMap;
use std::io::Read;

use plumb_base::record::Found;
use plumb_base::record::usage::{RecordFile, RecordKind};
use plumb_base::{Severity, World};
use serde_json::Value;

use crate::{Walk, path, text};

/// What AWS calls the description of a report ends with this.
const MANIFEST: &str = "-Manifest.json";

/// Leaves out of the bills what would count once more, and says so.
pub(crate) fn keep_newest(walk: &Walk<'_>, found: &mut Found) {
    for file in walk.files().iter().filter(|file| file.path.ends_with(MANIFEST)) {
        older(walk, &file.path, found);
    }
    copies(walk, found);
}

fn is_bill(file: &RecordFile) -> bool {
    matches!(file.kind, RecordKind::BillLines | RecordKind::CostAndUsage)
}

/// Leaves out files below a manifest that it does not name, where any is here that it does.
fn older(walk: &Walk<'_>, manifest: &str, found: &mut Found) {
    let Ok(bytes) = walk.world.read(manifest) else { return };
    let Ok(said) = serde_json::from_slice::<Value>(&bytes) else { return };
    let keys = said["reportKeys"].as_array();
    let keys: Vec<&str> = keys.into_iter().flatten().filter_map(Value::as_str).collect();
    let folder = manifest.strip_suffix(path::name(manifest)).unwrap_or_default();
    let names = |name: &str| {
        let ends = |key: &&str| key.strip_suffix(name).is_some_and(|rest| rest.ends_with('/'));
        keys.iter().any(|key| *key == name || ends(key))
    };
    let is_older = |file: &RecordFile| below(folder, file).is_some_and(|name| !names(name));
    if !found.records.iter().any(|file| below(folder, file).is_some_and(names)) {
        return;
    }
    let count = found.records.iter().filter(|file| is_older(file)).count();
    if count > 0 {
        found.records.retain(|file| !is_older(file));
        let files = if count == 1 { "file is" } else { "files are" };
        let message =
            format!("{count} {files} left out: the manifest names a newer version of this bill");
        let problem = text::of_file(manifest, Severity::Partly, "bill-version", message);
        found.problems.push(problem);
    }
}

/// The path of a bill of AWS below a folder.
fn below<'f>(folder: &str, file: &'f RecordFile) -> Option<&'f str> {
    if file.kind == RecordKind::CostAndUsage { file.path.strip_prefix(folder) } else { None }
}

/// Leaves out files of which the same bytes are there under another name.
fn copies(walk: &Walk<'_>, found: &mut Found) {
    let sizes: BTreeMap<&str, u64> =
        walk.files().iter().map(|file| (file.path.as_str(), file.size)).collect();
    let size = |file: &RecordFile| sizes.get(file.path.as_str()).copied();
    let mut kept: Vec<RecordFile> = Vec::new();
    for file in std::mem::take(&mut found.records) {
        let same = |one: &&RecordFile| {
            is_bill(&file)
                && one.kind == file.kind
                && size(one) == size(&file)
                && equal(walk.world, &one.path, &file.path)
        };
        let Some(one) = kept.iter().find(same) else {
            kept.push(file);
            continue;
        };
        let message = format!("is a copy of `{}`, and left out", one.path);
        found.problems.push(text::of_file(&file.path, Severity::Partly, "bill-copy", message));
    }
    found.records = kept;
}

/// Whether two files hold the same bytes; what cannot be read is like nothing.
fn equal(world: &dyn World, one: &str, two: &str) -> bool {
    let (Ok(one), Ok(two)) = (world.stream(one), world.stream(two)) else { return false };
    let (mut one, mut two) = (std::io::BufReader::new(one), std::io::BufReader::new(two));
    let (mut left, mut right) = (Vec::new(), Vec::new());
    loop {
        left.clear();
        right.clear();
        let read = one.by_ref().take(CHUNK).read_to_end(&mut left);
        let (Ok(read), Ok(_)) = (read, two.by_ref().take(CHUNK).read_to_end(&mut right)) else {
            return false;
        };
        if left != right {
            return false;
        }
        if read == 0 {
            return true;
        }
    }
}

/// Bytes that are compared at once.
const CHUNK: u64 = 1 << 16;
