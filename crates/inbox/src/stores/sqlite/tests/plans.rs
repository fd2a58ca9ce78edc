//! No statement that is done for each delivery, each task or each look reads a whole table.

use std::time::Duration;

use hookstead_handler::{Delivery, End, Heads, KeptStep, LaneMode};
use rusqlite::Connection;

use super::super::{
    accepting, changing, leasing, looking, mending, naming, placing, purging, schema, settling,
};
use super::*;
use crate::store::accept::TaskLane;
use crate::store::change::TaskChange;
use crate::store::lease::{LeaseRequest, TakerShare};
use crate::store::purge::Purge;
use crate::store::registry::Claim;
use crate::store::settlement::{Because, Settlement};
use crate::store::task_id::TaskId;

/// All operations, in an order in which they all find something to do.
fn do_everything(session: &mut Session<'_>, room: &Room) -> rusqlite::Result<()> {
    let process = Process::start("ci");
    let claims = ["ci.build", "ci.audit"].map(|name| Claim::new(name.parse().unwrap(), None));
    let takers: Vec<TakerId> = naming::register(session, &process, &claims)?
        .unwrap()
        .iter()
        .map(|numbers| numbers.taker)
        .collect();
    naming::hold(session, "recovery", &process, Duration::from_secs(1))?;
    naming::registry(session)?;
    let heads = |before: &str, after: &str| {
        Some(Heads::from_names(Some(before.to_owned()), after.to_owned()))
    };
    let modes = [
        None,
        Some(LaneMode::Free),
        Some(LaneMode::InOrder { halts: true }),
        Some(LaneMode::Latest { version: 1, heads: None }),
        Some(LaneMode::Latest { version: 2, heads: heads("a", "b") }),
        Some(LaneMode::Latest { version: 2, heads: heads("b", "c") }),
        Some(LaneMode::Latest { version: 2, heads: None }),
    ];
    let mut ids = Vec::new();
    for (round, hands_over) in [false, true, false, false].into_iter().enumerate() {
        for (number, mode) in modes.iter().enumerate() {
            let id = format!("{round}-{number}");
            let mut delivery = Delivery::new(id.parse().unwrap(), "push".into(), "");
            delivery.fingerprint = Some([u8::try_from(round * 16 + number).unwrap(); 32]);
            let mut new = NewDelivery::new(delivery, Packed::new("{}".into(), None), "ci");
            let mut task = NewTask::new(takers[0]);
            task.lane = mode.clone().map(|mode| TaskLane::new("lane", mode));
            task.lease = hands_over.then_some(Duration::from_secs(60));
            new.tasks = vec![task.clone()];
            accepting::accept(session, &new, room)?.unwrap();
            accepting::accept(session, &new, room)?.unwrap();
            new.is_submitted = true;
            accepting::accept(session, &new, room)?.unwrap();
            ids.push(new.delivery.id.clone());
        }
        let unplaced = placing::unplaced(session, &takers, 100)?;
        let places: Vec<(TaskId, NewTask)> = unplaced
            .iter()
            .map(|it| {
                let mut place = NewTask::new(it.taker);
                place.is_declined = it.task.0 % 2 == 0;
                (it.task, place)
            })
            .collect();
        placing::place(session, &places)?;
        let shares = takers.iter().copied().map(TakerShare::new).collect();
        let lasts = Duration::from_millis(if round == 1 { 0 } else { 60_000 });
        let mut request = LeaseRequest::new(shares, 5, lasts);
        request.suspects = 5;
        for settlement in [
            Settlement::Done,
            Settlement::Again {
                after: Duration::ZERO,
                because: Because::Failure,
                text: "no".to_owned(),
            },
            Settlement::Release,
            Settlement::End { end: End::Dead, text: "no".to_owned() },
        ] {
            for leased in leasing::lease(session, &request)?.leased {
                let (token, task) = (leased.token, leased.task);
                let json = "1".into();
                let step = KeptStep { name: "a".to_owned(), of_type: "b".to_owned(), json };
                settling::keep_step(session, token, &step)?;
                leasing::renew(session, &[token], Duration::from_secs(60))?;
                if task.0 % 5 == 0 {
                    let cancel = TaskChange::Cancel { reason: "why not".to_owned() };
                    changing::change(session, task, &cancel)?;
                }
                let settlement = match leased.end {
                    Some(_) => Settlement::Ended,
                    None => settlement.clone(),
                };
                settling::settle(session, &[(token, settlement.clone())])?;
                if matches!(settlement, Settlement::End { .. }) {
                    settling::settle(session, &[(token, Settlement::Ended)])?;
                }
            }
        }
        std::thread::sleep(Duration::from_millis(2));
        settling::expire(session)?;
        settling::pass_on(session, None)?;
    }
    for task in (1..=session.number("SELECT max(task) FROM tasks", [])?).map(TaskId) {
        for change in [
            TaskChange::Wake,
            TaskChange::Cancel { reason: "why not".to_owned() },
            TaskChange::Revive { forget: Some("a".to_owned()), after: Duration::ZERO },
            TaskChange::Rerun,
        ] {
            changing::change(session, task, &change)?;
        }
    }
    looking::known(session, &ids)?;
    looking::depth(session)?;
    accepting::probe(session, room)?.unwrap();
    mending::is_any_too_late(session)?;
    mending::mend(session)?;
    naming::leave(session, &process)?;
    naming::register(session, &Process::start("ci"), &claims[1..])?.unwrap();
    settling::pass_on(session, None)?;
    let mut forgets = Purge::new(Duration::ZERO, Duration::ZERO, 1000);
    forgets.untaken_after = Duration::ZERO;
    purging::purge(session, &forgets)?;
    Ok(())
}

