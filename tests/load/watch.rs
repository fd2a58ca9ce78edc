use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How often memory and descriptors are looked at.
const INTERVAL: Duration = Duration::from_millis(50);

/// The list of all sockets is long, so it is read less often.
const SOCKETS_EVERY: u32 = 8;

/// What a process takes of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Reading {
    /// Resident memory, in bytes.
    pub(crate) resident: u64,
    /// Open descriptors.
    pub(crate) descriptors: u64,
    /// Processor time since its start.
    pub(crate) worked: Duration,
    /// Bytes that the kernel keeps in the process's sockets, read or unsent.
    pub(crate) in_sockets: u64,
}

impl Reading {
    /// Of this process, which listens at this address.
    fn take(process: u32, address: SocketAddr, with_sockets: bool) -> Self {
        Self {
            resident: resident(process),
            descriptors: std::fs::read_dir(format!("/proc/{process}/fd"))
                .map_or(0, |entries| entries.count() as u64),
            worked: worked(process),
            in_sockets: if with_sockets { in_sockets(address) } else { 0 },
        }
    }

    fn max(self, other: Self) -> Self {
        Self {
            resident: self.resident.max(other.resident),
            descriptors: self.descriptors.max(other.descriptors),
            worked: self.worked.max(other.worked),
            in_sockets: self.in_sockets.max(other.in_sockets),
        }
    }
}

/// How many of the kernel's ticks a second has, on every Linux that Rust runs on.
const TICKS: f64 = 100.0;

fn worked(process: u32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // After the program's name, which may contain anything, come the state and ten numbers.
    let numbers = stat.rsplit(')').next().unwrap_or_default().split_ascii_whitespace().skip(11);
    let ticks: f64 = numbers.take(2).filter_map(|it| it.parse::<f64>().ok()).sum();
    Duration::from_secs_f64(ticks / TICKS)
}

fn resident(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")).unwrap_or("0");
    kib.trim().parse::<u64>().unwrap() * 1024
}

/// What waits in the queues of the connections to this address, on the server's side.
fn in_sockets(address: SocketAddr) -> u64 {
    let port = format!(":{:04X}", address.port());
    let listening = "0A";
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap_or_default();
    let mut sum = 0;
    for line in table.lines() {
        let mut columns = line.split_ascii_whitespace().skip(1);
        let (local, _remote) = (columns.next(), columns.next());
        let (state, queues) = (columns.next(), columns.next());
        let Some((unsent, unread)) = queues.and_then(|it| it.split_once(':')) else { continue };
        // The queue of a listener holds connections, no bytes.
        if local.is_some_and(|it| it.ends_with(&port)) && state != Some(listening) {
            let bytes = |text| u64::from_str_radix(text, 16).unwrap_or(0);
            sum += bytes(unsent) + bytes(unread);
        }
    }
    sum
}

/// Watches a process from a thread of its own.
pub(crate) struct Watch {
    process: u32,
    address: SocketAddr,
    before: Reading,
    peak: Arc<Mutex<Reading>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    /// From now on.
    pub(crate) fn start(process: u32, address: SocketAddr) -> Self {
        let before = Reading::take(process, address, true);
        let peak = Arc::new(Mutex::new(before));
        let stop = Arc::new(AtomicBool::new(false));
        let thread = {
            let (peak, stop) = (Arc::clone(&peak), Arc::clone(&stop));
            std::thread::spawn(move || {
                let mut round: u32 = 0;
                while !stop.load(Ordering::Relaxed) {
                    let with_sockets = round.is_multiple_of(SOCKETS_EVERY);
                    let reading = Reading::take(process, address, with_sockets);
                    let mut peak = peak.lock().unwrap();
                    *peak = peak.max(reading);
                    drop(peak);
                    round += 1;
                    std::thread::sleep(INTERVAL);
                }
            })
        };
        Self { process, address, before, peak, stop, thread: Some(thread) }
    }

    /// As it was when the watch began.
    pub(crate) fn before(&self) -> Reading {
        self.before
    }

    /// The most of each.
    pub(crate) fn peak(&self) -> Reading {
        *self.peak.lock().unwrap()
    }

    /// Waits until this holds, for so long at most; returns what was seen last.
    pub(crate) async fn until(
        &self,
        patience: Duration,
        holds: impl Fn(&Reading) -> bool,
    ) -> Reading {
        let begun = Instant::now();
        loop {
            let reading = Reading::take(self.process, self.address, false);
            if holds(&reading) || begun.elapsed() >= patience {
                return reading;
            }
            tokio::time::sleep(INTERVAL).await;
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
