use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::sync::Once;
use std::time::Duration;

use hookstead_events::{DecodeError, Event, EventName, decode_json};
use hookstead_handler::{Attempt, Delivery, HandlerFn, Registration, Router, handler_fn};
use hookstead_inbox::{Entry, Filter, Inbox, LeaseRequest, LeaseToken, Leased, Store, TakerShare};

/// An event of its own: a push whose payload is a number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Number(pub(crate) u32);

impl Event for Number {
    const NAME: Option<EventName> = Some(EventName::Push);

    fn decode(name: &EventName, payload: &[u8]) -> Result<Self, DecodeError> {
        decode_json(name, payload).map(Self)
    }
}

/// Work of one's own.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Build {
    pub(crate) sha: String,
}

impl Event for Build {
    const NAME: Option<EventName> = None;

    fn event_name() -> Option<EventName> {
        Some("hookstead.build".into())
    }

    fn decode(name: &EventName, payload: &[u8]) -> Result<Self, DecodeError> {
        decode_json(name, payload)
    }
}

/// A handler that is never called here.
pub(crate) fn idle<E: Clone + Send + Sync + 'static>() -> HandlerFn<
    E,
    impl Fn(E, Attempt) -> std::future::Ready<Result<(), hookstead_handler::HandlerError>>,
> {
    handler_fn(|_: E, _: Attempt| std::future::ready(Ok(())))
}

/// The program `ci` with one handler for numbers.
pub(crate) fn router() -> Router {
    with(|registration| registration)
}

/// The same, registered with something.
pub(crate) fn with(change: impl FnOnce(Registration<Number>) -> Registration<Number>) -> Router {
    Router::new().program("ci").on_with::<Number>(idle(), change)
}

pub(crate) fn push(id: &str, payload: &str) -> Delivery {
    let mut delivery = Delivery::new(id.parse().unwrap(), EventName::Push, payload.to_owned());
    delivery.repository = Some("octocat/hello".to_owned());
    delivery
}

pub(crate) async fn entries(inbox: &Inbox, id: &str) -> Vec<Entry> {
    inbox.list(Filter::default().with_id(id.parse().unwrap())).all().await.unwrap()
}

/// The one task of this delivery.
pub(crate) async fn entry(inbox: &Inbox, id: &str) -> Entry {
    let mut entries = entries(inbox, id).await;
    assert_eq!(entries.len(), 1, "{entries:?}");
    entries.remove(0)
}

/// Leases whatever is due for the handlers of this inbox, without a worker.
pub(crate) async fn lease(store: &dyn Store, inbox: &Inbox) -> Vec<Leased> {
    inbox.start().await.unwrap();
    let registry = store.registry().await.unwrap();
    let own = registry.iter().filter(|known| known.processes.contains(&inbox.process().id));
    let takers = own.map(|known| TakerShare::new(known.numbers.taker)).collect();
    let request = LeaseRequest::new(takers, 100, Duration::from_secs(15));
    store.lease(&request).await.unwrap().leased
}

/// The tokens of what was leased.
pub(crate) fn tokens(leased: &[Leased]) -> Vec<LeaseToken> {
    leased.iter().map(|leased| leased.token).collect()
}

thread_local! {
    static LOGGED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// What this thread logs, without the time. There is one subscriber for all threads: one for each would
/// miss lines that another thread came across first.
pub(crate) struct Lines;

impl Lines {
    /// Collects from now on.
    pub(crate) fn collect() -> Self {
        static SUBSCRIBED: Once = Once::new();
        SUBSCRIBED.call_once(|| {
            tracing_subscriber::fmt()
                .with_max_level(tracing::Level::DEBUG)
                .with_ansi(false)
                .with_target(false)
                .without_time()
                .with_writer(|| Writer)
                .init();
        });
        LOGGED.with_borrow_mut(Vec::clear);
        Self
    }

    pub(crate) fn text(&self) -> String {
        LOGGED.with_borrow(|logged| String::from_utf8(logged.clone()).unwrap())
    }

    /// The lines that say this.
    pub(crate) fn saying(&self, what: &str) -> Vec<String> {
        self.text().lines().filter(|line| line.contains(what)).map(str::to_owned).collect()
    }
}

struct Writer;

impl io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOGGED.with_borrow_mut(|logged| logged.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// How many there are of each.
pub(crate) fn counted<T: Ord>(all: impl IntoIterator<Item = T>) -> BTreeMap<T, usize> {
    let mut counts = BTreeMap::new();
    for one in all {
        *counts.entry(one).or_default() += 1;
    }
    counts
}

/// A JSON number with so many bytes around it.
pub(crate) fn long_number(bytes: usize) -> String {
    let mut payload = " ".repeat(bytes);
    write!(payload, "7").unwrap();
    payload
}
