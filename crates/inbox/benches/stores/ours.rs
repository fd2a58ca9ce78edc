//! Our stores: accepting, leasing, settling.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hookstead_inbox::{Accepted, Inbox, LeaseRequest, Leased, Settlement, SqliteInbox};
use tokio::task::JoinSet;

use crate::callers::share;
use crate::contender::{Contender, Row, Sample};
use crate::{Context, sqlite};

/// A worker leases and settles so many at a time by default.
const AT_A_TIME: usize = 32;

/// The length of the leases: nothing ends one here.
const LEASE: Duration = Duration::from_secs(60 * 60);

pub(crate) fn sqlite<'a>(context: &Context<'a>) -> Vec<Contender<'a>> {
    let Context { directory, sizes, .. } = *context;
    let open = |file: &str| Arc::new(SqliteInbox::open(directory.join(file)).unwrap());
    let one = Row::new("SqliteInbox: accept, 1 caller").at_least(0.8, sqlite::ONE);
    let eight = Row::new("SqliteInbox: accept, 8 callers");
    let many = Row::new("SqliteInbox: accept, 64 callers").at_least(1.0, sqlite::MANY);
    vec![
        accepting(context, one, open("accept-1.db"), sizes.one_by_one, 1),
        accepting(context, eight, open("accept-8.db"), sizes.together, 8),
        accepting(context, many, open("accept-64.db"), sizes.together, 64),
        leasing(
            context,
            Row::new("SqliteInbox: lease, 32 a call"),
            Row::new("SqliteInbox: settle, 32 callers"),
            open("lease.db"),
        ),
    ]
}

#[cfg(feature = "postgres")]
pub(crate) fn postgres<'a>(
    context: &Context<'a>,
    database: &'a crate::postgres::Database,
) -> Vec<Contender<'a>> {
    let Context { runtime, sizes, .. } = *context;
    let inbox = |schema, pool_size| runtime.block_on(database.inbox(schema, pool_size));
    let one = Row::new("PostgresInbox: accept, 1 connection").at_least(0.8, crate::postgres::ONE);
    let many =
        Row::new("PostgresInbox: accept, 16 connections").at_least(0.8, crate::postgres::MANY);
    let accept_one = accepting(context, one, inbox("accept_1", 1), sizes.one_by_one, 1);
    let accept_many = accepting(context, many, inbox("accept_16", 16), sizes.together, 16);
    let leasing = leasing(
        context,
        Row::new("PostgresInbox: lease, 32 a call"),
        Row::new("PostgresInbox: settle, 32 callers, 16 connections"),
        inbox("lease", 16),
    );
    [accept_one, accept_many, leasing].map(|contender| contender.after(|| database.rest())).into()
}

/// Every turn adds to what is there, as it does with the yardsticks.
fn accepting<'a, I: Inbox>(
    context: &Context<'a>,
    row: Row,
    inbox: Arc<I>,
    count: usize,
    callers: usize,
) -> Contender<'a> {
    let Context { runtime, bodies, .. } = *context;
    Contender::new(row, move || {
        let inbox = Arc::clone(&inbox);
        share(runtime, callers, bodies.deliveries(count), move |_, delivery| {
            let inbox = Arc::clone(&inbox);
            async move { assert_eq!(inbox.accept(delivery).await.unwrap(), Accepted::New) }
        })
    })
}

/// Every turn accepts deliveries, which is not measured, and takes them out again.
fn leasing<'a, I: Inbox>(
    context: &Context<'a>,
    leasing: Row,
    settling: Row,
    inbox: Arc<I>,
) -> Contender<'a> {
    let Context { runtime, bodies, sizes, .. } = *context;
    Contender::of_rows(vec![leasing, settling], move || {
        let accepting = Arc::clone(&inbox);
        share(runtime, 16, bodies.deliveries(sizes.together / 2), move |_, delivery| {
            let inbox = Arc::clone(&accepting);
            async move {
                inbox.accept(delivery).await.unwrap();
            }
        });
        runtime.block_on(lease_and_settle(&inbox))
    })
}

async fn lease_and_settle<I: Inbox>(inbox: &Arc<I>) -> Vec<Sample> {
    let mut deliveries = 0;
    let (mut leasing, mut settling) = (Duration::ZERO, Duration::ZERO);
    let (mut leases, mut settlements) = (Vec::new(), Vec::new());
    loop {
        let started = Instant::now();
        let leased = inbox.lease(LeaseRequest::new(AT_A_TIME, LEASE, 12)).await.unwrap();
        if leased.is_empty() {
            break;
        }
        leases.push(started.elapsed());
        leasing += started.elapsed();
        deliveries += leased.len();

        let started = Instant::now();
        let mut tasks = JoinSet::new();
        for Leased { token, .. } in leased {
            let inbox = Arc::clone(inbox);
            tasks.spawn(async move {
                let started = Instant::now();
                assert!(inbox.settle(token, Settlement::Done).await.unwrap());
                started.elapsed()
            });
        }
        settlements.extend(tasks.join_all().await);
        settling += started.elapsed();
    }
    vec![
        Sample::Work { deliveries, took: leasing, calls: leases },
        Sample::Work { deliveries, took: settling, calls: settlements },
    ]
}
