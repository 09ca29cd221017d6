//! Waiting for the network: whoever asks stands still until a thread of its own has the answer.

use std::io;
use std::sync::mpsc::{Receiver, sync_channel};

use tokio::runtime::{Builder, Runtime};

/// A thread that talks to stores.
#[derive(Debug)]
pub(crate) struct Line(Option<Runtime>);

impl Line {
    pub(crate) fn open() -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("plumb-remote")
            .enable_all()
            .build()?;
        Ok(Self(Some(runtime)))
    }

    /// Waits for some work; `None` where it was given up.
    ///
    /// Unlike `block_on` it may be called from anywhere, also from the runtime of somebody else.
    pub(crate) fn wait<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Option<T> {
        self.begin(work)?.recv().ok()
    }

    /// Begins some work, and gives what tells of its end.
    pub(crate) fn begin<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Option<Receiver<T>> {
        let (send, receive) = sync_channel(1);
        let told = async move {
            // Whoever asked may have gone.
            send.send(work.await).unwrap_or_default();
        };
        drop(self.0.as_ref()?.spawn(told));
        Some(receive)
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
