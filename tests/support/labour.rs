use std::net::SocketAddr;
use std::time::Duration;

use hookstead::events::{DecodeError, Event, EventName, decode_json};
use hookstead::{Attempt, Handler, HandlerError, Registration, Router, async_trait};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

/// A handler says so often that it is awake.
const BEAT: Duration = Duration::from_millis(100);

/// What a payload asks for:
///
/// `{"lane": "a", "work": 20, "then": "done"}`: of the lane `a`, works 20 ms, then is done, or is to
/// be tried `again` once, or fails `for ever`, or does `block` its thread for ever. A `push` is
/// handled in any case; of `deployment`s only the latest of a lane.
#[derive(Debug)]
pub struct Job<const LATEST: bool>(Value);

impl<const LATEST: bool> Event for Job<LATEST> {
    const NAME: Option<EventName> =
        Some(if LATEST { EventName::Deployment } else { EventName::Push });

    fn decode(name: &EventName, payload: &[u8]) -> Result<Self, DecodeError> {
        decode_json(name, payload).map(Self)
    }
}

impl<const LATEST: bool> Job<LATEST> {
    fn lane(&self) -> Option<String> {
        self.0["lane"].as_str().map(str::to_owned)
    }
}

/// Does what the payload asks for, and reports to a [`Ledger`](crate::Ledger).
#[derive(Debug, Clone, Copy)]
pub struct Labour {
    /// Where the ledger is.
    pub ledger: SocketAddr,
}

impl Labour {
    /// The handlers of a program, `PROGRAM.push` and `PROGRAM.deployment`.
    #[must_use]
    pub fn router(self, program: &str) -> Router {
        fn lane<const LATEST: bool>(it: Registration<Job<LATEST>>) -> Registration<Job<LATEST>> {
            it.lane(Job::lane)
        }
        Router::new()
            .program(program)
            .on_with::<Job<false>>(self, lane)
            .on_with::<Job<true>>(self, |it| lane(it).latest_only())
    }
}

#[async_trait]
impl<const LATEST: bool> Handler<Job<LATEST>> for Labour {
    async fn handle(&self, job: &Job<LATEST>, attempt: &Attempt) -> Result<(), HandlerError> {
        let mut stream = TcpStream::connect(self.ledger).await?;
        stream.set_nodelay(true)?;
        let (reading, mut writing) = stream.split();
        let mut lines = BufReader::new(reading).lines();
        let lane = job.lane().unwrap_or_else(|| "-".to_owned());
        let (id, handler) = (&attempt.delivery().id, attempt.handler());
        let (number, process) = (attempt.number(), std::process::id());
        let begin = format!("begin {id} {lane} {number} {process} {handler}\n");
        writing.write_all(begin.as_bytes()).await?;

        if job.0["then"] == "block" {
            loop {
                std::thread::park();
            }
        }
        {
            let work = async {
                if lines.next_line().await?.as_deref() != Some("go") {
                    return Err(HandlerError::retry("the ledger is closed"));
                }
                sleep(Duration::from_millis(job.0["work"].as_u64().unwrap_or(0))).await;
                Ok(())
            };
            let mut work = std::pin::pin!(work);
            loop {
                match timeout(BEAT, &mut work).await {
                    Ok(worked) => break worked?,
                    Err(_) => writing.write_all(b"!").await?,
                }
            }
        }
        writing.write_all(b"end\n").await?;
        // Written down before the inbox hears of the end.
        lines.next_line().await?;
        match job.0["then"].as_str() {
            Some("again") if number == 1 => {
                Err(HandlerError::retry_after("once more", Duration::from_millis(100)))
            }
            Some("for ever") => Err(HandlerError::permanent("as it was asked for")),
            _ => Ok(()),
        }
    }
}
