//! The reserve, on a disk that the test fills.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::Connection;

use super::super::{accepting, leasing, purging, room, schema, settling};
use super::*;
use crate::store::lease::{LeaseRequest, TakerShare};
use crate::store::purge::Purge;
use crate::store::settlement::Settlement;

const MIB: u64 = 1024 * 1024;

/// A database whose disk has `free` of 1,000 MiB left, and keeps 64.
fn with_disk(free: FreeOf) -> (Connection, Room, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("inbox.db");
    let connection = Connection::open(&file).unwrap();
    schema::prepare(&connection, std::time::Duration::from_secs(1)).unwrap();
    let room = Room::new(&file, file.with_extension("db-wal"), 64 * MIB, None).on_disk(free);
    (connection, room, directory)
}

type FreeOf = fn(&Path) -> Option<(u64, u64)>;

fn register(session: &mut Session<'_>) {
    let claims = [Claim::new("ci.build".parse().unwrap(), None)];
    super::super::naming::register(session, &Process::start("ci"), &claims).unwrap().unwrap();
}

/// A delivery with a body of so many bytes.
fn large(id: &str, length: usize) -> NewDelivery {
    let mut new = new_delivery(id);
    new.body = Packed::new(vec![7; length].into(), None);
    new
}

/// Why it is not accepted, if it is not.
fn accept(session: &mut Session<'_>, room: &Room, new: &NewDelivery) -> Option<String> {
    room.begin();
    let answer = accepting::accept(session, new, room).unwrap();
    answer.err().map(|refused| match refused {
        accepting::Refused::Full(why) => why,
        accepting::Refused::Another(_) => panic!("it is new"),
    })
}

#[test]
fn accepting_stops_at_the_reserve_and_all_else_goes_on() {
    static FREE: AtomicU64 = AtomicU64::new(1000 * MIB);
    let (connection, room, _directory) =
        with_disk(|_| Some((FREE.load(Ordering::SeqCst), 1000 * MIB)));
    let session = &mut Session::new(&connection);
    register(session);
    for id in ["one", "two"] {
        assert_eq!(accept(session, &room, &large(id, 1000)), None);
    }
    FREE.store(64 * MIB, Ordering::SeqCst);
    // What was left when it was looked at last is counted, so that it is not looked at for each.
    let mut number = 0;
    let why = loop {
        number += 1;
        if let Some(why) = accept(session, &room, &large(&format!("more-{number}"), MIB as usize)) {
            break why;
        }
    };
    assert!(why.contains("its disk has 67108864 bytes left"), "{why}");
    assert!(accepting::probe(session, &room).unwrap().is_err());
    // A known one is a duplicate still, and what was accepted is handled.
    assert_eq!(accept(session, &room, &large("one", 1000)), None);
    let request = LeaseRequest::new(vec![TakerShare::new(TakerId(1))], 1, 60 * SECOND);
    let leased = leasing::lease(session, &request).unwrap().leased.remove(0);
    settling::settle(session, &[(leased.token, Settlement::Done)]).unwrap();
    purging::purge(session, &Purge::new(SECOND, SECOND, 100)).unwrap();

    // Room that comes back is used.
    FREE.store(100 * MIB, Ordering::SeqCst);
    assert_eq!(accept(session, &room, &large("after", 1000)), None);
}

const SECOND: std::time::Duration = std::time::Duration::from_secs(1);

#[test]
fn pages_of_the_file_that_are_free_are_room() {
    let (connection, room, _directory) = with_disk(|_| Some((64 * MIB, 1000 * MIB)));
    let session = &mut Session::new(&connection);
    register(session);
    assert!(accept(session, &room, &large("one", 1000)).is_some());
    connection
        .execute_batch(
            "INSERT INTO bodies (delivery, body) VALUES (-1, zeroblob(20000000));
             DELETE FROM bodies WHERE delivery = -1;",
        )
        .unwrap();
    assert_eq!(accept(session, &room, &large("two", 1000)), None);
}

#[test]
fn bodies_that_nobody_needs_make_room_on_a_full_disk() {
    static FREE: AtomicU64 = AtomicU64::new(1000 * MIB);
    let (connection, room, _directory) =
        with_disk(|_| Some((FREE.load(Ordering::SeqCst), 1000 * MIB)));
    let session = &mut Session::new(&connection);
    register(session);
    assert_eq!(accept(session, &room, &large("done", 4 * MIB as usize)), None);
    let request = LeaseRequest::new(vec![TakerShare::new(TakerId(1))], 1, 60 * SECOND);
    let leased = leasing::lease(session, &request).unwrap().leased.remove(0);
    FREE.store(64 * MIB, Ordering::SeqCst);
    // More than it keeps in mind: it looks.
    assert!(accept(session, &room, &large("large", 900 * MIB as usize)).is_some());
    settling::settle(session, &[(leased.token, Settlement::Done)]).unwrap();
    assert_eq!(accept(session, &room, &large("new", MIB as usize)), None);
}

#[test]
fn of_a_small_disk_a_quarter_is_kept() {
    let (connection, room, _directory) = with_disk(|_| Some((9 * MIB, 30 * MIB)));
    let session = &mut Session::new(&connection);
    register(session);
    assert_eq!(accept(session, &room, &large("one", 1000)), None);
    assert!(accept(session, &room, &large("two", 2 * MIB as usize)).is_some());
}

#[test]
fn while_room_is_short_bodies_of_handled_tasks_go_by_themselves() {
    static FREE: AtomicU64 = AtomicU64::new(1000 * MIB);
    let (connection, room, _directory) =
        with_disk(|_| Some((FREE.load(Ordering::SeqCst), 1000 * MIB)));
    let session = &mut Session::new(&connection);
    register(session);
    for id in ["done", "dead", "waiting"] {
        assert_eq!(accept(session, &room, &large(id, 1000)), None);
    }
    let request = LeaseRequest::new(vec![TakerShare::new(TakerId(1))], 2, 60 * SECOND);
    let tokens: Vec<_> =
        leasing::lease(session, &request).unwrap().leased.iter().map(|it| it.token).collect();
    let dead = Settlement::End { end: hookstead_handler::End::Dead, text: "no".to_owned() };
    let settlements =
        [(tokens[0], Settlement::Done), (tokens[1], dead), (tokens[1], Settlement::Ended)];
    settling::settle(session, &settlements).unwrap();
    let bodies = |session: &mut Session<'_>| {
        let sql = "SELECT guid FROM bodies JOIN deliveries USING (delivery) ORDER BY delivery";
        session.all(sql, [], |row| row.get::<_, String>("guid")).unwrap()
    };
    room.relieve(session).unwrap();
    assert!(!room.is_short());
    assert_eq!(bodies(session), ["done", "dead", "waiting"]);
    FREE.store(MIB, Ordering::SeqCst);
    std::thread::sleep(room::INTERVAL);
    room.relieve(session).unwrap();
    assert!(room.is_short());
    assert_eq!(bodies(session), ["dead", "waiting"]);
}
