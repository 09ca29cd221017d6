//! The real program on a real disk, killed at any time, and stopped by hand.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a harness fails loudly")]

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// A folder of exports and one of what is kept, which go with their test.
struct Place {
    exports: PathBuf,
    home: PathBuf,
}

impl Place {
    fn new(name: &str) -> Self {
        let top = std::env::temp_dir().join(format!("plumb-{name}-{}", std::process::id()));
        let place = Self { exports: top.join("exports"), home: top.join("home") };
        fs::create_dir_all(&place.exports).unwrap();
        place
    }

    fn plumb(&self, words: &[&str]) -> Command {
        let mut plumb = Command::new(env!("CARGO_BIN_EXE_plumb"));
        plumb.args(words).args(["-q", "-C"]).arg(&self.exports).env("PLUMB_HOME", &self.home);
        plumb.stdout(Stdio::piped()).stderr(Stdio::piped());
        plumb
    }

    fn cost(&self) -> String {
        said(&self.plumb(&["cost", "-f", "json", "--by", "warehouse"]).output().unwrap())
    }

    /// Forgets what is kept.
    fn forget(&self) {
        fs::remove_dir_all(&self.home).unwrap_or_default();
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let top = self.home.parent().unwrap_or(Path::new("nowhere"));
        fs::remove_dir_all(top).unwrap_or_default();
    }
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Exports of some days: queries, and what their warehouse was billed.
fn export(place: &Place, day: u32, queries: u32) {
    let mut history =
        "QUERY_ID,QUERY_TEXT,USER_NAME,WAREHOUSE_NAME,WAREHOUSE_SIZE,START_TIME,END_TIME\n"
            .to_owned();
    let mut metering = "START_TIME,WAREHOUSE_NAME,CREDITS_USED_COMPUTE\n".to_owned();
    for at in 0..queries {
        let (hour, minute, second) = (at % 24, at / 24 % 60, at % 60);
        let time = format!("2026-10-{day:02} {hour:02}:{minute:02}:{second:02}");
        writeln!(
            history,
            "d{day}q{at},select {},U{},WH{},Small,{time},{time}",
            at % 97,
            at % 5,
            at % 3
        )
        .unwrap();
    }
    for hour in 0..24 {
        writeln!(metering, "2026-10-{day:02} {hour:02}:00:00,WH{},1.{hour:02}7", hour % 3).unwrap();
    }
    fs::write(place.exports.join(format!("history-2026-10-{day:02}.csv")), history).unwrap();
    fs::write(place.exports.join(format!("metering-2026-10-{day:02}.csv")), metering).unwrap();
}

fn end(mut child: Child, after: Duration) {
    std::thread::sleep(after);
    // It may have ended by itself.
    child.kill().unwrap_or_default();
    child.wait().unwrap();
}

#[test]
fn a_run_that_is_killed_at_any_time_loses_nothing() {
    let place = Place::new("kill");
    for day in 1..=12 {
        export(&place, day, 2000);
    }
    let begin = Instant::now();
    said(&place.plumb(&["sync"]).output().unwrap());
    let takes = u64::try_from(begin.elapsed().as_micros()).unwrap();
    let wanted = place.cost();
    assert!(wanted.contains("\"billed_nanos\""));
    let mut seed: u64 = 2026;
    for round in 0..3 {
        place.forget();
        for _ in 0..4 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let after = Duration::from_micros(takes * (seed >> 56) / 256);
            end(place.plumb(&["sync"]).spawn().unwrap(), after);
        }
        // Whatever was kept, the rest is read now.
        said(&place.plumb(&["sync"]).output().unwrap());
        assert_eq!(place.cost(), wanted, "round {round}");
    }
}

#[test]
fn a_run_that_is_stopped_says_so_and_goes_on_next_time() {
    let place = Place::new("stop");
    export(&place, 1, 60_000);
    let child = place.plumb(&["sync"]).spawn().unwrap();
    // The lock is taken when it begins to keep.
    let (begin, mut locked) = (Instant::now(), false);
    while !locked && begin.elapsed() < Duration::from_secs(30) {
        let folders = fs::read_dir(place.home.join("store")).into_iter().flatten().flatten();
        locked = folders.map(|it| it.path().join("lock")).any(|path| path.exists());
        std::thread::sleep(Duration::from_millis(2));
    }
    assert!(locked);
    let stop = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(stop.success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert_eq!(output.stdout, b"");
    said(&place.plumb(&["sync"]).output().unwrap());
    let resumed = place.cost();
    place.forget();
    said(&place.plumb(&["sync"]).output().unwrap());
    assert_eq!(resumed, place.cost());
}

#[test]
fn what_was_read_stays_when_its_files_are_gone() {
    let place = Place::new("stay");
    export(&place, 1, 500);
    export(&place, 2, 500);
    let plain = place.cost();
    said(&place.plumb(&["sync"]).output().unwrap());
    let both = place.cost();
    let bill = |text: &str| {
        let line = text.lines().find(|line| line.contains("\"billed_nanos\"")).map(str::to_owned);
        line.unwrap()
    };
    assert_eq!(bill(&plain), bill(&both));
    fs::remove_file(place.exports.join("history-2026-10-01.csv")).unwrap();
    fs::remove_file(place.exports.join("metering-2026-10-01.csv")).unwrap();
    assert_eq!(bill(&both), bill(&place.cost()));
    let alone = said(&place.plumb(&["cost", "-f", "json", "--no-store"]).output().unwrap());
    assert_ne!(bill(&both), bill(&alone));
}
