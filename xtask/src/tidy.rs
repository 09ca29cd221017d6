//! `tidy`: how long, how clean and how self-contained the files are.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::ExitCode,
};

use crate::{Fault, house, scan};

/// Lines a crate may hold, without tests: past that it has two halves.
const LONGEST_CRATE: usize = 8_000;

/// Bytes a file may hold.
const BIGGEST_FILE: u64 = 512 * 1024;

/// Excuses the allow-list may hold. Lower it when one goes; raising it wants a reason in the commit.
const EXCUSES: usize = 3;

const ALLOW: &str = "xtask/tidy_allow.txt";

pub(crate) fn run(args: &[&str]) -> Result<ExitCode, Fault> {
    if !args.is_empty() {
        return Err("usage: cargo xtask tidy".into());
    }
    let root = house::root()?;
    let mut seen = Seen::default();
    for path in house::files(&root)? {
        look(&root, &path, &mut seen)?;
    }
    for (name, &lines) in seen.crates.iter().filter(|(_, lines)| **lines > LONGEST_CRATE) {
        let what = format!("{lines} lines without tests; {LONGEST_CRATE} is the most");
        let path = format!("crates/{name}");
        seen.faults.push(scan::Fault { path, rule: "long-crate", line: 0, what });
    }
    let allow = fs::read_to_string(root.join(ALLOW)).unwrap_or_default();
    let faults = excuse(&seen.faults, &allow);
    seen.rust.sort();
    let good = format!(
        "tidy: {} files, {} lines; .rs files without tests: {}",
        seen.files,
        seen.lines,
        spread(&seen.rust)
    );
    Ok(house::verdict(&faults, &good))
}

/// What was seen on the walk.
#[derive(Default)]
struct Seen {
    files: usize,
    lines: usize,
    /// Lines without tests, and path, of each Rust file.
    rust: Vec<(usize, String)>,
    /// Lines without tests of each crate's `src`.
    crates: BTreeMap<String, usize>,
    faults: Vec<scan::Fault>,
}

fn look(root: &Path, path: &Path, seen: &mut Seen) -> Result<(), Fault> {
    let shown = house::shown(root, path);
    let full = root.join(path);
    let meta = fs::metadata(&full)?;
    seen.files += 1;
    if meta.len() > BIGGEST_FILE {
        let what = format!("{} KiB; {} is the most", meta.len() / 1024, BIGGEST_FILE / 1024);
        seen.faults.push(scan::Fault { path: shown, rule: "big-file", line: 0, what });
        return Ok(());
    }
    // What is not UTF-8 is not text, and has no lines to judge.
    let Ok(text) = String::from_utf8(fs::read(&full)?) else { return Ok(()) };
    if text.contains('\0') {
        return Ok(());
    }
    seen.lines += text.lines().count();
    seen.faults.extend(scan::text(&shown, &text));
    seen.faults.extend(scan::script(&shown, &text, is_executable(&meta)));
    if !scan::is_specimen(&shown) && path.extension().is_some_and(|e| e == "rs") {
        let lines = scan::length(&text);
        if let Some((name, rest)) = shown.strip_prefix("crates/").and_then(|s| s.split_once('/'))
            && rest.starts_with("src/")
        {
            *seen.crates.entry(name.to_owned()).or_default() += lines;
        }
        seen.rust.push((lines, shown));
    }
    Ok(())
}

#[cfg(unix)]
fn is_executable(meta: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    meta.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &fs::Metadata) -> bool {
    true
}

/// Median, 95th percentile and longest of sorted lengths.
fn spread(sorted: &[(usize, String)]) -> String {
    let at = |percent: usize| {
        let index = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
        sorted.get(index).map_or(0, |(lines, _)| *lines)
    };
    let longest = sorted.last().map_or("none".to_owned(), |(n, path)| format!("{n} ({path})"));
    format!("median {}, p95 {}, longest {longest}", at(50), at(95))
}

/// Drops the faults the allow-list excuses, and names each excuse that is wrong or not needed.
///
/// An excuse is `path rule reason…`, one on a line; `#` starts a comment.
fn excuse(faults: &[scan::Fault], allow: &str) -> Vec<String> {
    let mut excused = BTreeSet::new();
    let mut said = Vec::new();
    let excuses = allow.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut count = 0;
    for excuse in excuses {
        count += 1;
        let mut words = excuse.split_whitespace();
        let (Some(path), Some(rule), Some(_reason)) = (words.next(), words.next(), words.next())
        else {
            said.push(format!("{ALLOW}: write `path rule reason`, not `{excuse}`"));
            continue;
        };
        if faults.iter().any(|f| f.path == path && f.rule == rule) {
            excused.insert((path, rule));
        } else {
            said.push(format!("{ALLOW}: `{path} {rule}` is not needed any more: delete it"));
        }
    }
    if count > EXCUSES {
        said.push(format!("{ALLOW}: {count} excuses; the list may only shrink, from {EXCUSES}"));
    }
    let mut left: Vec<&scan::Fault> =
        faults.iter().filter(|f| !excused.contains(&(f.path.as_str(), f.rule))).collect();
    left.sort();
    said.extend(left.iter().map(|f| match f.line {
        0 => format!("{}: {} ({})", f.path, f.what, f.rule),
        line => format!("{}:{line}: {} ({})", f.path, f.what, f.rule),
    }));
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(path: &str, rule: &'static str) -> scan::Fault {
        scan::Fault { path: path.to_owned(), rule, line: 3, what: "is odd".to_owned() }
    }

    #[test]
    fn a_fault_is_said_with_its_place() {
        assert_eq!(excuse(&[fault("a.md", "tab")], "# none\n"), ["a.md:3: is odd (tab)"]);
    }

    #[test]
    fn an_excuse_that_is_not_needed_is_an_error() {
        let said = excuse(&[], "a.md tab a table of a vendor\n");
        assert!(said[0].contains("not needed any more"), "{said:?}");
    }

    #[test]
    fn an_excuse_needs_a_reason() {
        let said = excuse(&[fault("a.md", "tab")], "a.md tab\n");
        assert!(said[0].contains("path rule reason"), "{said:?}");
    }

    #[test]
    fn an_excuse_covers_one_rule_of_one_file() {
        let faults = [fault("a.md", "tab"), fault("a.md", "reminder"), fault("b.md", "tab")];
        let said = excuse(&faults, "a.md tab a table of a vendor\n").join("\n");
        assert!(!said.contains("a.md:3: is odd (tab)"), "{said}");
        assert!(said.contains("(reminder)") && said.contains("b.md"), "{said}");
    }

    #[test]
    fn spread_of_lengths() {
        let lengths: Vec<_> = (1..=100).map(|n| (n, format!("{n}.rs"))).collect();
        assert_eq!(spread(&lengths), "median 50, p95 95, longest 100 (100.rs)");
        assert_eq!(spread(&[]), "median 0, p95 0, longest none");
    }
}
