//! The built-in company: its files are part of the program, and its record is made from them.

mod lake;
mod record;
mod spark;

use std::sync::LazyLock;

use plumb_base::MemoryWorld;

/// Paths and texts of the demo, made by `build.rs` from the folder `demo`.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/demo.in"));

/// A copy of the company; it is made once.
pub(crate) fn world() -> MemoryWorld {
    static WORLD: LazyLock<MemoryWorld> = LazyLock::new(made);
    WORLD.clone()
}

fn made() -> MemoryWorld {
    let mut world = MemoryWorld::new(FILES.iter().map(|(path, text)| (*path, *text)));
    let models = FILES.iter().map(|(path, _)| *path);
    let models = models
        .filter(|it| it.starts_with("warehouse/models/") && it.strip_suffix(".sql").is_some());
    world.files.extend(record::files(models));
    "demo".clone_into(&mut world.name);
    world
}
