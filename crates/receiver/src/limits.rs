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
    pub(crate) refused_body: usize,
    pub(crate) head: usize,
    pub(crate) head_deadline: Duration,
    pub(crate) idle_deadline: Duration,
    pub(crate) write_deadline: Duration,
    pub(crate) connections: usize,
    pub(crate) backlog: u32,
    pub(crate) log_interval: Duration,
    pub(crate) leave_delay: Duration,
    pub(crate) drain_deadline: Duration,
    pub(crate) oldest_ready: Duration,
    pub(crate) oldest_snapshot: Duration,
    pub(crate) probe_interval: Duration,
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
            refused_body: MEBIBYTE,
            head: 16 * 1024,
            head_deadline: Duration::from_secs(10),
            idle_deadline: Duration::from_secs(75),
            write_deadline: Duration::from_secs(10),
            connections: 512,
            backlog: 4096,
            log_interval: Duration::from_secs(10),
            leave_delay: Duration::from_secs(3),
            drain_deadline: Duration::from_secs(10),
            oldest_ready: Duration::from_secs(30 * 60),
            oldest_snapshot: Duration::from_secs(5 * 60),
            probe_interval: Duration::from_secs(5),
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
    /// without knowing the secret. Beyond it the largest body that has not all arrived is answered
    /// with 503, in favour of a smaller one. A body over 64 KiB counts with the buffers of its
    /// connection, which are 64 KiB more.
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

    /// When a request is refused before its body was read, so many bytes of the body are still read
    /// and thrown away, for at most 2 s, so that the connection serves the next request. Default: 1
    /// MiB, more than most deliveries have. After a longer one the connection is closed.
    #[must_use]
    pub fn refused_body(mut self, bytes: usize) -> Self {
        self.refused_body = bytes;
        self
    }

    /// The largest head of a request that a [`Server`](crate::Server) takes, in bytes, at least 8
    /// KiB. Default: 16 KiB; GitHub's has less than 2 KiB, and proxies add to it. A connection
    /// takes up to twice as much memory, or up to 64 KiB if that is more.
    #[must_use]
    pub fn head(mut self, bytes: usize) -> Self {
        self.head = bytes.max(8 * 1024);
        self
    }

    /// How long a [`Server`](crate::Server) waits for a request's head: from its first byte, and on
    /// a new connection from the beginning. Default: 10 s, after which GitHub has given up.
    #[must_use]
    pub fn head_deadline(mut self, deadline: Duration) -> Self {
        self.head_deadline = deadline;
        self
    }

    /// How long a [`Server`](crate::Server) keeps a connection open after an answer, for the next
    /// request. Default: 75 s. Load balancers and proxies keep theirs for 60 s; a server that closes
    /// first loses the request that is on its way at that moment.
    #[must_use]
    pub fn idle_deadline(mut self, deadline: Duration) -> Self {
        self.idle_deadline = deadline;
        self
    }

    /// How long a peer may take nothing of its answer until a [`Server`](crate::Server) cuts the
    /// connection off. Also how long it may send requests without waiting for answers, unless they are good
    /// deliveries. Default: 10 s; answers are short, and GitHub has given up by then.
    #[must_use]
    pub fn write_deadline(mut self, deadline: Duration) -> Self {
        self.write_deadline = deadline;
        self
    }

    /// How many connections a [`Server`](crate::Server) serves at once, at most half as many as the
    /// process may have files open. Default: 512, half of the usual 1,024. A new connection
    /// is always let in: at the limit the one that is needed least is cut off. As a rule that is one
    /// on which no good delivery ever came: of the peer that has most of those, the one that has kept the
    /// server waiting longest. While those are at most half of all, it is the one that had a good delivery
    /// and has been idle longest.
    #[must_use]
    pub fn connections(mut self, connections: usize) -> Self {
        self.connections = connections;
        self
    }

    /// How many connections the system keeps for a [`Server`](crate::Server) until it looks at them.
    /// Default: 4,096, for bursts; Linux cuts it to `net.core.somaxconn`, which is usually the same.
    #[must_use]
    pub fn backlog(mut self, connections: u32) -> Self {
        self.backlog = connections;
        self
    }

    /// Of what strangers can cause at any rate (a refusal of each kind, say) the log has the first
    /// as it happens, and how many followed after so long. Default: 10 s: a dozen lines a minute
    /// for each kind can be read, and nobody has to wait for the number.
    #[must_use]
    pub fn log_interval(mut self, interval: Duration) -> Self {
        self.log_interval = interval;
        self
    }

    /// How long a [`Server`](crate::Server) that was asked to stop still takes deliveries, while
    /// `/readyz` is already red, so that a load balancer notices first. Default: 3 s: Kubernetes
    /// needs about one to take a pod out of its services, and Docker kills after 10. After Ctrl-C
    /// there is no delay.
    #[must_use]
    pub fn leave_delay(mut self, delay: Duration) -> Self {
        self.leave_delay = delay;
        self
    }

    /// How long requests may go on once the server shuts down. Default: 10 s; GitHub has given up
    /// by then. (The worker's handlers have a drain deadline of their own.)
    #[must_use]
    pub fn drain_deadline(mut self, deadline: Duration) -> Self {
        self.drain_deadline = deadline;
        self
    }

    /// How long a delivery may be ready for a handler of this server, and not handled, until `/readyz` is
    /// red. Default: 30 minutes. Red takes the server out of its load balancer's rotation, and what it does not
    /// receive then is lost until it is recovered. So this has to mean that nobody works any more,
    /// not that there is much to do. Deliveries that are blocked by others of their lane, or wait
    /// for their next attempt, do not count.
    #[must_use]
    pub fn oldest_ready(mut self, age: Duration) -> Self {
        self.oldest_ready = age;
        self
    }

    /// How long somebody may hold a snapshot of the inbox's database until the log and the details of
    /// `/readyz` warn of it. Default: 5 minutes, which no transaction of a program takes, but a dump or a
    /// session that somebody forgot. As long as it lasts, the database can clear nothing away and grows.
    /// Stores to which that does not matter tell of none.
    #[must_use]
    pub fn oldest_snapshot(mut self, age: Duration) -> Self {
        self.oldest_snapshot = age;
        self
    }

    /// How often a [`Server`](crate::Server) proves that its inbox accepts, by a write that leaves
    /// nothing behind, for `/readyz`. Default: 5 s, so that `/readyz` is red within seconds, and on an
    /// idle server the disk has no more to do than with one delivery every 5 s. A delivery that was not
    /// accepted is a reason to probe at once.
    #[must_use]
    pub fn probe_interval(mut self, interval: Duration) -> Self {
        self.probe_interval = interval;
        self
    }
}
