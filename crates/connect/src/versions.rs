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
    for file in walk.exports().filter(|file| file.path.ends_with(MANIFEST)) {
        older(walk, &file.path, found);
    }
    copies(walk, found);
}

/// Whether rows have nothing that tells them apart, so that what is there twice counts twice.
fn has_no_ids(file: &RecordFile) -> bool {
    use RecordKind::{BillLines, CostAndUsage, UsageLines};
    matches!(file.kind, BillLines | CostAndUsage | UsageLines)
}

/// A version of a report or an export, and the manifest of the newest that AWS writes.
///
/// A report is kept as `REPORT/PERIOD/ASSEMBLY/REPORT-1.csv.gz`, with the manifest in the folder of the period; an export as
/// `EXPORT/data/PERIOD/RUN/EXPORT-00001.csv.gz`, with the manifest in `EXPORT/metadata/PERIOD/`.
struct Version<'m> {
    /// The folder in which versions lie, up to its slash.
    folder: String,
    report: &'m str,
    assembly: &'m str,
    /// Names of its files.
    names: Vec<&'m str>,
}

impl<'m> Version<'m> {
    /// The version that a manifest names, if everything it says fits where it lies.
    fn of(manifest: &'m str, said: &'m Value) -> Option<Self> {
        let name = path::name(manifest);
        let (folder, report) = (manifest.strip_suffix(name)?, name.strip_suffix(MANIFEST)?);
        match said["dataFiles"].as_array() {
            Some(files) => Self::of_export(folder, report, files),
            None => Self::of_report(folder, report, said),
        }
    }

    fn of_report(folder: &'m str, report: &'m str, said: &'m Value) -> Option<Self> {
        let text = |value: &'m Value| value.as_str().filter(|text| !text.is_empty());
        let (name, assembly) = (text(&said["reportName"])?, text(&said["assemblyId"])?);
        let day = |key: &str| text(&said["billingPeriod"][key])?.get(..8);
        let place = format!("/{report}/{}-{}/", day("start")?, day("end")?);
        let lies = format!("/{folder}").ends_with(&place) && name == report;
        let keys = said["reportKeys"].as_array().filter(|_| lies)?;
        let names = names(keys, &format!("{place}{assembly}/"))?;
        Some(Self { folder: folder.to_owned(), report, assembly, names })
    }

    fn of_export(folder: &'m str, report: &'m str, files: &'m [Value]) -> Option<Self> {
        let (before, period) = folder.strip_suffix('/')?.rsplit_once('/')?;
        let before = before.strip_suffix("metadata")?;
        let place = format!("/{report}/data/{period}/");
        let folder = format!("{before}data/{period}/");
        // One that is written over has no versions: its files lie in the folder of the period.
        let (_, within) = files.first()?.as_str()?.rsplit_once(&place)?;
        let (assembly, _) = within.split_once('/')?;
        let names = names(files, &format!("{place}{assembly}/"))?;
        format!("/{folder}").ends_with(&place).then_some(Self { folder, report, assembly, names })
    }

    /// Whether a file is of this report and period, and which assembly of it.
    fn assembly_of<'f>(&self, file: &'f RecordFile) -> Option<(&'f str, &'f str)> {
        let (assembly, name) = below(&self.folder, file)?.split_once('/')?;
        let part = name.strip_prefix(self.report)?.strip_prefix('-')?;
        part.starts_with(|it: char| it.is_ascii_digit()).then_some((assembly, name))
    }
}

/// Names of files that all lie within a place.
fn names<'m>(files: &'m [Value], within: &str) -> Option<Vec<&'m str>> {
    let name = |file: &'m Value| {
        let (before, name) = file.as_str()?.rsplit_once('/')?;
        format!("/{before}/").ends_with(within).then_some(name)
    };
    if files.is_empty() { None } else { files.iter().map(name).collect() }
}

/// Leaves out older versions of the report and period that a manifest describes, if the newest is here as a whole.
fn older(walk: &Walk<'_>, manifest: &str, found: &mut Found) {
    // Manifests of months without a bill here are not read.
    let folder = manifest.strip_suffix(path::name(manifest)).unwrap_or_default();
    let data = folder.replace("/metadata/", "/data/");
    let is_near = |file: &RecordFile| [folder, &data].iter().any(|it| below(it, file).is_some());
    if !found.records.iter().any(is_near) {
        return;
    }
    let Ok(bytes) = walk.world.read(manifest) else { return };
    let said = match serde_json::from_slice::<Value>(&bytes) {
        Ok(said) => said,
        Err(error) => {
            let line_and_column = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
            let at = (line_and_column(error.line()), line_and_column(error.column()));
            let message = "is no JSON: older versions of this bill may count, too".to_owned();
            found.problems.push(text::at(manifest, at, Severity::Partly, "bill-manifest", message));
            return;
        }
    };
    let Some(newest) = Version::of(manifest, &said) else { return };
    let is_here = |name: &&str| {
        let wanted = Some((newest.assembly, *name));
        found.records.iter().any(|file| newest.assembly_of(file) == wanted)
    };
    let is_older = |file: &RecordFile| {
        newest.assembly_of(file).is_some_and(|(assembly, _)| assembly != newest.assembly)
    };
    let count = found.records.iter().filter(|file| is_older(file)).count();
    if count == 0 {
        return;
    }
    let missing = newest.names.iter().filter(|name| !is_here(name)).count();
    let message = if missing == 0 {
        let files = if count == 1 { "file is" } else { "files are" };
        format!("{count} {files} left out: the manifest names a newer version of this bill")
    } else {
        format!(
            "{missing} of {} files of the newest version are not here: older ones count, too",
            newest.names.len()
        )
    };
    if missing == 0 {
        found.records.retain(|file| !is_older(file));
    }
    found.problems.push(text::of_file(manifest, Severity::Partly, "bill-version", message));
}

/// The path of a bill below a folder.
fn below<'f>(folder: &str, file: &'f RecordFile) -> Option<&'f str> {
    let is_bill = matches!(file.kind, RecordKind::CostAndUsage | RecordKind::BillLines);
    if is_bill { file.path.strip_prefix(folder) } else { None }
}

/// Leaves out files of which the same bytes are there under another name.
fn copies(walk: &Walk<'_>, found: &mut Found) {
    let sizes: BTreeMap<&str, u64> =
        walk.exports().map(|file| (file.path.as_str(), file.size)).collect();
    let size = |file: &RecordFile| sizes.get(file.path.as_str()).copied();
    let mut kept: Vec<RecordFile> = Vec::new();
    for file in std::mem::take(&mut found.records) {
        let same = |one: &&RecordFile| {
            has_no_ids(&file)
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
    let sum = |path| world.mark(path).and_then(|mark| mark.bytes());
    if sum(one).is_some_and(|one| sum(two) == Some(one)) {
        return true;
    }
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
