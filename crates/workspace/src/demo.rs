//! The built-in company: its files are part of the program.

use plumb_base::MemoryWorld;

/// Paths and texts of the demo, made by `build.rs` from the folder `demo`.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/demo.in"));

pub(crate) fn world() -> MemoryWorld {
    let mut world = MemoryWorld::new(FILES.iter().map(|(path, text)| (*path, *text)));
    "demo".clone_into(&mut world.name);
    world
}
