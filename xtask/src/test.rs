//! `test`: runs every test and ends with one line that sums them.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    ops::AddAssign,
    process::{ExitCode, Stdio},
};

use crate::{Fault, house};

pub(crate) fn run(args: &[&str]) -> Result<ExitCode, Fault> {
    let mut command = house::cargo();
    command.current_dir(house::root()?).args(["test", "--locked", "--no-fail-fast"]);
    if args.is_empty() {
        command.arg("--workspace");
    }
    for name in args {
        if name.starts_with('-') {
            return Err("usage: cargo xtask test [CRATE…]".into());
        }
        command.args(["-p", name]);
    }
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let mut sum = Tally::default();
    let lines = BufReader::new(child.stdout.take().ok_or("cargo gives no output")?);
    let mut out = std::io::stdout().lock();
    for line in lines.split(b'\n') {
        let line = line?;
        sum += tally(&String::from_utf8_lossy(&line)).unwrap_or_default();
        out.write_all(&line)?;
        out.write_all(b"\n")?;
        out.flush()?;
    }
    let good = child.wait()?.success();
    if !good && sum.failed == 0 {
        // Something did not build, or died before it could count.
        writeln!(out, "\ncargo test failed without a failed test: counted as one")?;
        sum.failed = 1;
    }
    writeln!(out, "\n{} passed, {} failed, {} skipped", sum.passed, sum.failed, sum.skipped)?;
    Ok(if good && sum.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// How tests went.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Tally {
    passed: u64,
    failed: u64,
    skipped: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// Reads a result line: libtest's, or a page harness's `N passed, M failed`, maybe after `name: `.
fn tally(line: &str) -> Option<Tally> {
    let line = line.trim();
    if let Some(rest) = line.strip_prefix("test result: ") {
        let (_, counts) = rest.split_once(". ")?;
        // The time is the one part that counts nothing.
        let counts = counts.split(';').filter(|part| !part.contains("finished in"));
        return counted(counts);
    }
    let counts = line.rsplit_once(": ").map_or(line, |(_, counts)| counts);
    counted(counts.split(','))
}

/// Adds up parts such as `3 passed`; every part must be one, and some must be passed.
fn counted<'a>(parts: impl Iterator<Item = &'a str>) -> Option<Tally> {
    let (mut tally, mut passed, mut failed) = (Tally::default(), false, false);
    for part in parts {
        let (count, what) = part.trim().split_once(' ')?;
        let count = count.parse::<u64>().ok()?;
        match what {
            "passed" => (tally.passed, passed) = (count, true),
            "failed" => (tally.failed, failed) = (count, true),
            "ignored" | "skipped" => tally.skipped += count,
            "measured" | "filtered out" => {}
            _ => return None,
        }
    }
    (passed && failed).then_some(tally)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(lines: &str) -> Tally {
        let mut sum = Tally::default();
        for line in lines.lines() {
            sum += tally(line).unwrap_or_default();
        }
        sum
    }

    #[test]
    fn result_lines_add_up() {
        let lines = "\
running 3 tests
test a ... ok
test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 4 filtered out; finished in 0.00s
FAIL duplicate-query - 3 passed, 4 failed today
test result: FAILED. 5 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.20s
12 passed, 1 failed
rule pages: 7 passed, 0 failed, 2 skipped
all 9 passed
";
        assert_eq!(sum(lines), Tally { passed: 26, failed: 3, skipped: 3 });
    }

    #[test]
    fn other_lines_count_nothing() {
        for line in ["", "3 passed", "test passed: 3 passed, 1 more", "passed, failed"] {
            assert_eq!(tally(line), None, "{line}");
        }
    }
}
