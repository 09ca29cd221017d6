//! The built-in company: its files are part of the program, and its record is made from them.

mod lake;
mod record;

use plumb_base::MemoryWorld;

/// Paths and texts of the demo, made by `build.rs` from the folder `demo`.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/demo.in"));

pub(crate) fn world() -> MemoryWorld {
    let mut world = MemoryWorld::new(FILES.iter().map(|(path, text)| (*path, *text)));
    let models = FILES.iter().map(|(path, _)| *path);
    let models = models
        .filter(|it| it.starts_with("warehouse/models/") && it.strip_suffix(".sql").is_some());
    world.files.extend(record::files(models));
    "demo".clone_into(&mut world.name);
    world
}
