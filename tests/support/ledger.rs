use std::collections::{HashMap, HashSet};
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::within;

/// How often the connections are listened to.
const INTERVAL: Duration = Duration::from_micros(500);

/// Writes down who handles what, as it happens.
///
/// A handler of the test server opens a connection to it for as long as it runs, so a process that
/// dies cannot seem to go on handling, and one that goes on cannot hide it. One thread listens to
/// all of them, one after the other, so there is an order.
///
/// A handler says `begin ID LANE ATTEMPT PROCESS HANDLER`, waits for `go`, works, says `end`, waits for `ok`
/// and closes; it says `!` all the while to show that it is not asleep.
#[derive(Debug)]
pub struct Ledger {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    books: Mutex<Books>,
    held: AtomicBool,
    closed: AtomicBool,
}

/// What a ledger knows.
#[derive(Debug, Default, Clone)]
pub struct Books {
    /// Every attempt, in the order in which they began.
    pub attempts: Vec<Attempt>,
    /// The deliveries of which an attempt came to its end.
    pub finished: HashSet<String>,
    /// The same with the handler that came to its end.
    pub finished_by: HashSet<(String, String)>,
    /// How often two attempts at the same task, or of a handler's lane, ran at the same moment.
    pub clashes: Vec<String>,
    /// The same, where the first had not been heard of for half a lease's length: its process was
    /// stopped or starved, which no lease can prevent.
    pub excused: usize,
}

impl Books {
    /// The attempts at this delivery.
    #[must_use]
    pub fn attempts_at(&self, id: &str) -> Vec<&Attempt> {
        self.attempts.iter().filter(|attempt| attempt.id == id).collect()
    }

    /// How many attempts there were at each task.
    #[must_use]
    pub fn attempts_by_task(&self) -> HashMap<(&str, &str), usize> {
        let mut counts = HashMap::new();
        for attempt in &self.attempts {
            let task = (attempt.id.as_str(), attempt.handler.as_str());
            *counts.entry(task).or_default() += 1;
        }
        counts
    }

    /// How many attempts were cut off.
    #[must_use]
    pub fn cut_off(&self) -> usize {
        self.attempts.iter().filter(|attempt| attempt.state == AttemptState::CutOff).count()
    }

    /// How many attempts run.
    #[must_use]
    pub fn running(&self) -> usize {
        self.attempts.iter().filter(|attempt| attempt.state == AttemptState::Running).count()
    }
}

/// An attempt to handle a delivery.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// The delivery.
    pub id: String,
    /// Its lane.
    pub lane: Option<String>,
    /// The number that the handler was told.
    pub number: u32,
    /// Who handles it.
    pub process: u32,
    /// The full name of the handler.
    pub handler: String,
    /// How far it came.
    pub state: AttemptState,
}

/// How far an attempt came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptState {
    /// It is under way.
    Running,
    /// The handler did its work.
    Finished,
    /// The handler was dropped, or its process died.
    CutOff,
}

