//! `corpus`: audits whole projects with the release binary, and compares with an earlier time.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use serde_json::{Value, json};

use crate::{Fault, house, measure};

/// Coverage classes, in the order of the table.
static CLASSES: &[&str] = &["read", "partly", "opaque", "failed"];

pub(crate) fn run(args: &[&str]) -> Result<ExitCode, Fault> {
    let asked = Asked::read(args)?;
    let binary = measure::release_binary(&house::root()?)?;
    let mut rows = Vec::new();
    println!("{}", head());
    for dir in &asked.dirs {
        let row = audit(&binary, dir)?;
        println!("{}", line(&row));
        for (what, times, place) in commonest(&row.reasons, asked.why) {
            println!("  {times:>6} {what}  {place}");
        }
        rows.push(row);
    }
    if let Some(earlier) = asked.against {
        let earlier: Vec<Row> =
            read_rows(&serde_json::from_slice(&fs::read(earlier)?)?).ok_or("not a corpus file")?;
        println!("\n{}", compared(&earlier, &rows));
    }
    if let Some(path) = asked.json {
        let projects: Vec<Value> = rows.iter().map(Row::json).collect();
        let text = serde_json::to_string_pretty(&json!({ "projects": projects }))?;
        fs::write(path, format!("{text}\n"))?;
    }
    let failed = rows.iter().any(|row| row.fault.is_some());
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// What the command line asks for.
struct Asked<'a> {
    dirs: Vec<PathBuf>,
    json: Option<&'a str>,
    against: Option<&'a str>,
    /// How many reasons of what was not read are shown for each project.
    why: usize,
}

impl<'a> Asked<'a> {
    fn read(args: &[&'a str]) -> Result<Self, Fault> {
        let mut asked = Self { dirs: Vec::new(), json: None, against: None, why: 0 };
        let mut args = args.iter();
        while let Some(&arg) = args.next() {
            match arg {
                "--json" => asked.json = Some(args.next().ok_or("--json needs a file")?),
                "--why" => asked.why = args.next().ok_or("--why needs a number")?.parse()?,
                "--against" => asked.against = Some(args.next().ok_or("--against needs a file")?),
                dir => asked.dirs.push(PathBuf::from(dir)),
            }
        }
        if asked.dirs.is_empty() {
            let all = std::env::var_os("PLUMB_CORPORA")
                .ok_or("name folders, or set PLUMB_CORPORA to a folder of projects")?;
            asked.dirs = house::entries(Path::new(&all))?;
            asked.dirs.retain(|path| path.is_dir());
        }
        if asked.dirs.is_empty() {
            return Err("no projects to audit".into());
        }
        Ok(asked)
    }
}

/// One project, audited.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Row {
    name: String,
    /// Counts by [`CLASSES`].
    coverage: Vec<u64>,
    /// Rule by finding id.
    findings: BTreeMap<String, String>,
    wall_ms: u64,
    peak_kib: Option<u64>,
    /// Why something was not read: how often, and a place.
    reasons: BTreeMap<String, (usize, String)>,
    /// Why there is no answer.
    fault: Option<String>,
}

fn audit(binary: &Path, dir: &Path) -> Result<Row, Fault> {
    let run = measure::run(binary, &["audit", &dir.to_string_lossy(), "-f", "json"])?;
    let mut row = Row {
        name: dir.file_name().unwrap_or(dir.as_os_str()).to_string_lossy().into_owned(),
        wall_ms: u64::try_from(run.wall.as_millis())?,
        peak_kib: run.peak_kib,
        ..Row::default()
    };
    let answer = serde_json::from_slice::<Value>(&run.stdout).ok();
    match answer.as_ref().and_then(answered) {
        // 1 says that there are findings.
        Some((coverage, findings)) if matches!(run.status.code(), Some(0 | 1)) => {
            row.coverage = coverage;
            row.findings = findings;
            row.reasons = answer.as_ref().map(reasons).unwrap_or_default();
        }
        _ => {
            let said = String::from_utf8_lossy(&run.stderr);
            let first = said.lines().next().unwrap_or("no answer in `plumb/1`");
            row.fault = Some(format!("{}: {first}", run.status));
        }
    }
    Ok(row)
}

