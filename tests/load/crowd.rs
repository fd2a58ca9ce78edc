use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::net::TcpSocket;
use tokio::runtime::Runtime;
use tokio::time::{sleep, timeout};

use crate::deed::{Deed, Gang};
use crate::server::HOME;
use crate::wire;

/// Some clients that do the same. They are there all the time: whoever is closed comes again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Crowd {
    pub(crate) name: &'static str,
    pub(crate) number: usize,
    pub(crate) deed: Deed,
    /// How long whoever was closed stays away. Somebody who comes again at once is a flood of
    /// connections, which is another crowd.
    pub(crate) away: Duration,
}

/// Never read their answers, so that these fill the memory of the server's system.
pub(crate) const PIPELINERS: Crowd = Crowd {
    name: "pipeliners",
    number: 520,
    deed: Deed::Pipeline,
    away: Duration::from_millis(250),
};

pub(crate) const SILENT: Crowd =
    Crowd { name: "silent", number: 512, deed: Deed::Silence, away: Duration::from_millis(250) };

/// Keep a connection for their next request, as load balancers do; one that is closed comes again
/// when it has something to ask.
pub(crate) const IDLE: Crowd =
    Crowd { name: "idle", number: 10_000, deed: Deed::Idle, away: Duration::from_secs(10) };

pub(crate) const SLOW_HEADS: Crowd =
    Crowd { name: "slow heads", number: 2000, deed: Deed::SlowHead, away: Duration::from_secs(3) };

pub(crate) const SLOW_BODIES: Crowd =
    Crowd { name: "slow bodies", number: 500, deed: Deed::SlowBody, away: Duration::from_secs(1) };

pub(crate) const BIG_HEADS: Crowd =
    Crowd { name: "big heads", number: 512, deed: Deed::BigHead, away: Duration::from_millis(250) };

pub(crate) const REFUSED: Crowd =
    Crowd { name: "refused", number: 20, deed: Deed::Refused, away: Duration::ZERO };

/// Between two of a crowd that come; all at once would be a flood of connections, too.
const ARRIVAL: Duration = Duration::from_micros(400);

/// A crowd that is there. Dropped, it leaves at once.
pub(crate) struct Gathered {
    runtime: Option<Runtime>,
    gang: Arc<Gang>,
    number: usize,
}

impl Crowd {
    /// Has it come.
    pub(crate) fn gather(self, server: SocketAddr) -> Gathered {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let gang = Arc::new(Gang::default());
        for member in 0..self.number {
            runtime.spawn(self.member(member, server, Arc::clone(&gang)));
        }
        Gathered { runtime: Some(runtime), gang, number: self.number }
    }

    async fn member(self, member: usize, server: SocketAddr, gang: Arc<Gang>) {
        self.deed.prepare(server, &gang).await.unwrap();
        sleep(ARRIVAL * u32::try_from(member).unwrap()).await;
        loop {
            if let Ok(Ok(stream)) = timeout(wire::PATIENCE, self.connect(server)).await {
                // However it ends, it comes again.
                let _ = self.deed.run(stream, member, &gang).await;
            }
            gang.came(member);
            sleep(self.away).await;
        }
    }

    async fn connect(&self, server: SocketAddr) -> std::io::Result<tokio::net::TcpStream> {
        let socket = TcpSocket::new_v4()?;
        if matches!(self.deed, Deed::Pipeline) {
            // What is not read shall wait at the server's side.
            socket.set_recv_buffer_size(4096)?;
        }
        wire::connect_with(socket, HOME, server).await
    }
}

impl Gathered {
    /// Waits until everybody has been in place or was turned away, for so long at most: a server may let nobody in.
    pub(crate) async fn until_all_came(&self, patience: Duration) {
        let begun = Instant::now();
        while self.gang.how_many_came() < self.number && begun.elapsed() < patience {
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// How many are in place now.
    pub(crate) fn in_place(&self) -> usize {
        self.gang.in_place()
    }
}

impl Drop for Gathered {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // A runtime waits for its end, and may not do that within another.
            let _ = std::thread::spawn(|| drop(runtime)).join();
        }
    }
}
