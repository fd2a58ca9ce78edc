//! The least that durability costs: a file that is appended to and synced.

use std::fs::File;
use std::io::Write;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

use crate::Context;
use crate::callers::share;
use crate::contender::{Contender, Row, Sample};

pub(crate) const ALONE: &str = "file: append + fdatasync, 1 caller";
pub(crate) const TOGETHER: &str = "file: append + fdatasync, 64 callers share it";

pub(crate) fn contenders<'a>(context: &Context<'a>) -> Vec<Contender<'a>> {
    let Context { runtime, directory, bodies, sizes } = *context;
    let mut file = File::create(directory.join("alone")).unwrap();
    let alone = Contender::new(Row::new(ALONE), move || {
        let started = Instant::now();
        let calls = (0..sizes.one_by_one).map(|_| {
            let started = Instant::now();
            file.write_all(&bodies.next()).unwrap();
            file.sync_data().unwrap();
            started.elapsed()
        });
        let calls = calls.collect();
        Sample::Work { deliveries: sizes.one_by_one, took: started.elapsed(), calls }
    });

    let log = Arc::new(Log::start(File::create(directory.join("together")).unwrap()));
    let together = Contender::new(Row::new(TOGETHER), move || {
        let log = Arc::clone(&log);
        let work = (0..sizes.together).map(|_| bodies.next()).collect();
        share(runtime.handle(), 64, work, move |_, body| {
            let log = Arc::clone(&log);
            async move { log.append(body).await }
        })
    });
    vec![alone, together]
}

/// A file with a thread that syncs once for all who wait.
struct Log {
    queue: mpsc::UnboundedSender<(Bytes, oneshot::Sender<()>)>,
}

impl Log {
    fn start(mut file: File) -> Self {
        let (queue, mut waiting) = mpsc::unbounded_channel::<(Bytes, oneshot::Sender<()>)>();
        std::thread::spawn(move || {
            while let Some(first) = waiting.blocking_recv() {
                let mut batch = vec![first];
                batch.extend(std::iter::from_fn(|| waiting.try_recv().ok()));
                for (body, _) in &batch {
                    file.write_all(body).unwrap();
                }
                file.sync_data().unwrap();
                for (_, answer) in batch {
                    let _ = answer.send(());
                }
            }
        });
        Self { queue }
    }

    async fn append(&self, body: Bytes) {
        let (answer, answered) = oneshot::channel();
        self.queue.send((body, answer)).unwrap();
        answered.await.unwrap();
    }
}
