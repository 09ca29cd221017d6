//! `gen`: writes the list of each shelf, and the index of rules.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
};

use crate::{Fault, house, index, shelf};

pub(crate) fn run(args: &[&str]) -> Result<ExitCode, Fault> {
    let root = house::root()?;
    let plan = plan(&root)?;
    let stale: Vec<&Wanted> = plan.wanted.iter().filter(|w| w.is_stale()).collect();
    let good = format!("gen: {} files, all fresh", plan.wanted.len());
    match args {
        [] if plan.faults.is_empty() => {
            for wanted in stale {
                wanted.write()?;
                println!("wrote {}", house::shown(&root, &wanted.path));
            }
            Ok(house::verdict(&[], &good))
        }
        [] => Ok(house::verdict(&plan.faults, &good)),
        ["--check"] => {
            let mut faults = plan.faults;
            faults.extend(stale.iter().map(|w| {
                format!("{} is stale: run `cargo xtask gen`", house::shown(&root, &w.path))
            }));
            Ok(house::verdict(&faults, &good))
        }
        _ => Err("usage: cargo xtask gen [--check]".into()),
    }
}

/// A file as it should be.
struct Wanted {
    path: PathBuf,
    text: String,
}

impl Wanted {
    fn is_stale(&self) -> bool {
        fs::read_to_string(&self.path).ok().as_deref() != Some(self.text.as_str())
    }

    fn write(&self) -> Result<(), Fault> {
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        Ok(fs::write(&self.path, &self.text)?)
    }
}

/// Everything that is generated, and what stands in the way.
#[derive(Default)]
struct Plan {
    wanted: Vec<Wanted>,
    faults: Vec<String>,
}

fn plan(root: &Path) -> Result<Plan, Fault> {
    let mut plan = Plan::default();
    let mut pages = Vec::new();
    for dir in house::entries(&root.join("crates"))? {
        for path in house::below(&dir.join("src"))? {
            let shown = house::shown(root, &path);
            let ending = path.extension().unwrap_or_default().to_owned();
            if ending == "rs" {
                let text = fs::read_to_string(&path)?;
                if shelf::is_shelf(&text) {
                    stock(root, path, &text, &mut plan)?;
                }
            } else if ending == "md" && shown.starts_with("crates/rules/src/") {
                pages.extend(index::read(&fs::read_to_string(&path)?, &shown));
            }
        }
    }
    plan.faults.extend(index::clashes(&pages));
    plan.wanted.push(Wanted { path: root.join("docs/rules.md"), text: index::text(&pages) });
    Ok(plan)
}

/// Adds one shelf to the plan.
fn stock(root: &Path, path: PathBuf, text: &str, plan: &mut Plan) -> Result<(), Fault> {
    let shown = house::shown(root, &path);
    let folder = folder(&path);
    let below_crates = house::shown(&root.join("crates"), &folder);
    let shelf = match shelf::read(text, &below_crates) {
        Ok(shelf) => shelf,
        Err(fault) => {
            plan.faults.push(format!("{shown}: {fault}"));
            return Ok(());
        }
    };
    let names: Vec<String> = house::entries(&folder)?.iter().map(|p| name(p)).collect();
    let (books, faults) = shelf::books(&shelf, &names);
    plan.faults.extend(faults.iter().map(|fault| format!("{shown}: {fault}")));
    let text = formatted(root, &shelf.text(&books)).map_err(|e| format!("{shown}: {e}"))?;
    plan.wanted.push(Wanted { path, text });
    Ok(())
}

/// Where the modules of a file stand: beside `mod.rs`, or in the folder of its name.
fn folder(path: &Path) -> PathBuf {
    let beside = path.parent().unwrap_or(path);
    match path.file_stem().and_then(|stem| stem.to_str()) {
        Some(stem) if !["mod", "lib", "main"].contains(&stem) => beside.join(stem),
        _ => beside.to_path_buf(),
    }
}

/// A name as [`shelf::books`] reads it.
fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    match (path.is_dir(), path.join("mod.rs").is_file()) {
        (true, true) => format!("{name}+/"),
        (true, false) => format!("{name}/"),
        _ => name.into_owned(),
    }
}

/// What rustfmt makes of a text.
fn formatted(root: &Path, text: &str) -> Result<String, Fault> {
    let mut child = Command::new(std::env::var_os("RUSTFMT").unwrap_or_else(|| "rustfmt".into()))
        .args(["--edition", "2024", "--config-path"])
        .arg(root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|e| format!("`rustfmt` does not start: {e}"))?;
    // Dropped at the end of the statement, so that rustfmt sees the end of its input.
    child.stdin.take().ok_or("rustfmt takes no input")?.write_all(text.as_bytes())?;
    let out = child.wait_with_output()?;
    if out.status.success() {
        return Ok(String::from_utf8(out.stdout)?);
    }
    Err(format!("`rustfmt`: {}", String::from_utf8_lossy(&out.stderr).trim()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_stand_beside_mod_or_in_the_folder_of_the_name() {
        assert_eq!(folder(Path::new("src/reuse/mod.rs")), Path::new("src/reuse"));
        assert_eq!(folder(Path::new("src/lib.rs")), Path::new("src"));
        assert_eq!(folder(Path::new("src/dialect.rs")), Path::new("src/dialect"));
    }
}
