//! Pages of cases: blocks of a few kinds, and one kind that holds what is to be found. `UPDATE=1` rewrites it.

use std::{collections::BTreeMap, fs, path::Path};

/// Blocks of a case by kind. `facts` hold for one case, the others until they are written again.
pub(crate) type Blocks = BTreeMap<String, String>;

/// Runs the pages of a folder; whether there were cases, and all passed.
pub(crate) fn run(folder: &Path, wanted: &str, find: &mut dyn FnMut(&Blocks) -> String) -> bool {
    let mut paths: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let (mut passed, mut failed) = (0, 0);
    for path in paths {
        let (good, bad) = page(&path, wanted, find);
        passed += good;
        failed += bad;
    }
    println!("cases of {wanted}: {passed} passed, {failed} failed");
    failed == 0 && passed > 0
}

fn page(path: &Path, wanted: &str, find: &mut dyn FnMut(&Blocks) -> String) -> (u32, u32) {
    let text = fs::read_to_string(path).unwrap();
    let name = path.file_stem().unwrap().to_string_lossy().into_owned();
    let (mut passed, mut failed) = (0, 0);
    let (mut new, mut title, mut fence) = (String::new(), "", None::<(String, String)>);
    let mut blocks = Blocks::new();
    for line in text.lines() {
        if let Some((kind, body)) = &mut fence {
            if line != "```" {
                body.push_str(line);
                body.push('\n');
                continue;
            }
            if kind == wanted {
                let found = find(&blocks);
                if found == *body {
                    println!("ok   {name} - {title}");
                    passed += 1;
                } else {
                    println!("FAIL {name} - {title}\nexpected:\n{body}found:\n{found}");
                    failed += 1;
                }
                new.push_str(&found);
            } else {
                new.push_str(body);
                blocks.insert(std::mem::take(kind), std::mem::take(body));
            }
            fence = None;
        } else if let Some(kind) = line.strip_prefix("```") {
            fence = Some((kind.to_owned(), String::new()));
        } else if let Some(heading) = line.strip_prefix("## ") {
            title = heading;
            blocks.remove("facts");
        }
        new.push_str(line);
        new.push('\n');
    }
    if std::env::var_os("UPDATE").is_some() && new != text {
        fs::write(path, new).unwrap();
    }
    (passed, failed)
}
