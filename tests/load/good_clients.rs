use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::books::{Fate, Sent};
use crate::wire::{self, Answer, GOOD, Letter, PATIENCE};

/// A delivery on a new connection comes so often.
const NEW_EVERY: Duration = Duration::from_millis(20);

/// As many keep their connections.
const KEEPERS: usize = 4;

/// Each of those delivers so often.
const KEPT_EVERY: Duration = Duration::from_millis(200);

/// What all good clients share.
pub(crate) struct Post {
    from: Ipv4Addr,
    to: SocketAddr,
    letter: Letter,
    number: AtomicUsize,
}

impl Post {
    pub(crate) fn new(from: Ipv4Addr, to: SocketAddr) -> Self {
        Self { from, to, letter: Letter::push(), number: AtomicUsize::new(0) }
    }

    /// An id that nobody has, and a delivery with it.
    pub(crate) fn next(&self) -> (String, Vec<u8>) {
        let id = format!("{GOOD}{}", self.number.fetch_add(1, Ordering::Relaxed));
        let request = self.letter.with_id(&id);
        (id, request)
    }

    /// Delivers on a new connection.
    pub(crate) async fn deliver(&self) -> Sent {
        let (id, request) = self.next();
        let begun = Instant::now();
        let answered = timeout(PATIENCE, async {
            let mut stream = wire::connect(self.from, self.to).await?;
            wire::ask(&mut stream, &request).await
        });
        let fate = Fate::of(answered.await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())));
        Sent { id, fate, took: begun.elapsed(), on_new_connection: true }
    }

    /// Delivers on a connection that is kept in this place. A server may close an idle one at any
    /// time, so whoever keeps one tries again on a new one, once.
    pub(crate) async fn deliver_on(&self, kept: &mut Option<TcpStream>) -> Sent {
        let (id, request) = self.next();
        let begun = Instant::now();
        let answered = timeout(PATIENCE, async {
            if let Some(mut stream) = kept.take()
                && let Ok(answer) = wire::ask(&mut stream, &request).await
            {
                *kept = (!answer.closes).then_some(stream);
                return Ok(answer);
            }
            let mut stream = wire::connect(self.from, self.to).await?;
            let answer = wire::ask(&mut stream, &request).await?;
            *kept = (!answer.closes).then_some(stream);
            Ok::<Answer, io::Error>(answer)
        });
        let fate = Fate::of(answered.await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())));
        Sent { id, fate, took: begun.elapsed(), on_new_connection: false }
    }
}

/// Good clients that deliver at a modest rate, on a thread of their own: what they measure is the
/// server's slowness, and not that of the crowd's senders.
pub(crate) struct GoodClients {
    stop: watch::Sender<bool>,
    thread: JoinHandle<Vec<Sent>>,
}

impl GoodClients {
    pub(crate) fn start(post: Arc<Post>) -> Self {
        let (stop, stopped) = watch::channel(false);
        let thread = on_a_thread(move || deliver_until(post, stopped));
        Self { stop, thread }
    }

    /// Ends them, once the last is answered.
    pub(crate) async fn stop(self) -> Vec<Sent> {
        self.stop.send_replace(true);
        join(self.thread).await
    }
}

/// Runs this in a runtime of its own.
pub(crate) fn on_a_thread<T: Send + 'static, F: Future<Output = T>>(
    work: impl FnOnce() -> F + Send + 'static,
) -> JoinHandle<T> {
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(work())
    })
}

/// Waits for a thread.
pub(crate) async fn join<T: Send + 'static>(thread: JoinHandle<T>) -> T {
    tokio::task::spawn_blocking(|| thread.join().unwrap()).await.unwrap()
}

async fn deliver_until(post: Arc<Post>, mut stopped: watch::Receiver<bool>) -> Vec<Sent> {
    let mut clients = JoinSet::new();
    for _ in 0..KEEPERS {
        clients.spawn(keep(Arc::clone(&post), stopped.clone()));
    }
    let mut sent = Vec::new();
    let mut ticks = interval(NEW_EVERY);
    // After a pause the rate stays modest.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = stopped.wait_for(|stopped| *stopped) => break,
            _ = ticks.tick() => {
                // It does not wait for the one before.
                let post = Arc::clone(&post);
                clients.spawn(async move { vec![post.deliver().await] });
            }
        }
        while let Some(ended) = clients.try_join_next() {
            sent.extend(ended.unwrap());
        }
    }
    while let Some(ended) = clients.join_next().await {
        sent.extend(ended.unwrap());
    }
    sent
}

async fn keep(post: Arc<Post>, mut stopped: watch::Receiver<bool>) -> Vec<Sent> {
    let mut kept = None;
    let mut sent = Vec::new();
    let mut ticks = interval(KEPT_EVERY);
    loop {
        tokio::select! {
            _ = stopped.wait_for(|stopped| *stopped) => return sent,
            _ = ticks.tick() => {}
        }
        sent.push(post.deliver_on(&mut kept).await);
    }
}
