//! Logs: written in pieces, read from any byte.

use std::time::{Duration, Instant};

use hookstead_pipeline::journal::{BeginMode, Begun, LogWrite, Retention};
use hookstead_pipeline::record::BuildState;

use crate::support::{Bench, LONG, Place, new_build, on_both};

on_both! {
    a_log_is_read_from_any_byte,
    lines_are_numbered_from_the_first_byte_on,
    what_is_there_is_not_written_again,
    each_attempt_writes_after_the_one_before,
    a_log_is_read_while_it_is_written,
    the_end_of_a_long_log_is_read_as_quickly_as_its_beginning,
    a_damaged_log_is_unreadable,
    old_logs_are_forgotten_and_builds_are_not,
    what_may_be_removed_from_a_folder,
    each_project_keeps_for_its_own_time,
}

/// Bytes of a log: words, colours, and what is no UTF-8.
fn bytes(length: usize) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(length as u64);
    let mut bytes = Vec::with_capacity(length + 100);
    while bytes.len() < length {
        match random.u32(0..4) {
            0 => bytes.extend((0..random.usize(0..40)).map(|_| random.u8(..))),
            1 => bytes.extend_from_slice(b"\x1b[31merror\x1b[0m: \xff\xfe\0\r\n"),
            _ => bytes.extend_from_slice(b"   Compiling hookstead-pipeline v0.1.0\n"),
        }
    }
    bytes.truncate(length);
    bytes
}

/// All of a log, in parts of this length.
async fn whole(bench: &Bench, number: i64, at_most: u32) -> Vec<u8> {
    let mut all = Vec::new();
    loop {
        let part = bench.journal.log(number, all.len() as u64, at_most).await.unwrap();
        assert_eq!(part.start, all.len() as u64);
        if part.bytes.is_empty() {
            assert_eq!(part.log_bytes, all.len() as u64);
            return all;
        }
        all.extend_from_slice(&part.bytes);
    }
}

async fn a_log_is_read_from_any_byte(place: Place) {
    let bench = place.open().await;
    let (hold, build) = bench.running("one").await;
    let number = build.number;
    let empty = bench.journal.log(number, 5, 100).await.unwrap();
    assert!(empty.bytes.is_empty() && !empty.is_last() && !empty.is_forgotten);
    let log = bytes(700_000);
    let mut written = 0;
    for length in [0, 1, 10, 65_536, 65_537, 1, 300_000, 100, usize::MAX] {
        let end = log.len().min(written + length.min(log.len()));
        let part = log[written..end].to_vec();
        let next = bench.journal.append(&hold, written as u64, part).await.unwrap();
        assert_eq!(next, LogWrite::Next(end as u64));
        written = end;
    }
    assert_eq!(bench.journal.build(number).await.unwrap().log_bytes, 700_000);
    for at_most in [50_000, 65_536, u32::MAX] {
        assert!(whole(&bench, number, at_most).await == log, "in parts of {at_most}");
    }
    for (from, at_most) in [
        (0, 1),
        (1, 65_536),
        (10, 1),
        (65_546, 2),
        (65_547, 65_538),
        (131_083, 1),
        (699_999, 100),
        (700_000, 100),
    ] {
        let part = bench.journal.log(number, from, at_most).await.unwrap();
        let from = usize::try_from(from).unwrap();
        let expected = &log[from..log.len().min(from + at_most as usize)];
        assert!(part.bytes == expected, "{at_most} bytes from {from}");
    }
    let beyond = bench.journal.log(number, u64::MAX, 100).await.unwrap();
    assert_eq!((beyond.start, beyond.bytes.len()), (700_000, 0));
    bench.journal.finish(&hold, BuildState::Passed, "").await.unwrap();
    assert!(bench.journal.log(number, 699_999, 100).await.unwrap().is_last());
}

async fn lines_are_numbered_from_the_first_byte_on(place: Place) {
    let bench = place.open().await;
    let (hold, build) = bench.running("one").await;
    let number = build.number;
    assert_eq!(bench.journal.line_of_byte(number, 0).await.unwrap(), (1, 0));
    assert_eq!(bench.journal.byte_of_line(number, 5).await.unwrap(), 0);
    let log = bytes(300_000);
    let mut written = 0;
    // Chunks without the end of a line, and such that begin again with what is there already.
    for length in [1, 1, 70_000, 5, 100_000, usize::MAX] {
        let end = log.len().min(written + length.min(log.len()));
        let begin = written - written.min(3);
        let part = log[begin..end].to_vec();
        bench.journal.append(&hold, begin as u64, part).await.unwrap();
        written = end;
    }
    let starts: Vec<u64> = std::iter::once(0)
        .chain((1..).zip(&log).filter(|(_, byte)| **byte == b'\n').map(|(next, _)| next))
        .collect();
    let lines = starts.len() as u64;
    for line in (1..=lines).step_by(97).chain([lines - 1, lines]) {
        let start = starts[usize::try_from(line).unwrap() - 1];
        assert_eq!(bench.journal.byte_of_line(number, line).await.unwrap(), start, "{line}");
        let found = bench.journal.line_of_byte(number, start).await.unwrap();
        assert_eq!(found, (line, 300_000), "{start}");
    }
    assert_eq!(bench.journal.byte_of_line(number, lines + 1).await.unwrap(), 300_000);
    assert_eq!(bench.journal.byte_of_line(number, 0).await.unwrap(), 0);
    assert_eq!(bench.journal.line_of_byte(number, u64::MAX).await.unwrap(), (lines, 300_000));
}

