//! What the handlers of the test server do.

use std::net::SocketAddr;
use std::time::Duration;

use hookstead::events::Event;
use hookstead::handler::End;
use hookstead::{Attempt, Handler, HandlerError, async_trait};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::time::{sleep, timeout};

use crate::jobs::Job;

/// A handler says so often that it is awake.
const BEAT: Duration = Duration::from_millis(100);

/// Does what the payload asks for, and reports it to the ledger.
pub(crate) struct Labour {
    pub(crate) ledger: SocketAddr,
    /// The handler's first name: a renamed one has the lanes and deliveries of the one before.
    pub(crate) owner: String,
    pub(crate) has_lanes: bool,
}

#[async_trait]
impl<const EVENT: usize> Handler<Job<EVENT>> for Labour {
    async fn handle(&self, job: &Job<EVENT>, attempt: &Attempt) -> Result<(), HandlerError> {
        let mut report = self.begin(attempt, Some(job), None).await?;
        let then = job.then(attempt.handler());
        if then == Some("block") {
            loop {
                std::thread::park();
            }
        }
        report.hear("go").await?;
        if job.0["step"] == true {
            let step = async {
                report.say(b"step\n").await?;
                report.hear("ok").await
            };
            attempt.step("step", || step).await?;
        }
        let work = sleep(Duration::from_millis(job.0["work"].as_u64().unwrap_or(0)));
        let mut work = std::pin::pin!(work);
        while timeout(BEAT, &mut work).await.is_err() {
            report.say(b"~").await?;
        }
        report.end().await?;
        match then {
            Some("again") if attempt.number() == 1 => {
                Err(HandlerError::retry_after("once more", Duration::from_millis(100)))
            }
            Some("wait") if attempt.number() == 1 => {
                Err(HandlerError::wait(Duration::from_secs(1), "as it was asked for"))
            }
            Some("for ever") => Err(HandlerError::permanent("as it was asked for")),
            _ => Ok(()),
        }
    }

    async fn ended(&self, attempt: &Attempt, end: End) -> Result<(), HandlerError> {
        let delivery = attempt.delivery();
        let job = Job::<EVENT>::decode(&delivery.event, &delivery.body).ok();
        let mut report = self.begin(attempt, job.as_ref(), Some(end)).await?;
        report.hear("go").await?;
        report.end().await
    }
}

impl Labour {
    /// Says who begins with what; the ledger knows it before anything else happens.
    async fn begin<const EVENT: usize>(
        &self,
        attempt: &Attempt,
        job: Option<&Job<EVENT>>,
        end: Option<End>,
    ) -> Result<Report, HandlerError> {
        let stream = TcpStream::connect(self.ledger).await?;
        stream.set_nodelay(true)?;
        let (reading, writing) = stream.into_split();
        let mut report = Report { lines: BufReader::new(reading).lines(), writing };
        let (id, handler, owner) = (&attempt.delivery().id, attempt.handler(), &self.owner);
        let lane =
            job.filter(|_| self.has_lanes).and_then(Job::lane).unwrap_or_else(|| "-".to_owned());
        let (number, process) = (attempt.number(), std::process::id());
        let end = end.map_or_else(|| "-".to_owned(), |end| end.to_string());
        let begin = format!("begin {id} {handler} {owner} {lane} {number} {process} {end}\n");
        report.say(begin.as_bytes()).await?;
        Ok(report)
    }
}

/// The connection to the ledger.
struct Report {
    lines: Lines<BufReader<OwnedReadHalf>>,
    writing: OwnedWriteHalf,
}

impl Report {
    async fn say(&mut self, word: &[u8]) -> Result<(), HandlerError> {
        Ok(self.writing.write_all(word).await?)
    }

    /// Waits for this answer, and shows that it is awake.
    async fn hear(&mut self, word: &str) -> Result<(), HandlerError> {
        loop {
            let Ok(line) = timeout(BEAT, self.lines.next_line()).await else {
                self.say(b"~").await?;
                continue;
            };
            return if line?.as_deref() == Some(word) {
                Ok(())
            } else {
                Err(HandlerError::retry("the ledger is closed"))
            };
        }
    }

    /// The end is written down before the inbox hears of it.
    async fn end(&mut self) -> Result<(), HandlerError> {
        self.say(b"end\n").await?;
        self.hear("ok").await
    }
}
