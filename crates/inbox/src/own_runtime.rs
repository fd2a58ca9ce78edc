use std::sync::OnceLock;
use std::thread::available_parallelism;

use tokio::runtime::{Builder, Handle, Runtime};

/// So many threads at most: receiving and writing down is little work beside the handlers'.
const MOST_THREADS: usize = 4;

/// The runtime of what must go on whatever handlers do: receiving deliveries, renewing leases,
/// talking to the database. A handler that blocks its thread blocks one of the program's own runtime,
/// never one of these.
///
/// There is one for each process, made at the first use; it lasts as long as the process. Where the
/// system grants no threads, the runtime of the caller has to do, and the log says so.
///
/// # Panics
///
/// Where no threads are granted, panics outside of a tokio runtime.
#[must_use]
pub fn own_runtime() -> Handle {
    static OWN: OnceLock<Option<Runtime>> = OnceLock::new();
    match OWN.get_or_init(start) {
        Some(runtime) => runtime.handle().clone(),
        None => Handle::current(),
    }
}

fn start() -> Option<Runtime> {
    let threads = available_parallelism().map_or(1, usize::from).min(MOST_THREADS);
    Builder::new_multi_thread()
        .worker_threads(threads)
        .thread_name("hookstead")
        .enable_all()
        .build()
        .inspect_err(|error| {
            tracing::error!(%error, "no threads of our own: a handler that blocks stops everything");
        })
        .ok()
}
