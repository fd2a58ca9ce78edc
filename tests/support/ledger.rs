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
/// A handler says `begin ID HANDLER OWNER LANE NUMBER PROCESS END`, waits for `go`, works, says `end`,
/// waits for `ok` and closes; it says `~` all the while to show that it is not asleep. For a step it
/// says `step`, and waits for `ok`. `OWNER` is the handler's first name, `LANE` and `END` are `-` where
/// there is none; with an `END` it is not at work, but told of how it ended.
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
    /// The same for every time that a handler was told of an end.
    pub ends: Vec<Attempt>,
    /// The deliveries of which an attempt came to its end.
    pub finished: HashSet<String>,
    /// How often two were at the same task, or two at tasks of a lane, at the same moment.
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

    /// The attempts at each task: by the ids of deliveries and the full names of handlers.
    #[must_use]
    pub fn by_task(&self) -> HashMap<(&str, &str), Vec<&Attempt>> {
        by_task(&self.attempts)
    }

    /// How handlers were told of ends: by the ids of deliveries and the full names of handlers.
    #[must_use]
    pub fn ends_by_task(&self) -> HashMap<(&str, &str), Vec<&Attempt>> {
        by_task(&self.ends)
    }

    /// Whether this handler came to the end of this delivery.
    #[must_use]
    pub fn has_finished(&self, id: &str, handler: &str) -> bool {
        self.attempts.iter().any(|it| {
            (it.id.as_str(), it.handler.as_str()) == (id, handler)
                && it.state == AttemptState::Finished
        })
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

fn by_task(attempts: &[Attempt]) -> HashMap<(&str, &str), Vec<&Attempt>> {
    let mut tasks: HashMap<_, Vec<_>> = HashMap::new();
    for attempt in attempts {
        tasks.entry((attempt.id.as_str(), attempt.handler.as_str())).or_default().push(attempt);
    }
    tasks
}

/// An attempt at a task.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// The delivery.
    pub id: String,
    /// The handler's full name.
    pub handler: String,
    /// Its first name.
    owner: String,
    /// Its lane.
    pub lane: Option<String>,
    /// The number that the handler was told.
    pub number: u32,
    /// Who handles it.
    pub process: u32,
    /// How often its step ran.
    pub steps: usize,
    /// How it ended, where it was told of that.
    pub end: Option<String>,
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

/// Where something stands in the books.
#[derive(Clone, Copy)]
enum Place {
    Attempt(usize),
    End(usize),
}

impl Books {
    fn at(&mut self, place: Place) -> Option<&mut Attempt> {
        match place {
            Place::Attempt(place) => self.attempts.get_mut(place),
            Place::End(place) => self.ends.get_mut(place),
        }
    }

    fn write(&mut self, attempt: Attempt) -> Place {
        let (list, place): (_, fn(usize) -> Place) = match attempt.end {
            None => (&mut self.attempts, Place::Attempt),
            Some(_) => (&mut self.ends, Place::End),
        };
        list.push(attempt);
        place(list.len() - 1)
    }
}

/// A connection.
struct Guest {
    stream: TcpStream,
    heard: Vec<u8>,
    /// What it has begun.
    place: Option<Place>,
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
                    let said = buffer.iter().take(read).filter(|byte| **byte != b'~');
                    self.heard.extend(said);
                    continue;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(_) => self.closed = true,
            }
            return;
        }
    }

    fn line(&mut self) -> Option<String> {
        let end = self.heard.iter().position(|byte| *byte == b'\n')?;
        let mut line: Vec<u8> = self.heard.drain(..=end).collect();
        line.pop();
        Some(String::from_utf8(line).unwrap())
    }

    fn has_ended(&self) -> bool {
        self.closed || self.heard.ends_with(b"end\n")
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
                    place: None,
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

    fn serve(&mut self, number: usize) {
        let held = self.shared.held.load(Ordering::SeqCst);
        let Some(guest) = self.guests.get_mut(number) else { return };
        guest.hear();
        if guest.place.is_none()
            && let Some(line) = guest.line()
        {
            self.begin(number, &line);
        }
        let Some(guest) = self.guests.get_mut(number) else { return };
        let Some(place) = guest.place else { return };
        if !guest.told_to_go && (!held || matches!(place, Place::End(_))) {
            guest.told_to_go = true;
            guest.tell(b"go\n");
        }
        let mut books = self.shared.books.lock().unwrap();
        while let Some(line) = guest.line() {
            let Some(attempt) = books.at(place) else { return };
            match line.as_str() {
                "step" => attempt.steps += 1,
                "end" => {
                    attempt.state = AttemptState::Finished;
                    if attempt.end.is_none() {
                        let id = attempt.id.clone();
                        books.finished.insert(id);
                    }
                }
                _ => panic!("said {line:?}"),
            }
            guest.tell(b"ok\n");
        }
        if let Some(attempt) = books.at(place)
            && guest.closed
            && attempt.state == AttemptState::Running
        {
            attempt.state = AttemptState::CutOff;
        }
    }

    fn begin(&mut self, number: usize, line: &str) {
        let attempt = Attempt::of(line);
        let mut books = self.shared.books.lock().unwrap();
        for (other, guest) in self.guests.iter_mut().enumerate() {
            let Some(holder) = guest.place.and_then(|it| books.at(it)) else { continue };
            if other == number || holder.state != AttemptState::Running || !attempt.excludes(holder)
            {
                continue;
            }
            // It may have ended since it was heard last.
            guest.hear();
            if guest.has_ended() {
                continue;
            }
            let clash = format!("{attempt:?} began while {holder:?} ran");
            // It renews every third of its lease, so one that was renewed at all lasts longer than
            // this after its process was last awake.
            if guest.longest_silence.max(guest.heard_at.elapsed()) >= self.lease / 2 {
                books.excused += 1;
            } else {
                books.clashes.push(clash);
            }
        }
        let place = books.write(attempt);
        if let Some(guest) = self.guests.get_mut(number) {
            guest.place = Some(place);
        }
    }
}

impl Attempt {
    fn of(line: &str) -> Self {
        let words: Vec<&str> = line.split(' ').collect();
        let ["begin", id, handler, owner, lane, number, process, end] = words[..] else {
            panic!("began with {line:?}")
        };
        let word = |word: &str| (word != "-").then(|| word.to_owned());
        Self {
            id: id.to_owned(),
            handler: handler.to_owned(),
            owner: owner.to_owned(),
            lane: word(lane),
            number: number.parse().unwrap(),
            process: process.parse().unwrap(),
            steps: 0,
            end: word(end),
            state: AttemptState::Running,
        }
    }

    /// Whether they must not run beside each other. What was superseded while it waited never had the
    /// lane, so it may be told of that at any time.
    fn excludes(&self, other: &Self) -> bool {
        let is_work = self.end.is_none() && other.end.is_none();
        let same_lane = is_work && self.lane.is_some() && self.lane == other.lane;
        self.owner == other.owner && (same_lane || self.id == other.id)
    }
}