async fn what_is_there_is_not_written_again(place: Place) {
    let bench = place.open().await;
    let (hold, build) = bench.running("one").await;
    let append = async |offset, bytes: &'static [u8]| {
        bench.journal.append(&hold, offset, bytes).await.unwrap()
    };
    assert_eq!(append(0, b"one ").await, LogWrite::Next(4));
    assert_eq!(append(0, b"one ").await, LogWrite::Next(4), "its answer was lost");
    assert_eq!(append(2, b"e two ").await, LogWrite::Next(8), "it begins too early");
    assert_eq!(append(0, b"on").await, LogWrite::Next(8));
    assert_eq!(append(9, b"four").await, LogWrite::Next(8), "something is missing before");
    assert_eq!(append(8, b"three").await, LogWrite::Next(13));
    assert_eq!(whole(&bench, build.number, 100).await, b"one two three");
    bench.journal.finish(&hold, BuildState::Passed, "").await.unwrap();
    assert_eq!(append(13, b"late").await, LogWrite::Lost);
}

async fn each_attempt_writes_after_the_one_before(place: Place) {
    let bench = place.open().await;
    let (first, build) = bench.running("one").await;
    bench.journal.append(&first, 0, "first\n").await.unwrap();
    // The server was killed, and the runner goes on.
    let begun = bench.journal.begin(build.number, "one", BeginMode::Attach).await.unwrap();
    let Begun::Held(attached, _) = begun else { unreachable!("it runs") };
    assert_eq!(attached.log_base(), 0);
    let lost = bench.journal.append(&first, 6, "late\n").await.unwrap();
    assert_eq!(lost, LogWrite::Lost);
    let next = bench.journal.append(&attached, 0, "first\nmore\n").await.unwrap();
    assert_eq!(next, LogWrite::Next(11));
    // The machine is gone, and another one begins anew.
    let (anew, build) = bench.begin(build.number).await;
    assert_eq!((anew.log_base(), build.log_bytes), (11, 11));
    assert_eq!(bench.journal.append(&anew, 0, "second\n").await.unwrap(), LogWrite::Next(7));
    assert_eq!(bench.journal.append(&anew, 9, "gap").await.unwrap(), LogWrite::Next(7));
    assert_eq!(whole(&bench, build.number, 100).await, b"first\nmore\nsecond\n");
}

async fn a_log_is_read_while_it_is_written(place: Place) {
    let bench = place.open().await;
    let (hold, build) = bench.running("one").await;
    let log = bytes(400_000);
    let writing = {
        let (journal, log) = (bench.journal.clone(), log.clone());
        tokio::spawn(async move {
            let mut offset = 0;
            for part in log.chunks(4_001) {
                journal.append(&hold, offset, part.to_vec()).await.unwrap();
                offset += part.len() as u64;
            }
            journal.finish(&hold, BuildState::Passed, "").await.unwrap();
        })
    };
    // Of another process.
    let other = place.open().await;
    let mut readers = tokio::task::JoinSet::new();
    for journal in [bench.journal.clone(), other.journal.clone()] {
        readers.spawn(async move {
            let mut follower = journal.follow(build.number, 0).await.unwrap();
            let mut all = Vec::new();
            while let Some(part) = follower.next().await.unwrap() {
                assert_eq!(part.start, all.len() as u64);
                all.extend_from_slice(&part.bytes);
            }
            all
        });
    }
    let read = tokio::time::timeout(LONG, readers.join_all()).await.unwrap();
    writing.await.unwrap();
    assert!(read.iter().all(|all| *all == log));
}

async fn the_end_of_a_long_log_is_read_as_quickly_as_its_beginning(place: Place) {
    let bench = place.open().await;
    let (hold, build) = bench.running("one").await;
    let part = bytes(4 * 1024 * 1024);
    for round in 0..4 {
        let offset = round * part.len() as u64;
        bench.journal.append(&hold, offset, part.clone()).await.unwrap();
    }
    let length = 4 * part.len() as u64;
    let quickest = async |from: u64| {
        let mut quickest = Duration::MAX;
        for _ in 0..10 {
            let begin = Instant::now();
            let read = bench.journal.log(build.number, from, 1000).await.unwrap();
            assert_eq!(read.bytes.len(), 1000);
            quickest = quickest.min(begin.elapsed());
        }
        quickest
    };
    let (first, last) = (quickest(0).await, quickest(length - 1000).await);
    // Read from its beginning, it would be the time of 256 chunks.
    assert!(last < first * 10 + Duration::from_millis(1), "{first:?}, {last:?}");
}

