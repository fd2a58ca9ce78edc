//! Many who call at the same time, each one call after the other.

use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::task::JoinSet;

use crate::contender::Sample;

/// Deals the work to so many tasks and waits for all of them.
pub(crate) fn share<W, F>(
    runtime: &Handle,
    callers: usize,
    work: Vec<W>,
    call: impl Fn(usize, W) -> F + Clone + Send + Sync + 'static,
) -> Sample
where
    W: Send + 'static,
    F: Future<Output = ()> + Send,
{
    let deliveries = work.len();
    let mut shares: Vec<Vec<W>> = (0..callers).map(|_| Vec::new()).collect();
    for (number, work) in work.into_iter().enumerate() {
        shares[number % callers].push(work);
    }
    runtime.block_on(async {
        let started = Instant::now();
        let mut tasks = JoinSet::new();
        for (number, share) in shares.into_iter().enumerate() {
            let call = call.clone();
            let caller = async move {
                let mut calls = Vec::with_capacity(share.len());
                for work in share {
                    let started = Instant::now();
                    call(number, work).await;
                    calls.push(started.elapsed());
                }
                calls
            };
            tasks.spawn_on(caller, runtime);
        }
        let calls: Vec<Duration> = tasks.join_all().await.into_iter().flatten().collect();
        Sample::Work { deliveries, took: started.elapsed(), calls }
    })
}
