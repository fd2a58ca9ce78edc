//! As much of a browser's `EventSource` as is needed, over a socket of its own that can be cut.

use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

/// Longer than anything takes, also on a slow machine.
const LONG: Duration = Duration::from_secs(60);

#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) name: String,
    pub(crate) id: Option<u64>,
    pub(crate) data: String,
}

pub(crate) struct Events {
    stream: BufReader<TcpStream>,
    pub(crate) status: u16,
    pub(crate) head: String,
}

impl Events {
    pub(crate) async fn open(url: &str, path: &str, last: Option<u64>) -> Self {
        let address = url.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).await.unwrap();
        let last = last.map(|id| format!("Last-Event-ID: {id}\r\n")).unwrap_or_default();
        // By the older version the body is what comes, without a frame around it.
        let request = format!(
            "GET {path} HTTP/1.0\r\nHost: {address}\r\nAccept: text/event-stream\r\n{last}\r\n"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut events = Self { stream: BufReader::new(stream), status: 0, head: String::new() };
        loop {
            let line = events.line().await.unwrap();
            if line.is_empty() {
                break;
            }
            events.head.push_str(&line.to_lowercase());
            events.head.push('\n');
        }
        events.status = events.head.split(' ').nth(1).unwrap().parse().unwrap();
        events
    }

    async fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let reading = self.stream.read_line(&mut line);
        match tokio::time::timeout(LONG, reading).await.expect("nothing came") {
            Ok(0) | Err(_) => None,
            Ok(_) => Some(line.trim_end_matches(['\r', '\n']).to_owned()),
        }
    }

    /// The next event; `None` at the end of the connection.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        let mut event = Event::default();
        loop {
            let line = self.line().await?;
            match line.split_once(':') {
                None if event.name.is_empty() => {}
                None => return Some(event),
                Some(("event", value)) => event.name = value.trim().to_owned(),
                Some(("id", value)) => event.id = Some(value.trim().parse().unwrap()),
                Some(("data", value)) => {
                    event.data = value.strip_prefix(' ').unwrap_or(value).to_owned()
                }
                Some(_) => {}
            }
        }
    }

    /// The next event of this name.
    pub(crate) async fn of(&mut self, name: &str) -> Event {
        loop {
            let event = self.next().await.expect("the events ended");
            if event.name == name {
                return event;
            }
        }
    }
}

/// A log as a page has it: its lines by their numbers. A line that comes twice is a mistake.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    pub(crate) lines: Vec<String>,
    pub(crate) rest: Option<String>,
    pub(crate) to: u64,
}

impl Lines {
    pub(crate) fn add(&mut self, event: &Event) {
        assert_eq!(event.name, "log");
        let data: Value = serde_json::from_str(&event.data).unwrap();
        let first = usize::try_from(data["line"].as_u64().unwrap()).unwrap();
        assert_eq!(first, self.lines.len() + 1, "a line is missing or doubled: {data}");
        for line in data["lines"].as_array().unwrap() {
            let html = line.as_str().or_else(|| line["html"].as_str()).unwrap();
            self.lines.push(html.to_owned());
        }
        self.rest = data["rest"].as_str().map(str::to_owned);
        self.to = event.id.unwrap();
    }

    /// Takes events until so many lines are there.
    pub(crate) async fn until(&mut self, events: &mut Events, count: usize) {
        while self.lines.len() < count {
            let event = events.of("log").await;
            self.add(&event);
        }
    }
}
