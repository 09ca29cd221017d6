//! Runs the cases on the pages: a plan, and what it is as SQL. `UPDATE=1` rewrites what is expected.
//!
//! On the pages of the crate a plan is written in every dialect, those with one text together; on the page of a
//! dialect in that one. Each text is read again, and is the same plan, or the page says that it is not.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test harness"
)]

mod back;

use std::{fmt::Write as _, path::Path, process::ExitCode};

use back::Known;
use plumb_base::Name;
use plumb_canon::Facts;
use plumb_ir::{Arena, Field, text::parse_rel};
use plumb_syntax::sql::Dialect;
use plumb_unparse::{Spelling, Wanted, unparse};

/// A plan in one dialect.
fn said(plan: &str, names: &[Name], dialect: &'static Dialect) -> String {
    let mut arena = Arena::new();
    let rel = match parse_rel(&mut arena, plan) {
        Ok(rel) => rel,
        Err(error) => return format!("-- {error}\n"),
    };
    let (fields, open) = back::outputs(&arena, rel);
    let names = names.iter().cloned().map(Some).chain(std::iter::repeat(None));
    let columns: Vec<(Field, Option<Name>)> = fields.into_iter().zip(names).collect();
    let wanted = Wanted { rel, columns: &columns, open };
    let text = match unparse(&arena, wanted, dialect, &|_| None) {
        Ok(text) => text,
        Err(why) => return format!("-- {why}\n"),
    };
    let facts = Facts::default();
    let again = match back::read(&mut arena, &text, dialect, &Known(Vec::new())) {
        Ok(again) => again,
        Err(why) => return format!("{text}\n-- does not read back: {why}\n"),
    };
    let (one, two) =
        (back::normal(&mut arena, rel, &facts), back::normal(&mut arena, again.rel, &facts));
    let named = again
        .columns
        .iter()
        .zip(&columns)
        .all(|(it, (_, name))| open || name.is_none() || it.name == *name);
    match (back::same(&one, &two), named) {
        (true, true) => format!("{text}\n"),
        (true, false) => format!("{text}\n-- reads back with other names\n"),
        (false, _) => {
            if std::env::var_os("TELL").is_some() {
                let print = |rel| plumb_ir::text::print_rel(&arena, rel);
                println!("{}\nis not\n{}", print(one.rel), print(two.rel));
            }
            format!("{text}\n-- reads back in another form\n")
        }
    }
}

/// A plan in every dialect.
fn everywhere(plan: &str, names: &[Name]) -> String {
    let mut texts: Vec<(String, Vec<&str>)> = Vec::new();
    for dialect in Dialect::all() {
        let text = said(plan, names, dialect);
        match texts.iter_mut().find(|(other, _)| *other == text) {
            Some((_, dialects)) => dialects.push(dialect.name),
            None => texts.push((text, vec![dialect.name])),
        }
    }
    let mut all = String::new();
    for (text, dialects) in texts {
        if !all.is_empty() {
            all.push('\n');
        }
        write!(all, "-- {}\n{text}", dialects.join(", ")).unwrap();
    }
    all
}

/// Runs a page; gives it back with what was found in place of what was expected.
fn run(
    name: &str,
    page: &str,
    say: &dyn Fn(&str, &[Name]) -> String,
    tally: &mut (u32, u32),
) -> String {
    let (mut new, mut title, mut fence) = (String::new(), "", None::<(String, String)>);
    let (mut plan, mut names) = (String::new(), Vec::new());
    for line in page.lines() {
        match &mut fence {
            Some((kind, body)) if line == "```" => {
                let (kind, body) = (kind.clone(), std::mem::take(body));
                fence = None;
                match kind.as_str() {
                    "plan" => (plan, names) = (body.clone(), Vec::new()),
                    "columns" => {
                        names = body.split([',', '\n']).map(str::trim).map(Name::new).collect();
                        names.retain(|name: &Name| !name.as_str().is_empty());
                    }
                    _ => {}
                }
                if kind == "sql" {
                    let found = say(&plan, &names);
                    let ok = found == body && !found.contains("-- reads back with");
                    println!("{} {name} - {title}", if ok { "ok  " } else { "FAIL" });
                    if ok {
                        tally.0 += 1;
                    } else {
                        tally.1 += 1;
                        println!("expected:\n{body}found:\n{found}");
                    }
                    new.push_str(&found);
                } else {
                    new.push_str(&body);
                }
                new.push_str("```\n");
                continue;
            }
            Some((_, body)) => {
                body.push_str(line);
                body.push('\n');
                continue;
            }
            None => {}
        }
        if let Some(text) = line.strip_prefix("## ") {
            title = text;
        } else if let Some(kind) = line.strip_prefix("```") {
            fence = Some((kind.to_owned(), String::new()));
        }
        new.push_str(line);
        new.push('\n');
    }
    new
}

fn main() -> ExitCode {
    let mut tally = (0, 0);
    let update = |path: &Path, old: &str, new: &str| {
        if std::env::var_os("UPDATE").is_some() && new != old {
            std::fs::write(path, new).unwrap();
        }
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for spelling in Spelling::all() {
        let dialect = Dialect::named(spelling.dialect).unwrap();
        let say = |plan: &str, names: &[Name]| said(plan, names, dialect);
        let new = run(spelling.dialect, spelling.page, &say, &mut tally);
        let path = root.join("src/dialect").join(format!("{}.md", spelling.dialect));
        update(&path, spelling.page, &new);
    }
    let mut pages: Vec<_> =
        std::fs::read_dir(root.join("pages")).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.sort();
    for path in pages {
        let page = std::fs::read_to_string(&path).unwrap();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let new = run(&name, &page, &everywhere, &mut tally);
        update(&path, &page, &new);
    }
    println!("{} passed, {} failed", tally.0, tally.1);
    ExitCode::from(u8::from(tally.1 > 0))
}