/// Coverage and findings of an answer in schema `plumb/1`.
fn answered(answer: &Value) -> Option<(Vec<u64>, BTreeMap<String, String>)> {
    if answer["schema"] != "plumb/1" {
        return None;
    }
    let coverage = &answer["summary"]["coverage"];
    let coverage = CLASSES.iter().map(|class| coverage[class].as_u64()).collect::<Option<_>>()?;
    let findings = answer["items"]
        .as_array()?
        .iter()
        .map(|item| Some((item["id"].as_str()?.to_owned(), item["rule"].as_str()?.to_owned())))
        .collect::<Option<_>>()?;
    Some((coverage, findings))
}

/// Problems of an answer that are more than notes, those that differ in names only as one.
fn reasons(answer: &Value) -> BTreeMap<String, (usize, String)> {
    let mut found: BTreeMap<String, (usize, String)> = BTreeMap::new();
    for problem in answer["problems"].as_array().into_iter().flatten() {
        let text = |key: &str| problem[key].as_str().unwrap_or_default();
        if text("severity") == "note" {
            continue;
        }
        let parts = text("message").split('`').enumerate();
        let folded: String =
            parts.map(|(at, part)| if at % 2 == 1 { "`…`" } else { part }).collect();
        let what = format!("{} {}: {folded}", text("severity"), text("reason"));
        let place = format!("{}:{}", text("path"), problem["start_line"]);
        found.entry(what).or_insert((0, place)).0 += 1;
    }
    found
}

/// The reasons that are given most often.
fn commonest(reasons: &BTreeMap<String, (usize, String)>, most: usize) -> Vec<(&str, usize, &str)> {
    let mut all: Vec<(&str, usize, &str)> = reasons
        .iter()
        .map(|(what, (times, place))| (what.as_str(), *times, place.as_str()))
        .collect();
    all.sort_by(|one, two| two.1.cmp(&one.1).then_with(|| one.0.cmp(two.0)));
    all.truncate(most);
    all
}

impl Row {
    fn json(&self) -> Value {
        json!({
            "name": self.name,
            "coverage": self.coverage,
            "findings": self.findings,
            "wall_ms": self.wall_ms,
            "peak_kib": self.peak_kib,
            "fault": self.fault,
        })
    }
}

fn read_rows(file: &Value) -> Option<Vec<Row>> {
    file["projects"].as_array()?.iter().map(read_row).collect()
}

fn read_row(row: &Value) -> Option<Row> {
    Some(Row {
        name: row["name"].as_str()?.to_owned(),
        coverage: row["coverage"].as_array()?.iter().map(Value::as_u64).collect::<Option<_>>()?,
        findings: row["findings"]
            .as_object()?
            .iter()
            .map(|(id, rule)| Some((id.clone(), rule.as_str()?.to_owned())))
            .collect::<Option<_>>()?,
        wall_ms: row["wall_ms"].as_u64()?,
        peak_kib: row["peak_kib"].as_u64(),
        fault: row["fault"].as_str().map(str::to_owned),
        reasons: BTreeMap::new(),
    })
}

fn head() -> String {
    let classes = CLASSES.iter().map(|class| format!("{class:>7}")).collect::<Vec<_>>().join(" ");
    format!("{:<32} {classes} {:>8} {:>8} {:>8}", "project", "findings", "seconds", "peak MB")
}

fn line(row: &Row) -> String {
    let seconds = format!("{}.{:02}", row.wall_ms / 1000, row.wall_ms % 1000 / 10);
    let peak = measure::mib(row.peak_kib);
    if let Some(fault) = &row.fault {
        return format!("{:<32} {fault} ({seconds} s, {peak} MB)", row.name);
    }
    let counts = row.coverage.iter().map(|n| format!("{n:>7}")).collect::<Vec<_>>().join(" ");
    format!("{:<32} {counts} {:>8} {seconds:>8} {peak:>8}", row.name, row.findings.len())
}