async fn a_damaged_log_is_unreadable(place: Place) {
    let bench = place.open().await;
    let (hold, build) = bench.running("one").await;
    bench.journal.append(&hold, 0, bytes(200_000)).await.unwrap();
    for damage in [
        "UPDATE pipeline_log_chunks SET length = 65535 WHERE start = 0",
        "UPDATE pipeline_log_chunks SET length = 65537 WHERE start = 0",
        "UPDATE pipeline_log_chunks SET length = 1000000000000 WHERE start = 0",
        "DELETE FROM pipeline_log_chunks WHERE start = 65536",
        "DELETE FROM pipeline_log_chunks WHERE start = 0",
    ] {
        place.run(damage).await;
        let error = bench.journal.log(build.number, 0, 200_000).await.unwrap_err();
        assert!(error.is_unreadable(), "{damage}: {error}");
    }
}

async fn old_logs_are_forgotten_and_builds_are_not(place: Place) {
    let bench = place.open().await;
    let mut ended = Vec::new();
    for occasion in 0..3 {
        let (hold, build) = bench.running(&occasion.to_string()).await;
        for offset in 0..60 {
            bench.journal.append(&hold, offset * 10, "0123456789").await.unwrap();
        }
        bench.journal.finish(&hold, BuildState::Passed, "").await.unwrap();
        ended.push(build.number);
    }
    let (hold, running) = bench.running("runs").await;
    bench.journal.append(&hold, 0, "goes on").await.unwrap();
    let kept = bench.journal.forget_logs(&Retention::new(Duration::from_secs(3600))).await.unwrap();
    assert_eq!((kept.logs, kept.is_more), (0, false));
    let (mut logs, mut rounds) = (0, 0);
    loop {
        let forgotten = bench.journal.forget_logs(&Retention::new(Duration::ZERO)).await.unwrap();
        (logs, rounds) = (logs + forgotten.logs, rounds + 1);
        if !forgotten.is_more {
            break;
        }
        assert!(rounds < 10);
    }
    assert_eq!(logs, 3);
    assert!(rounds > 2, "180 chunks are not removed at once");
    for number in ended {
        let build = bench.journal.build(number).await.unwrap();
        assert_eq!((build.state, build.log_bytes), (BuildState::Passed, 600));
        let part = bench.journal.log(number, 0, 100).await.unwrap();
        assert!(part.is_forgotten && part.is_last() && part.bytes.is_empty());
        let mut follower = bench.journal.follow(number, 0).await.unwrap();
        assert!(follower.next().await.unwrap().is_none());
    }
    assert_eq!(whole(&bench, running.number, 100).await, b"goes on");
}

async fn what_may_be_removed_from_a_folder(place: Place) {
    let bench = place.open().await;
    let (hold, ended) = bench.running("ended").await;
    bench.journal.finish(&hold, BuildState::Passed, "").await.unwrap();
    let (_, running) = bench.running("running").await;
    let found = [ended.number, running.number, 4711];
    let kept =
        bench.journal.removable(&found, &Retention::new(Duration::from_secs(3600))).await.unwrap();
    assert_eq!(kept, [4711]);
    let kept = bench.journal.removable(&found, &Retention::new(Duration::ZERO)).await.unwrap();
    assert_eq!(kept, [ended.number, 4711]);
}

async fn each_project_keeps_for_its_own_time(place: Place) {
    let bench = place.open().await;
    let mut numbers = Vec::new();
    for project in ["long", "short", "gone"] {
        let mut what = new_build("test");
        what.project = project.to_owned();
        let (hold, build) = bench.begin(bench.submit(project, what).await.build.number).await;
        bench.journal.append(&hold, 0, "text").await.unwrap();
        bench.journal.finish(&hold, BuildState::Passed, "").await.unwrap();
        numbers.push(build.number);
    }
    let keep = Retention::new(Duration::from_secs(3600)).project("short", Duration::ZERO);
    let keep = keep.project("long", Duration::from_secs(7200));
    assert_eq!(bench.journal.removable(&numbers, &keep).await.unwrap(), [numbers[1]]);
    while bench.journal.forget_logs(&keep).await.unwrap().is_more {}
    for (number, is_forgotten) in numbers.iter().zip([false, true, false]) {
        let part = bench.journal.log(*number, 0, 100).await.unwrap();
        assert_eq!(part.is_forgotten, is_forgotten, "{number}");
    }
}
