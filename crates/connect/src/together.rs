//! Files that are read side by side, and given in their order.

use std::sync::LazyLock;

use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

/// Bytes of stack of a thread that reads: what people write nests.
const STACK: usize = 64 << 20;

/// Threads that have it.
static POOL: LazyLock<Option<ThreadPool>> =
    LazyLock::new(|| ThreadPoolBuilder::new().stack_size(STACK).build().ok());

/// What is made of each, in the same order.
pub(crate) fn each<T: Sync, R: Send>(all: &[T], read: impl Fn(&T) -> R + Sync + Send) -> Vec<R> {
    // Whoever set up threads of their own has decided how many.
    let ours = |pool: &&ThreadPool| {
        rayon::current_thread_index().is_none() || pool.current_thread_index().is_some()
    };
    match POOL.as_ref().filter(ours) {
        Some(pool) => pool.install(|| all.par_iter().with_max_len(1).map(read).collect()),
        None => all.iter().map(read).collect(),
    }
}
