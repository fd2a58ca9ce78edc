//! The connection breaks between an accept's commit and its answer.

use std::sync::{Arc, Mutex};

use hookstead_inbox::{AcceptAnswer, Accepted, NewDelivery, Settlement, Store};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::program::{Program, free};
use crate::store::Schema;
use crate::{LONG, soon};

/// What the server says last of each statement, when it is committed.
const READY: &[u8] = b"Z\0\0\0\x05I";

/// Stands between a store and the server, and breaks connections.
#[derive(Clone, Default)]
struct Between {
    /// The answer to what has this in it is lost, once.
    loses: Arc<Mutex<Option<String>>>,
}

impl Between {
    /// Where to connect to instead.
    async fn start(&self, url: &str) -> String {
        let (_, rest) = url.split_once('@').unwrap();
        let server = rest.split(['/', '?']).next().unwrap().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let here = listener.local_addr().unwrap().to_string();
        let between = self.clone();
        let to = server.clone();
        tokio::spawn(async move {
            // They end with the test's runtime.
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&to).await.unwrap();
                let (from_client, to_client) = client.into_split();
                let (from_server, to_server) = server.into_split();
                let is_losing = Arc::new(Mutex::new(false));
                connections.spawn(between.clone().ask(from_client, to_server, is_losing.clone()));
                connections.spawn(answer(from_server, to_client, is_losing));
            }
        });
        format!("{}&sslmode=disable", url.replacen(&server, &here, 1))
    }

    fn lose_the_answer_to(&self, text: &str) {
        *self.loses.lock().unwrap() = Some(text.to_owned());
    }

    fn has_lost_it(&self) -> bool {
        self.loses.lock().unwrap().is_none()
    }

    async fn ask(
        self,
        mut from: OwnedReadHalf,
        mut to: OwnedWriteHalf,
        is_losing: Arc<Mutex<bool>>,
    ) {
        let mut buffer = vec![0; 1024 * 1024];
        while let Ok(length @ 1..) = from.read(&mut buffer).await {
            {
                let mut loses = self.loses.lock().unwrap();
                let has = |text: &String| {
                    buffer[..length].windows(text.len()).any(|it| it == text.as_bytes())
                };
                if loses.as_ref().is_some_and(has) {
                    *loses = None;
                    *is_losing.lock().unwrap() = true;
                }
            }
            if to.write_all(&buffer[..length]).await.is_err() {
                break;
            }
        }
    }
}

async fn answer(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, is_losing: Arc<Mutex<bool>>) {
    let mut buffer = vec![0; 1024 * 1024];
    let mut lost = Vec::new();
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        if *is_losing.lock().unwrap() {
            // Not before the server is through with it.
            lost.extend_from_slice(&buffer[..length]);
            if lost.ends_with(READY) {
                return;
            }
        } else if to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}

struct Lost {
    between: Between,
    ci: Program,
    _schema: Schema,
}

impl Lost {
    async fn new() -> Option<Self> {
        let schema = Schema::new().await?;
        let between = Between::default();
        let url = between.start(&schema.url).await;
        let store = schema.options().pool_size(2).connect(&url).await.unwrap();
        Some(Self { between, ci: Program::start(store).await, _schema: schema })
    }

    /// Accepts it, with a lease for whoever is handed the task, and loses the answer.
    async fn accept(&self, mut new: NewDelivery) -> AcceptAnswer {
        self.between.lose_the_answer_to(new.delivery.id.as_str());
        new.tasks[0].lease = Some(LONG);
        let answer = soon(self.ci.send(new)).await.unwrap();
        assert!(self.between.has_lost_it());
        answer
    }

    /// What is handed over can be worked on.
    async fn settle(&self, answer: &AcceptAnswer) {
        assert_eq!(answer.handed_over.len(), 1, "{answer:?}");
        assert_eq!(answer.handed_over[0].taker, self.ci.taker);
        self.ci.settle(answer.handed_over[0].token, Settlement::Done).await;
    }
}

#[tokio::test]
async fn what_is_new_is_told_and_handed_over_all_the_same() {
    let Some(lost) = Lost::new().await else { return };
    let ci = &lost.ci;
    ci.accept("a-statement-that-is-prepared").await;
    ci.settle(ci.lease_one().await.token, Settlement::Done).await;
    for (id, is_in_lane, is_submitted) in [
        ("without-a-lane", false, false),
        ("in-a-lane", true, false),
        ("in-the-lane-again", true, false),
        ("submitted", false, true),
    ] {
        let mut new = ci.new_delivery(id);
        new.is_submitted = is_submitted;
        new.tasks[0].lane = is_in_lane.then(|| free("lane"));
        let answer = lost.accept(new).await;
        assert_eq!(answer.accepted, Accepted::New { tasks: 1 }, "{id}");
        lost.settle(&answer).await;
    }
    assert!(ci.lease(10).await.is_empty());
}

#[tokio::test]
async fn what_is_known_is_told_as_the_first_time() {
    let Some(lost) = Lost::new().await else { return };
    let ci = &lost.ci;
    ci.accept("known").await;
    let answer = lost.accept(ci.new_delivery("known")).await;
    assert_eq!(answer.accepted, Accepted::Duplicate { at_work: 1, tasks: 1 });
    ci.settle(ci.lease_one().await.token, Settlement::Done).await;
    let answer = lost.accept(ci.new_delivery("known")).await;
    assert_eq!(answer.accepted, Accepted::Again { tasks: 1, superseded: 0 });
    let leased = ci.lease_one().await;
    assert_eq!(leased.run, 2);
    ci.settle(leased.token, Settlement::Done).await;

    let mut declined = ci.new_delivery("declined");
    (declined.tasks, declined.declined) = (Vec::new(), vec![ci.taker]);
    for _ in 0..2 {
        lost.between.lose_the_answer_to("declined");
        let answer = soon(ci.send(declined.clone())).await.unwrap();
        assert!(lost.between.has_lost_it());
        assert_eq!(answer.accepted, Accepted::Declined);
    }
}

#[tokio::test]
async fn of_several_that_were_written_together_each_gets_its_own() {
    let Some(lost) = Lost::new().await else { return };
    let mut together = JoinSet::new();
    for number in 0..40 {
        let (ci, between) = (lost.ci.clone(), lost.between.clone());
        together.spawn(async move {
            let mut new = ci.new_delivery(&format!("number-{number}-"));
            new.tasks[0].lease = Some(LONG);
            if number % 10 == 9 {
                between.lose_the_answer_to(&format!("number-{number}-"));
            }
            let answer = soon(ci.send(new)).await.unwrap();
            assert_eq!(answer.accepted, Accepted::New { tasks: 1 }, "{number}");
            (number, answer)
        });
    }
    let mut tokens = Vec::new();
    for (number, answer) in together.join_all().await {
        assert_eq!(answer.handed_over.len(), 1, "{number}: {answer:?}");
        let entry = lost.ci.entry(&format!("number-{number}-")).await;
        assert_eq!(entry.task, answer.handed_over[0].task, "{number}");
        tokens.push((answer.handed_over[0].token, Settlement::Done));
    }
    let settled = lost.ci.store.settle(&tokens).await.unwrap();
    assert!(settled.iter().all(|it| *it == hookstead_inbox::Settled::Settled), "{settled:?}");
}
