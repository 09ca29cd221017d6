//! What happens when plumb itself is wrong: a file to send us, one line, exit code 70.

use std::backtrace::Backtrace;
use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::panic::PanicHookInfo;
use std::path::PathBuf;
use std::thread;

use plumb_report::visible;

/// The exit code of a bug in plumb.
const BUG: u8 = 70;

/// Statements nest as deep as their authors like; a thread may be given the room that takes.
const STACK: usize = 256 << 20;

/// Runs something; where it panics, a report is written and the exit code is 70.
pub fn guarded(run: impl FnOnce() -> u8 + Send + 'static) -> u8 {
    std::panic::set_hook(Box::new(tell));
    let thread = thread::Builder::new().stack_size(STACK).spawn(run);
    thread.map_or(BUG, |thread| thread.join().unwrap_or(BUG))
}

fn tell(info: &PanicHookInfo<'_>) {
    // A library that met a damaged file: whoever asked it says so.
    if thread::current().name() == Some(plumb_workspace::FOREIGN_THREAD) {
        return;
    }
    let words = match save(&report(info)) {
        Some(path) => {
            format!("a report was written to {}; look at it and send it to us", path.display())
        }
        None => format!("please send us this: {}", visible(&info.to_string())),
    };
    let said = format!("error: this is a bug in plumb\n  to fix           {words}\n");
    // There is nobody left to tell if this fails.
    std::io::stderr().write_all(said.as_bytes()).unwrap_or_default();
}

/// What we need to find the bug. Arguments are left out: they may name what is nobody's business.
fn report(info: &PanicHookInfo<'_>) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "plumb {}", env!("CARGO_PKG_VERSION"));
    let _ = writeln!(text, "{} {}", std::env::consts::OS, std::env::consts::ARCH);
    let _ = writeln!(text, "{info}\n\n{}", Backtrace::force_capture());
    text
}

fn save(report: &str) -> Option<PathBuf> {
    let path = std::env::temp_dir().join(format!("plumb-bug-{}.txt", std::process::id()));
    // Never through a link that somebody laid there.
    File::create_new(&path).ok()?.write_all(report.as_bytes()).ok()?;
    Some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bug_ends_with_70_and_a_report() {
        assert_eq!(guarded(|| 3), 3);
        let path = std::env::temp_dir().join(format!("plumb-bug-{}.txt", std::process::id()));
        assert_eq!(guarded(|| panic!("no such thing")), BUG);
        let report = std::fs::read_to_string(&path).unwrap();
        assert!(report.contains("no such thing"), "{report}");
        std::fs::remove_file(path).unwrap();
    }
}
