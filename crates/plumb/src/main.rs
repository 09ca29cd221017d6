//! Starts `plumb` on the real machine.

use std::process::ExitCode;

use plumb::{Machine, guarded, run};

fn main() -> ExitCode {
    let typed: Vec<_> = std::env::args_os().skip(1).collect();
    ExitCode::from(guarded(move || {
        // Colour is decided where the text is made; on old Windows consoles it is translated here.
        let mut out = anstream::AutoStream::always(std::io::stdout());
        run(&typed, &Machine, &mut out, &mut std::io::stderr())
    }))
}
