//! What `tidy` asks of one file: pure functions from path and text to faults.

/// One thing out of order; `rule` is the word the allow-list uses.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fault {
    pub path: String,
    pub rule: &'static str,
    /// 1-based; 0 speaks of the whole file.
    pub line: usize,
    pub what: String,
}

/// Lines a Rust file may hold, without its tests.
pub(crate) const LONGEST_FILE: usize = 500;

/// Words a stray reminder begins with; spelled in pieces, because this file is read as well.
static REMINDERS: &[&[&str]] = &[&["TO", "DO"], &["FIX", "ME"], &["X", "XX"]];

/// Where packages come from. The project names none of them: a checkout works behind any mirror.
static REGISTRIES: &[&[&str]] = &[
    &["crates", ".io"],
    &["files.python", "hosted.org"],
    &["pypi", ".org"],
    &["npm", "js.org"],
    &["npm", "js.com"],
    &["yarn", "pkg.com"],
    &["ruby", "gems.org"],
    &["repo1.", "maven.org"],
    &["proxy.", "golang.org"],
];

/// A neighbour of the checkout: the project stands alone.
static NEIGHBOUR: &[&str] = &["..", "/", "shared"];

/// The one source a lock file names, by its nature.
static LOCK_SOURCE: &[&str] =
    &["source = \"registry+https://github.com/rust-lang/", "crates", ".io-index\""];

/// Looks at a text file.
pub(crate) fn text(path: &str, text: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut say = |rule, line, what: &str| {
        faults.push(Fault { path: path.to_owned(), rule, line, what: what.to_owned() });
    };
    let needles = Needles::new();
    let ours = !is_specimen(path);
    let no_tabs = has_ending(path, &["rs", "md"]);
    let page = has_ending(path, &["md"]);
    let mut specimen = false;
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        if line.contains(&needles.neighbour) {
            say("outside", number, "names a place outside the checkout");
        }
        if !(path == "Cargo.lock" && line == needles.lock_source)
            && needles.registries.iter().any(|host| line.contains(host.as_str()))
        {
            say("registry", number, "names the host of a package registry");
        }
        if !ours {
            continue;
        }
        // What stands in a block of a page is a case: it stays as it was found.
        if page && line.starts_with("```") {
            specimen = !specimen;
        }
        if specimen {
            continue;
        }
        if line.ends_with(char::is_whitespace) {
            say("trailing-space", number, "ends in white space");
        }
        if no_tabs && line.contains('\t') {
            say("tab", number, "holds a tab");
        }
        if needles.reminders.iter().any(|word| has_word(line, word)) && !has_issue(line) {
            say("reminder", number, "a reminder needs the number of its issue, such as `#123`");
        }
    }
    if !ours {
        return faults;
    }
    if !text.is_empty() && !text.ends_with('\n') {
        say("last-line", 0, "does not end with a newline");
    }
    if has_ending(path, &["rs"]) {
        if !text.starts_with("//!") {
            say("head", 1, "the first line says what the module knows: `//! …`");
        }
        let lines = length(text);
        if lines > LONGEST_FILE {
            let what = format!("{lines} lines without tests; {LONGEST_FILE} is the most: split it");
            say("long-file", 0, &what);
        }
    }
    faults
}

/// Looks at a script: what starts with an interpreter can be started.
pub(crate) fn script(path: &str, text: &str, executable: bool) -> Option<Fault> {
    let is_script = text.starts_with("#!/") || has_ending(path, &["sh"]);
    (is_script && !executable && !is_specimen(path)).then(|| Fault {
        path: path.to_owned(),
        rule: "script",
        line: 0,
        what: "a script must be executable: `chmod +x`".to_owned(),
    })
}

/// Fixtures and demos are other people's projects: they stay as they were found.
pub(crate) fn is_specimen(path: &str) -> bool {
    let in_crate = path.strip_prefix("crates/").and_then(|rest| rest.split('/').nth(1));
    path.starts_with("fixtures/") || in_crate == Some("demo")
}

fn has_ending(path: &str, endings: &[&str]) -> bool {
    path.rsplit_once('.').is_some_and(|(_, ending)| endings.contains(&ending))
}

/// Lines of a Rust file, not counting a test module at its end; none of a file that is nothing but tests.
pub(crate) fn length(text: &str) -> usize {
    let lines: Vec<&str> = text.lines().collect();
    if lines.contains(&"#![cfg(test)]") {
        return 0;
    }
    let tests = lines.iter().rposition(|line| *line == "#[cfg(test)]");
    let Some(start) = tests else { return lines.len() };
    let after = lines.get(start + 1..).unwrap_or_default();
    let opens = after
        .iter()
        .find(|line| !line.starts_with("#["))
        .is_some_and(|line| line.starts_with("mod tests"));
    // The module is the last thing when no other line stands at the margin after it.
    let closes = after.iter().rev().find(|line| !line.is_empty()) == Some(&"}")
        && after.iter().filter(|line| **line == "}").count() == 1;
    if opens && closes { start } else { lines.len() }
}

