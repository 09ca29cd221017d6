//! Lists the files of the demo, so that they can be part of the program.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("demo");
    println!("cargo::rerun-if-changed={}", root.display());
    let mut files = Vec::new();
    walk(&root, &mut files)?;
    files.sort();
    let entries: Vec<String> = files
        .iter()
        .filter_map(|file| {
            let inside = file.strip_prefix(&root).ok()?.to_str()?.replace('\\', "/");
            let file = file.to_str()?;
            // What is planted where is for developers.
            (inside != "EXPECTED.md").then(|| format!("({inside:?}, include_str!({file:?}))"))
        })
        .collect();
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("demo.in");
    fs::write(out, format!("&[{}]", entries.join(",\n")))
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            walk(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
