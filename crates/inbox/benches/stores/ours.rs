//! Our stores: accepting, as an inbox does it for one handler; leasing, settling.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hookstead_events::PullRequestEvent;
use hookstead_handler::{Attempt, Registration, Router, handler_fn};
use hookstead_inbox::{
    Accepted, Inbox, LeaseRequest, LeaseToken, Settled, Settlement, SqliteStore, Store, TakerShare,
    own_runtime,
};

use crate::callers::share;
use crate::contender::{Contender, Row, Sample};
use crate::{Context, sqlite};

/// A worker leases and settles so many at a time by default.
const AT_A_TIME: usize = 32;

/// The length of the leases: nothing ends one here.
const LEASE: Duration = Duration::from_secs(60 * 60);

pub(crate) fn sqlite<'a>(context: &Context<'a>) -> Vec<Contender<'a>> {
    let directory = context.directory;
    let open = |file: &str| Arc::new(SqliteStore::open(directory.join(file)).unwrap());
    let one = Row::new("SqliteStore: accept, 1 caller").at_least(0.85, sqlite::ONE);
    let eight = Row::new("SqliteStore: accept, 8 callers");
    let many = Row::new("SqliteStore: accept, 64 callers").at_least(2.5, sqlite::MANY);
    let line = Row::new("SqliteStore: accept in order, 64 callers").beside(sqlite::MANY);
    let latest = Row::new("SqliteStore: accept latest only, 64 callers").beside(sqlite::MANY);
    vec![
        accepting(context, one, open("accept-1.db"), Lanes::None, 1),
        accepting(context, eight, open("accept-8.db"), Lanes::None, 8),
        accepting(context, many, open("accept-64.db"), Lanes::None, 64),
        accepting(context, line, open("accept-line.db"), Lanes::InOrder, 64),
        accepting(context, latest, open("accept-latest.db"), Lanes::Latest, 64),
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
    use crate::postgres::{MANY, ONE};
    let runtime = context.runtime;
    let store = |schema, pool_size| runtime.block_on(database.store(schema, pool_size));
    let accept = |row, schema, lanes, connections| {
        accepting(context, row, store(schema, connections), lanes, connections)
    };
    let one = Row::new("PostgresStore: accept, 1 connection").at_least(0.9, ONE);
    let many = Row::new("PostgresStore: accept, 16 connections").at_least(1.0, MANY);
    let line_one = Row::new("PostgresStore: accept in order, 1 connection").beside(ONE);
    let line_many = Row::new("PostgresStore: accept in order, 16 connections").beside(MANY);
    let latest_one = Row::new("PostgresStore: accept latest only, 1 connection").beside(ONE);
    let latest_many = Row::new("PostgresStore: accept latest only, 16 connections").beside(MANY);
    let leasing = leasing(
        context,
        Row::new("PostgresStore: lease, 32 a call"),
        Row::new("PostgresStore: settle, 32 a call"),
        store("lease", 16),
    );
    [
        accept(one, "accept_1", Lanes::None, 1),
        accept(many, "accept_16", Lanes::None, 16),
        accept(line_one, "line_1", Lanes::InOrder, 1),
        accept(line_many, "line_16", Lanes::InOrder, 16),
        accept(latest_one, "latest_1", Lanes::Latest, 1),
        accept(latest_many, "latest_16", Lanes::Latest, 16),
        leasing,
    ]
    .map(|contender| contender.after(|| crate::postgres::rest(runtime, database)))
    .into()
}

/// In which lane the tasks are: that of their pull request, of which there are 256, or in none.
#[derive(Clone, Copy)]
enum Lanes {
    None,
    InOrder,
    Latest,
}

/// An inbox for one handler, which nobody works on.
fn inbox(store: Arc<impl Store>, lanes: Lanes) -> Inbox {
    let handler = handler_fn(async |_: PullRequestEvent, _: Attempt| Ok(()));
    let placed = move |it: Registration<PullRequestEvent>| {
        let lane = |event: &PullRequestEvent| event.pull_request.id.to_string();
        match lanes {
            Lanes::None => it,
            Lanes::InOrder => it.lane(lane).in_order(),
            Lanes::Latest => it.lane(lane).latest_only(),
        }
    };
    Inbox::new(store, Router::new().program("bench").on_with(handler, placed))
}

/// Every turn adds to what is there, as it does with the yardsticks. The callers are where a receiver's
/// are: beside the store's connections, as the yardsticks' are beside theirs.
fn accepting<'a>(
    context: &Context<'a>,
    row: Row,
    store: Arc<impl Store>,
    lanes: Lanes,
    callers: usize,
) -> Contender<'a> {
    let Context { bodies, sizes, .. } = *context;
    let count = if callers == 1 { sizes.one_by_one } else { sizes.together };
    let inbox = inbox(store, lanes);
    Contender::new(row, move || {
        let inbox = inbox.clone();
        share(&own_runtime(), callers, bodies.deliveries(count), move |_, delivery| {
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
    let inbox = inbox(Arc::clone(&store), Lanes::None);
    Contender::of_rows(vec![leasing, settling], move || {
        let accepting = inbox.clone();
        share(runtime.handle(), 16, bodies.deliveries(sizes.together / 2), move |_, delivery| {
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