struct Needles {
    neighbour: String,
    registries: Vec<String>,
    reminders: Vec<String>,
    lock_source: String,
}

impl Needles {
    fn new() -> Self {
        let join = |list: &[&[&str]]| list.iter().map(|pieces| pieces.concat()).collect();
        Self {
            neighbour: NEIGHBOUR.concat(),
            registries: join(REGISTRIES),
            reminders: join(REMINDERS),
            lock_source: LOCK_SOURCE.concat(),
        }
    }
}

fn has_word(line: &str, word: &str) -> bool {
    let joins = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line.get(..at).and_then(|s| s.chars().next_back());
        let after = line.get(at + word.len()..).and_then(|s| s.chars().next());
        !before.is_some_and(joins) && !after.is_some_and(joins)
    })
}

fn has_issue(line: &str) -> bool {
    line.split('#').skip(1).any(|after| after.starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(path: &str, file: &str) -> Vec<&'static str> {
        text(path, file).into_iter().map(|fault| fault.rule).collect()
    }

    #[test]
    fn a_tidy_file_is_silent() {
        assert_eq!(rules("a.rs", "//! What it knows.\n\nfn f() {}\n"), Vec::<&str>::new());
        assert_eq!(rules("empty.txt", ""), Vec::<&str>::new());
    }

    #[test]
    fn line_rules_speak() {
        assert_eq!(rules("a.rs", "fn f() {}\n"), ["head"]);
        assert_eq!(rules("a.md", "text \n"), ["trailing-space"]);
        assert_eq!(rules("a.md", "\ttext\n"), ["tab"]);
        assert_eq!(rules("justfile", "\ttext\n"), Vec::<&str>::new());
        assert_eq!(rules("a.md", "text"), ["last-line"]);
    }

    #[test]
    fn a_reminder_needs_an_issue() {
        let word = REMINDERS[0].concat();
        assert_eq!(rules("a.md", &format!("{word}: later\n")), ["reminder"]);
        assert_eq!(rules("a.md", &format!("{word} #12: later\n")), Vec::<&str>::new());
        assert_eq!(rules("a.md", &format!("{word}S and MY_{word}\n")), Vec::<&str>::new());
    }

    #[test]
    fn the_project_stands_alone() {
        let (near, host) = (NEIGHBOUR.concat(), REGISTRIES[0].concat());
        assert_eq!(rules("a.md", &format!("see {near}/x\n")), ["outside"]);
        assert_eq!(rules("fixtures/a.md", &format!("https://{host}/x\n")), ["registry"]);
        let source = LOCK_SOURCE.concat();
        assert_eq!(rules("Cargo.lock", &format!("{source}\n")), Vec::<&str>::new());
        assert_eq!(rules("a.toml", &format!("{source}\n")), ["registry"]);
    }

    #[test]
    fn fixtures_stay_as_found() {
        assert_eq!(rules("fixtures/x/a.sql", "select 1 \n\t2"), Vec::<&str>::new());
        assert_eq!(rules("crates/x/demo/a.py", "pass "), Vec::<&str>::new());
        assert_eq!(rules("crates/x/src/demo/a.sql", "pass \n"), ["trailing-space"]);
    }

    #[test]
    fn tests_at_the_end_do_not_count() {
        let code = "//! x\nfn f() {}\n\n";
        assert_eq!(length("//! Laws.\n#![cfg(test)]\n\nfn law() {}\n"), 0);
        let tests = "#[cfg(test)]\nmod tests {\n    use super::*;\n}\n";
        assert_eq!(length(&format!("{code}{tests}")), 3);
        assert_eq!(length(&format!("{code}{tests}fn g() {{\n}}\n")), 9);
        assert_eq!(length(code), 3);
        let long = format!("//! x\n{}", "//\n".repeat(LONGEST_FILE));
        assert_eq!(rules("a.rs", &long), ["long-file"]);
        assert_eq!(rules("a.rs", &format!("//! x\n{tests}")), Vec::<&str>::new());
    }

    #[test]
    fn a_script_can_be_started() {
        assert_eq!(script("x", "#!/bin/sh\n", false).map(|f| f.rule), Some("script"));
        assert_eq!(script("x", "#!/bin/sh\n", true), None);
        assert_eq!(script("x.rs", "#![expect(x)]\n", false), None);
    }
}