#[test]
fn no_statement_reads_a_whole_table() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("inbox.db");
    let connection = Connection::open(&file).unwrap();
    schema::prepare(&connection, Duration::from_secs(1)).unwrap();
    let room = Room::new(&file, file.with_extension("db-wal"), 0, None);
    let mut session = Session::new(&connection);
    do_everything(&mut session, &room).unwrap();
    let statements = session.prepared();
    assert!(statements.len() > 60, "{} statements were done", statements.len());
    let mut problems = Vec::new();
    for sql in statements {
        let mut plan = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let values = vec![rusqlite::types::Null; plan.parameter_count()];
        let steps = plan
            .query_map(rusqlite::params_from_iter(values), |row| row.get::<_, String>("detail"))
            .unwrap();
        let steps: Vec<String> = steps.map(Result::unwrap).collect();
        // What is sorted are the few tasks of one delivery, the steps of one task, or a line as far as it is looked at.
        let few =
            ["WHERE delivery = ?1 ORDER BY task", "ORDER BY turn, task LIMIT 1", "ORDER BY step"];
        let may_sort = few.iter().any(|end| sql.ends_with(end)) || !reads_any(sql, &LARGE);
        for step in &steps {
            let scanned = step.strip_prefix("SCAN ").and_then(|rest| rest.split(' ').next());
            let sorts = step.contains("TEMP B-TREE FOR ORDER BY") || step.contains("AUTOMATIC");
            if scanned.is_some_and(|table| LARGE.contains(&table)) || sorts && !may_sort {
                problems.push(format!("{sql}\n{steps:#?}"));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn statements_are_planned_once_whatever_values_they_get() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("inbox.db");
    let connection = Connection::open(&file).unwrap();
    schema::prepare(&connection, Duration::from_secs(1)).unwrap();
    let room = Room::new(&file, file.with_extension("db-wal"), 0, None);
    let mut session = Session::new(&connection);
    do_everything(&mut session, &room).unwrap();
    let anew = session.planned_anew();
    let of_tasks: Vec<_> = anew.iter().filter(|sql| sql.contains("tasks")).collect();
    assert!(of_tasks.is_empty(), "{of_tasks:#?}");
}

/// The registry is as small as the programs are; what is asked of it may read it.
const LARGE: [&str; 4] = ["tasks", "deliveries", "bodies", "steps"];

fn reads_any(sql: &str, tables: &[&str]) -> bool {
    let words: Vec<&str> = sql.split_whitespace().collect();
    let reads = |table: &str| {
        words
            .windows(2)
            .any(|pair| matches!(pair[0], "FROM" | "JOIN" | "UPDATE") && pair[1] == table)
    };
    tables.iter().any(|table| reads(table))
}
