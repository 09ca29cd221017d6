//! Starts `plumb` on the real machine.

use std::process::ExitCode;

use mimalloc::MiMalloc;
use plumb::{Machine, guarded, run};

// Trees and plans are many small pieces: asking for them and giving them back is a third of the work otherwise.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let typed: Vec<_> = std::env::args_os().skip(1).collect();
    ExitCode::from(guarded(move || {
        // Colour is decided where the text is made; on old Windows consoles it is translated here.
        let mut out = anstream::AutoStream::always(std::io::stdout());
        run(&typed, &Machine, &mut out, &mut std::io::stderr())
    }))
}
