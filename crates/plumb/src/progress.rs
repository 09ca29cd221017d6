//! What takes long says so on standard error: on a terminal in one line that changes, elsewhere now and then.

use std::borrow::Cow;
use std::io::Write;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Before this nobody wonders.
const PATIENCE: Duration = Duration::from_millis(400);

/// How often a terminal is told.
const STEP: Duration = Duration::from_millis(200);

/// How often a log is told, so that nobody takes a run for dead.
const HEARTBEAT: Duration = Duration::from_secs(30);

/// Tells the phases of a run until it is dropped.
pub(crate) struct Progress {
    phases: Option<Sender<Cow<'static, str>>>,
    thread: Option<JoinHandle<()>>,
}

impl Progress {
    /// Begins; `terminal` is where one line can change.
    pub(crate) fn begin(surface: Surface) -> Self {
        let (phases, told) = channel();
        let thread = thread::Builder::new().spawn(move || watch(&told, surface)).ok();
        Self { phases: Some(phases), thread }
    }

    /// A new phase begins.
    pub(crate) fn phase(&self, phase: Cow<'static, str>) {
        // Nobody listens where no thread could be had.
        if let Some(phases) = &self.phases {
            phases.send(phase).unwrap_or_default();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.phases = None;
        // A thread that failed has nothing more to tell.
        drop(self.thread.take().map(JoinHandle::join));
    }
}

/// Where progress is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Surface {
    /// A terminal, where a line can be written over.
    Terminal,
    /// Anything that keeps every line.
    Log,
}

fn watch(told: &Receiver<Cow<'static, str>>, surface: Surface) {
    let begin = Instant::now();
    let (mut phase, mut shown) = (Cow::Borrowed(""), false);
    let mut next = if surface == Surface::Terminal { PATIENCE } else { HEARTBEAT };
    loop {
        match told.recv_timeout(next.saturating_sub(begin.elapsed())) {
            Ok(new) => phase = new,
            Err(RecvTimeoutError::Timeout) => {
                let words = line(&phase, begin.elapsed());
                match surface {
                    Surface::Terminal => put(&format!("\r\u{1b}[K{words}")),
                    Surface::Log => put(&format!("still {words}\n")),
                }
                shown = true;
                next =
                    begin.elapsed() + if surface == Surface::Terminal { STEP } else { HEARTBEAT };
            }
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    if shown && surface == Surface::Terminal {
        put("\r\u{1b}[K");
    }
}

/// A phase and how long the run has taken so far.
fn line(phase: &str, elapsed: Duration) -> String {
    let seconds = elapsed.as_secs();
    format!("{phase}, {}:{:02}", seconds / 60, seconds % 60)
}

fn put(text: &str) {
    let mut error = std::io::stderr();
    // Progress that cannot be written is not missed.
    error.write_all(text.as_bytes()).and_then(|()| error.flush()).unwrap_or_default();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_reads_as_on_a_clock() {
        assert_eq!(
            line("reading statements", Duration::from_millis(61_999)),
            "reading statements, 1:01"
        );
    }

    #[test]
    fn it_ends_with_what_it_tells_of() {
        let progress = Progress::begin(Surface::Log);
        progress.phase(Cow::Borrowed("looking for files"));
        drop(progress);
    }
}
