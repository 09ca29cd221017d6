//! Where the repository is, which files it holds, and how programs are called in it.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
};

use serde_json::Value;

use crate::Fault;

/// The root of the checkout.
///
/// Asked at run time, because a target directory may be shared by several checkouts.
pub(crate) fn root() -> Result<PathBuf, Fault> {
    let here = match env::var_os("CARGO_MANIFEST_DIR") {
        Some(dir) => PathBuf::from(dir),
        None => env::current_dir()?,
    };
    here.ancestors()
        .find(|dir| dir.join("xtask/Cargo.toml").is_file())
        .map(Path::to_path_buf)
        .ok_or_else(|| "run me inside the checkout".into())
}

/// The `cargo` that started us.
pub(crate) fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Runs a program and gives its standard output; the error carries what it said.
pub(crate) fn output(command: &mut Command) -> Result<Vec<u8>, Fault> {
    let program = command.get_program().to_string_lossy().into_owned();
    let out = command
        .stdin(Stdio::null())
        .output()
        .map_err(|e| format!("`{program}` does not start: {e}"))?;
    if out.status.success() {
        return Ok(out.stdout);
    }
    Err(format!("`{program}`: {}", String::from_utf8_lossy(&out.stderr).trim()).into())
}

/// `cargo metadata` of the workspace; `more` are further options.
pub(crate) fn metadata(root: &Path, more: &[&str]) -> Result<Value, Fault> {
    let mut command = cargo();
    command.current_dir(root).args(["metadata", "--format-version=1"]).args(more);
    Ok(serde_json::from_slice(&output(&mut command)?)?)
}

/// Every file git knows or would add, relative to the root, sorted.
///
/// Outside a git checkout (an unpacked archive) the folders are walked instead.
pub(crate) fn files(root: &Path) -> Result<Vec<PathBuf>, Fault> {
    let mut git = Command::new("git");
    git.current_dir(root).args(["ls-files", "-z", "-co", "--exclude-standard"]);
    let mut files = match output(&mut git) {
        Ok(bytes) => String::from_utf8_lossy(&bytes)
            .split('\0')
            .filter(|name| !name.is_empty())
            .map(PathBuf::from)
            .filter(|path| is_plain_file(&root.join(path)))
            .collect(),
        Err(_) => below(root)?
            .iter()
            .filter_map(|path| path.strip_prefix(root).ok().map(Path::to_path_buf))
            .collect::<Vec<_>>(),
    };
    files.sort();
    files.dedup();
    Ok(files)
}

fn is_plain_file(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|m| m.is_file())
}

/// Every file below a folder, sorted; a folder that does not exist holds none.
pub(crate) fn below(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![dir.to_path_buf()];
    while let Some(dir) = open.pop() {
        for path in entries(&dir)? {
            if path.is_dir() && !path.is_symlink() {
                if !is_foreign(&path) {
                    open.push(path);
                }
            } else if is_plain_file(&path) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// What stands in a folder, sorted; nothing when there is no such folder.
pub(crate) fn entries(dir: &Path) -> io::Result<Vec<PathBuf>> {
    if !dir.is_dir() {
        return Ok(Vec::new());
    }
    let mut paths =
        fs::read_dir(dir)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn is_foreign(dir: &Path) -> bool {
    let name = dir.file_name().unwrap_or_default();
    [".git", ".plumb", "target", "node_modules"].iter().any(|&foreign| name == foreign)
}

/// A path as we print it: forward slashes, relative to the root when it lies below.
pub(crate) fn shown(root: &Path, path: &Path) -> String {
    let path = path.strip_prefix(root).unwrap_or(path);
    path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// Prints each fault on a line; succeeds only when there are none.
pub(crate) fn verdict(faults: &[String], good: &str) -> ExitCode {
    for fault in faults {
        eprintln!("{fault}");
    }
    if faults.is_empty() {
        println!("{good}");
        return ExitCode::SUCCESS;
    }
    ExitCode::FAILURE
}