/// What findings came and went, by project.
fn compared(earlier: &[Row], now: &[Row]) -> String {
    let mut said = Vec::new();
    let (mut came, mut went) = (0, 0);
    for row in now {
        let Some(before) = earlier.iter().find(|r| r.name == row.name) else {
            said.push(format!("{}: not audited before", row.name));
            continue;
        };
        if row.fault.is_some() || before.fault.is_some() {
            let outcome = |row: &Row| row.fault.clone().unwrap_or_else(|| "answered".to_owned());
            said.push(format!("{}: was: {}; now: {}", row.name, outcome(before), outcome(row)));
            continue;
        }
        for (id, rule) in missing(row, before) {
            came += 1;
            said.push(format!("{}: + {rule} {id}", row.name));
        }
        for (id, rule) in missing(before, row) {
            went += 1;
            said.push(format!("{}: - {rule} {id}", row.name));
        }
    }
    for gone in earlier.iter().filter(|r| !now.iter().any(|n| n.name == r.name)) {
        said.push(format!("{}: not audited now", gone.name));
    }
    said.push(format!("against before: {came} findings added, {went} removed"));
    said.join("\n")
}

/// Findings of one row that the other lacks.
fn missing<'a>(of: &'a Row, other: &'a Row) -> impl Iterator<Item = (&'a String, &'a String)> {
    of.findings.iter().filter(|(id, _)| !other.findings.contains_key(*id))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, ids: &[&str]) -> Row {
        let findings = ids.iter().map(|id| ((*id).to_owned(), "DUP001".to_owned())).collect();
        Row { name: name.to_owned(), coverage: vec![4, 3, 2, 1], findings, ..Row::default() }
    }

    #[test]
    fn an_answer_is_read() {
        let answer = json!({
            "schema": "plumb/1",
            "summary": {"coverage": {"read": 4, "partly": 3, "opaque": 2, "failed": 1}},
            "items": [{"id": "F-7K3Q", "rule": "DUP001"}],
        });
        let expected = row("x", &["F-7K3Q"]);
        assert_eq!(answered(&answer), Some((expected.coverage, expected.findings)));
        assert_eq!(answered(&json!({"schema": "plumb/2"})), None);
    }

    #[test]
    fn reasons_are_counted_whatever_they_name() {
        let problem = |severity: &str, message: &str| json!({"severity": severity, "reason": "x", "message": message, "path": "a", "start_line": 1});
        let answer = json!({"problems": [
            problem("partly", "no `a` here"), problem("partly", "no `b` here"),
            problem("note", "no `c` here"), problem("failed", "gone"),
        ]});
        let found = reasons(&answer);
        let wanted = [("partly x: no `…` here", 2, "a:1"), ("failed x: gone", 1, "a:1")];
        assert_eq!(commonest(&found, 9), wanted);
        assert_eq!(commonest(&found, 1).len(), 1);
    }

    #[test]
    fn a_row_survives_its_file() {
        let rows = vec![row("a", &["F-1"]), Row { fault: Some("no".into()), ..row("b", &[]) }];
        let file = json!({"projects": rows.iter().map(Row::json).collect::<Vec<_>>()});
        assert_eq!(read_rows(&file), Some(rows));
    }

    #[test]
    fn findings_that_came_and_went_are_named() {
        let earlier = [row("a", &["F-1", "F-2"]), row("gone", &["F-9"])];
        let now = [row("a", &["F-2", "F-3"]), row("new", &["F-8"])];
        let expected = "\
a: + DUP001 F-3
a: - DUP001 F-1
new: not audited before
gone: not audited now
against before: 1 findings added, 1 removed";
        assert_eq!(compared(&earlier, &now), expected);
    }
}