impl Ledger {
    /// Opens a ledger, for servers with leases of this length.
    #[must_use]
    pub fn open(lease: Duration) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared::default());
        let thread = {
            let shared = Arc::clone(&shared);
            std::thread::spawn(move || Desk { listener, shared, lease, guests: Vec::new() }.sit())
        };
        Self { address, shared, thread: Some(thread) }
    }

    /// Where handlers report.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on handlers wait before they work, until [`release`](Self::release).
    pub fn hold(&self) {
        self.shared.held.store(true, Ordering::SeqCst);
    }

    /// Lets handlers work.
    pub fn release(&self) {
        self.shared.held.store(false, Ordering::SeqCst);
    }

    /// What is known now.
    #[must_use]
    pub fn books(&self) -> Books {
        self.look(Books::clone)
    }

    /// Looks at what is known now.
    pub fn look<T>(&self, look: impl FnOnce(&Books) -> T) -> T {
        look(&self.shared.books.lock().unwrap())
    }

    /// Waits until this holds.
    pub async fn until(&self, holds: impl Fn(&Books) -> bool) {
        let waiting = async {
            while !self.look(&holds) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        within(waiting).await;
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        self.shared.closed.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Where the thread sits.
struct Desk {
    listener: TcpListener,
    shared: Arc<Shared>,
    lease: Duration,
    guests: Vec<Guest>,
}

/// A connection.
struct Guest {
    stream: TcpStream,
    heard: Vec<u8>,
    /// Its place among the attempts, once it has begun.
    attempt: Option<usize>,
    told_to_go: bool,
    heard_at: Instant,
    longest_silence: Duration,
    closed: bool,
}

impl Guest {
    fn hear(&mut self) {
        let mut buffer = [0; 1024];
        loop {
            match self.stream.read(&mut buffer) {
                Ok(0) => self.closed = true,
                Ok(read) => {
                    let now = Instant::now();
                    self.longest_silence = self.longest_silence.max(now - self.heard_at);
                    self.heard_at = now;
                    let said = buffer.iter().take(read).filter(|byte| **byte != b'!');
                    self.heard.extend(said);
                    continue;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(_) => self.closed = true,
            }
            return;
        }
    }

    /// The next line, without its first word.
    fn line(&mut self, word: &str) -> Option<String> {
        let end = self.heard.iter().position(|byte| *byte == b'\n')?;
        let line: Vec<u8> = self.heard.drain(..=end).collect();
        let line = String::from_utf8(line).unwrap();
        Some(line.strip_prefix(word).unwrap().trim().to_owned())
    }

    fn has_ended(&self) -> bool {
        self.closed || self.heard.contains(&b'\n')
    }

    fn tell(&mut self, word: &[u8]) {
        // So short a word always fits; whoever is gone is noticed when reading.
        let _ = self.stream.write_all(word);
    }
}

impl Desk {
    fn sit(mut self) {
        while !self.shared.closed.load(Ordering::SeqCst) {
            while let Ok((stream, _)) = self.listener.accept() {
                stream.set_nonblocking(true).unwrap();
                stream.set_nodelay(true).unwrap();
                self.guests.push(Guest {
                    stream,
                    heard: Vec::new(),
                    attempt: None,
                    told_to_go: false,
                    heard_at: Instant::now(),
                    longest_silence: Duration::ZERO,
                    closed: false,
                });
            }
            for guest in 0..self.guests.len() {
                self.serve(guest);
            }
            self.guests.retain(|guest| !guest.closed);
            std::thread::sleep(INTERVAL);
        }
    }

    fn serve(&mut self, place: usize) {
        let held = self.shared.held.load(Ordering::SeqCst);
        let Some(guest) = self.guests.get_mut(place) else { return };
        guest.hear();
        if guest.attempt.is_none()
            && let Some(line) = guest.line("begin ")
        {
            self.begin(place, &line);
        }
        let Some(guest) = self.guests.get_mut(place) else { return };
        let Some(attempt) = guest.attempt else { return };
        if !guest.told_to_go && !held {
            guest.told_to_go = true;
            guest.tell(b"go\n");
        }
        let mut books = self.shared.books.lock().unwrap();
        let Books { attempts, finished, finished_by, .. } = &mut *books;
        let Some(attempt) = attempts.get_mut(attempt) else { return };
        if guest.line("end").is_some() {
            attempt.state = AttemptState::Finished;
            finished.insert(attempt.id.clone());
            finished_by.insert((attempt.id.clone(), attempt.handler.clone()));
            guest.tell(b"ok\n");
        }
        if guest.closed && attempt.state == AttemptState::Running {
            attempt.state = AttemptState::CutOff;
        }
    }

    fn begin(&mut self, place: usize, line: &str) {
        let words: Vec<&str> = line.split(' ').collect();
        let [id, lane, number, process, handler] = words[..] else { panic!("began with {line:?}") };
        let attempt = Attempt {
            id: id.to_owned(),
            lane: (lane != "-").then(|| lane.to_owned()),
            number: number.parse().unwrap(),
            process: process.parse().unwrap(),
            handler: handler.to_owned(),
            state: AttemptState::Running,
        };
        let mut books = self.shared.books.lock().unwrap();
        for (other, guest) in self.guests.iter_mut().enumerate() {
            let Some(holder) = guest.attempt.and_then(|it| books.attempts.get(it)) else {
                continue;
            };
            let same_lane = attempt.lane.is_some() && attempt.lane == holder.lane;
            if other == place
                || holder.state != AttemptState::Running
                || holder.handler != attempt.handler
                || !(same_lane || holder.id == attempt.id)
            {
                continue;
            }
            // It may have ended since it was heard last.
            guest.hear();
            if guest.has_ended() {
                continue;
            }
            // It renews every third of its lease, so one that was renewed at all lasts longer than
            // this after its process was last awake.
            if guest.longest_silence.max(guest.heard_at.elapsed()) >= self.lease / 2 {
                books.excused += 1;
            } else {
                let clash = format!("{attempt:?} began while {holder:?} ran");
                books.clashes.push(clash);
            }
        }
        books.attempts.push(attempt);
        if let Some(guest) = self.guests.get_mut(place) {
            guest.attempt = Some(books.attempts.len() - 1);
        }
    }
}
