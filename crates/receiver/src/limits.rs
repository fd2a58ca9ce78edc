use std::time::Duration;

/// The limits of a [`Receiver`](crate::Receiver) and a [`Server`](crate::Server). The defaults are
/// made for GitHub; each names its reason.
///
/// ```
/// use std::time::Duration;
/// use hookstead_receiver::Limits;
///
/// // A GitHub Enterprise Server waits 30 seconds for an answer.
/// let limits = Limits::default().body_deadline(Duration::from_secs(25));
/// ```
#[derive(Debug, Clone)]
pub struct Limits {
    pub(crate) payload: usize,
    pub(crate) form: usize,
    pub(crate) bodies_in_memory: usize,
    pub(crate) body_deadline: Duration,
    pub(crate) accept_deadline: Duration,
    pub(crate) head_deadline: Duration,
    pub(crate) connections: usize,
    pub(crate) drain: Duration,
    pub(crate) oldest_ready: Duration,
}

const MEBIBYTE: usize = 1024 * 1024;

impl Default for Limits {
    fn default() -> Self {
        Self {
            payload: 25 * MEBIBYTE,
            // Percent-encoding makes three bytes of one; the rest is `payload=`.
            form: 3 * 25 * MEBIBYTE + 1024,
            bodies_in_memory: 256 * MEBIBYTE,
            body_deadline: Duration::from_secs(10),
            accept_deadline: Duration::from_secs(5),
            head_deadline: Duration::from_secs(10),
            connections: 512,
            drain: Duration::from_secs(10),
            oldest_ready: Duration::from_secs(30 * 60),
        }
    }
}

impl Limits {
    /// The largest JSON payload, in bytes, whether it comes as JSON or in a form. Default: 25 MiB,
    /// for GitHub sends no event that is larger than 25 MB. A form body may be three times as
    /// long, because of its percent-encoding.
    #[must_use]
    pub fn payload(mut self, bytes: usize) -> Self {
        self.payload = bytes;
        self.form = bytes.saturating_mul(3).saturating_add(1024);
        self
    }

    /// How many bytes of bodies may be in memory at once before their signatures are known.
    /// Default: 256 MiB, room for ten of GitHub's largest, so that nobody can fill the memory
    /// without knowing the secret. Beyond it the answer is 503.
    #[must_use]
    pub fn bodies_in_memory(mut self, bytes: usize) -> Self {
        self.bodies_in_memory = bytes;
        self
    }

    /// How long a body may take to arrive. Default: 10 s, after which GitHub closes the connection.
    #[must_use]
    pub fn body_deadline(mut self, deadline: Duration) -> Self {
        self.body_deadline = deadline;
        self
    }

    /// How long the inbox may take to accept a delivery. Default: 5 s, so that GitHub still gets
    /// the answer 503 before it gives up.
    #[must_use]
    pub fn accept_deadline(mut self, deadline: Duration) -> Self {
        self.accept_deadline = deadline;
        self
    }

    /// How long a connection may take to send a request's head, or stay idle. Default: 10 s; it
    /// frees the connections of those who open them and say nothing.
    #[must_use]
    pub fn head_deadline(mut self, deadline: Duration) -> Self {
        self.head_deadline = deadline;
        self
    }

    /// How many connections are served at once; more wait in the system's queue. Default: 512, half
    /// of the 1,024 files that a process may usually open.
    #[must_use]
    pub fn connections(mut self, connections: usize) -> Self {
        self.connections = connections;
        self
    }

    /// How long requests may go on once the server shuts down. Default: 10 s; GitHub has given up
    /// by then. (The worker's handlers have a drain time of their own.)
    #[must_use]
    pub fn drain(mut self, drain: Duration) -> Self {
        self.drain = drain;
        self
    }

    /// How long a delivery may be ready and not handled until `/readyz` is red. Default: 30
    /// minutes. Red takes the server out of its load balancer's rotation, and what it does not
    /// receive then is lost until it is recovered; so this has to mean that nobody works any more,
    /// not that there is much to do. Deliveries that are blocked by others of their lane, or wait
    /// for their next attempt, do not count.
    #[must_use]
    pub fn oldest_ready(mut self, age: Duration) -> Self {
        self.oldest_ready = age;
        self
    }
}
