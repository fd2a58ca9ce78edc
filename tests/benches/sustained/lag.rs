//! A proxy before the database, which can hold its answers back.

use std::error::Error;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

pub(crate) struct Lag {
    /// The database's URL, through the proxy.
    pub(crate) url: String,
    microseconds: Arc<AtomicU64>,
}

impl Lag {
    pub(crate) async fn start(url: &str) -> Result<Self, Box<dyn Error>> {
        let address = address_in(url).ok_or("the lag needs a URL with a host and a port")?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let own = listener.local_addr()?.to_string();
        let microseconds = Arc::new(AtomicU64::new(0));
        let lag = Self { url: url.replacen(address, &own, 1), microseconds: microseconds.clone() };
        tokio::spawn(serve(listener, address.to_owned(), microseconds));
        Ok(lag)
    }

    pub(crate) fn set(&self, lag: Duration) {
        let microseconds = u64::try_from(lag.as_micros()).unwrap_or(u64::MAX);
        self.microseconds.store(microseconds, Ordering::Relaxed);
    }
}

/// `host:port` in a URL.
fn address_in(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?']).next()?;
    let address = authority.rsplit('@').next()?;
    let (_, port) = address.rsplit_once(':')?;
    port.parse::<u16>().ok().map(|_| address)
}

async fn serve(listener: TcpListener, to: String, lag: Arc<AtomicU64>) -> io::Result<()> {
    loop {
        let (near, _) = listener.accept().await?;
        let (to, lag) = (to.clone(), Arc::clone(&lag));
        tokio::spawn(async move {
            let far = TcpStream::connect(to).await?;
            near.set_nodelay(true)?;
            far.set_nodelay(true)?;
            let (near_reads, near_writes) = near.into_split();
            let (far_reads, far_writes) = far.into_split();
            tokio::try_join!(
                pass_on(near_reads, far_writes, None),
                pass_on(far_reads, near_writes, Some(lag)),
            )
        });
    }
}

/// Passes bytes on, each so long after it came.
async fn pass_on(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    lag: Option<Arc<AtomicU64>>,
) -> io::Result<()> {
    let (held, mut waiting) = mpsc::unbounded_channel::<(Instant, Vec<u8>)>();
    let reading = async move {
        loop {
            let mut bytes = Vec::with_capacity(16 * 1024);
            if from.read_buf(&mut bytes).await? == 0 {
                return io::Result::Ok(());
            }
            let lag = lag.as_ref().map_or(0, |lag| lag.load(Ordering::Relaxed));
            let moment = Instant::now() + Duration::from_micros(lag);
            if held.send((moment, bytes)).is_err() {
                return Ok(());
            }
        }
    };
    let writing = async move {
        while let Some((moment, bytes)) = waiting.recv().await {
            if moment > Instant::now() {
                sleep_until(moment).await;
            }
            to.write_all(&bytes).await?;
        }
        to.shutdown().await
    };
    tokio::try_join!(reading, writing)?;
    Ok(())
}
