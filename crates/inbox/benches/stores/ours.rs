//! Our stores: accepting, as an inbox does it for one handler; leasing, settling.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hookstead_events::PullRequestEvent;
use hookstead_handler::{Attempt, Router, handler_fn};
use hookstead_inbox::{
    Accepted, Inbox, LeaseRequest, LeaseToken, Settled, Settlement, SqliteStore, Store, TakerShare,
};

use crate::callers::share;
use crate::contender::{Contender, Row, Sample};
use crate::{Context, sqlite};

/// A worker leases and settles so many at a time by default.
const AT_A_TIME: usize = 32;

/// The length of the leases: nothing ends one here.
const LEASE: Duration = Duration::from_secs(60 * 60);

pub(crate) fn sqlite<'a>(context: &Context<'a>) -> Vec<Contender<'a>> {
    let Context { directory, sizes, .. } = *context;
    let open = |file: &str| Arc::new(SqliteStore::open(directory.join(file)).unwrap());
    let one = Row::new("SqliteStore: accept, 1 caller").at_least(0.85, sqlite::ONE);
    let eight = Row::new("SqliteStore: accept, 8 callers");
    let many = Row::new("SqliteStore: accept, 64 callers").at_least(2.5, sqlite::MANY);
    vec![
        accepting(context, one, open("accept-1.db"), sizes.one_by_one, 1),
        accepting(context, eight, open("accept-8.db"), sizes.together, 8),
        accepting(context, many, open("accept-64.db"), sizes.together, 64),
        leasing(
            context,
            Row::new("SqliteStore: lease, 32 a call"),
            Row::new("SqliteStore: settle, 32 a call"),
            open("lease.db"),
        ),
    ]
}

#[cfg(feature = "postgres")]
pub(crate) fn postgres<'a>(
    context: &Context<'a>,
    database: &'a crate::database::Database,
) -> Vec<Contender<'a>> {
    let Context { runtime, sizes, .. } = *context;
    let store = |schema, pool_size| runtime.block_on(database.store(schema, pool_size));
    let one = Row::new("PostgresStore: accept, 1 connection").at_least(0.9, crate::postgres::ONE);
    let many =
        Row::new("PostgresStore: accept, 16 connections").at_least(1.0, crate::postgres::MANY);
    let accept_one = accepting(context, one, store("accept_1", 1), sizes.one_by_one, 1);
    let accept_many = accepting(context, many, store("accept_16", 16), sizes.together, 16);
    let leasing = leasing(
        context,
        Row::new("PostgresStore: lease, 32 a call"),
        Row::new("PostgresStore: settle, 32 a call"),
        store("lease", 16),
    );
    [accept_one, accept_many, leasing]
        .map(|contender| contender.after(|| crate::postgres::rest(runtime, database)))
        .into()
}

/// An inbox for one handler, which nobody works on.
fn inbox(store: Arc<impl Store>) -> Inbox {
    let handler = handler_fn(async |_: PullRequestEvent, _: Attempt| Ok(()));
    Inbox::new(store, Router::new().program("bench").on::<PullRequestEvent>(handler))
}

/// Every turn adds to what is there, as it does with the yardsticks.
fn accepting<'a>(
    context: &Context<'a>,
    row: Row,
    store: Arc<impl Store>,
    count: usize,
    callers: usize,
) -> Contender<'a> {
    let Context { runtime, bodies, .. } = *context;
    let inbox = inbox(store);
    Contender::new(row, move || {
        let inbox = inbox.clone();
        share(runtime, callers, bodies.deliveries(count), move |_, delivery| {
            let inbox = inbox.clone();
            async move {
                assert_eq!(inbox.accept(delivery).await.unwrap(), Accepted::New { tasks: 1 });
            }
        })
    })
}

/// Every turn accepts deliveries, which is not measured, and takes them out again.
fn leasing<'a>(
    context: &Context<'a>,
    leasing: Row,
    settling: Row,
    store: Arc<impl Store>,
) -> Contender<'a> {
    let Context { runtime, bodies, sizes, .. } = *context;
    let inbox = inbox(Arc::clone(&store));
    Contender::of_rows(vec![leasing, settling], move || {
        let accepting = inbox.clone();
        share(runtime, 16, bodies.deliveries(sizes.together / 2), move |_, delivery| {
            let inbox = accepting.clone();
            async move {
                inbox.accept(delivery).await.unwrap();
            }
        });
        runtime.block_on(lease_and_settle(&*store))
    })
}

async fn lease_and_settle(store: &dyn Store) -> Vec<Sample> {
    let registry = store.registry().await.unwrap();
    let takers = registry.iter().map(|name| TakerShare::new(name.numbers.taker)).collect();
    let request = LeaseRequest::new(takers, AT_A_TIME, LEASE);
    let mut deliveries = 0;
    let (mut leasing, mut settling) = (Duration::ZERO, Duration::ZERO);
    let (mut leases, mut settlements) = (Vec::new(), Vec::new());
    loop {
        let started = Instant::now();
        let leased = store.lease(&request).await.unwrap().leased;
        if leased.is_empty() {
            break;
        }
        leases.push(started.elapsed());
        leasing += started.elapsed();
        deliveries += leased.len();

        let started = Instant::now();
        let done: Vec<(LeaseToken, Settlement)> =
            leased.iter().map(|task| (task.token, Settlement::Done)).collect();
        let settled = store.settle(&done).await.unwrap();
        assert!(settled.iter().all(|it| *it == Settled::Settled));
        settlements.push(started.elapsed());
        settling += started.elapsed();
    }
    vec![
        Sample::Work { deliveries, took: leasing, calls: leases },
        Sample::Work { deliveries, took: settling, calls: settlements },
    ]
}
