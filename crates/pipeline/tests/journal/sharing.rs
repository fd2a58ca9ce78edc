//! Several journals on one database, crashes, and versions.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use hookstead_pipeline::journal::{BuildFilter, EntryFilter, Journal};
use hookstead_pipeline::record::BuildState;
use tokio::task::JoinSet;

use crate::support::{Bench, LONG, Place, new_build, on_both};

on_both! {
    two_journals_share_builds_and_logs,
    many_writers_and_readers_get_on,
    what_is_open_already_is_opened_again,
    a_newer_journal_is_refused,
    what_was_written_survives_a_kill,
    news_of_another_process_come,
    writes_at_github_are_counted_together,
}

async fn writes_at_github_are_counted_together(place: Place) {
    let (one, two) = (place.open().await, place.open().await);
    let (one, two) = (&one.journal, &two.journal);
    assert_eq!(one.count_writes(0).await.unwrap(), 0);
    let mut tasks = JoinSet::new();
    for journal in [one, two].repeat(5) {
        let journal = journal.clone();
        tasks.spawn(async move { journal.count_writes(3).await.unwrap() });
    }
    tasks.join_all().await;
    assert_eq!(two.count_writes(0).await.unwrap(), 30);
    // What is older than an hour is none of it.
    place.run("UPDATE pipeline_writes SET minute = minute - 62").await;
    assert_eq!(one.count_writes(0).await.unwrap(), 0);
    assert_eq!(one.count_writes(1).await.unwrap(), 1);
    place.run("UPDATE pipeline_writes SET minute = minute - 59").await;
    assert_eq!(two.count_writes(1).await.unwrap(), 2);
}

async fn two_journals_share_builds_and_logs(place: Place) {
    let (one, two) = (place.open().await, place.open().await);
    let (hold, build) = one.running("one").await;
    assert_eq!(two.journal.build(build.number).await.unwrap(), build);
    one.journal.append(&hold, 0, "on one").await.unwrap();
    let part = two.journal.log(build.number, 0, 100).await.unwrap();
    assert_eq!(&part.bytes[..], b"on one");
    let other = two.submit("two", new_build("test")).await.build;
    assert_ne!(other.number, build.number);
    // A hold is the caller's, whatever journal it comes by.
    assert!(two.journal.finish(&hold, BuildState::Passed, "").await.unwrap().is_done());
    let known = one.submit("two", new_build("test")).await.build;
    assert_eq!(known, other);
    assert_eq!(one.tasks().await, 2);
}

async fn news_of_another_process_come(place: Place) {
    let (one, two) = (place.open().await, place.open().await);
    let (hold, build) = one.running("one").await;
    let mut watch = two.journal.watch(build.number).await.unwrap();
    let mut all = two.journal.watch_all().await.unwrap();
    let before = all.news().last_entry;
    let first = watch.news();
    assert_eq!((first.state, first.log_bytes), (BuildState::Running, 0));
    one.journal.append(&hold, 0, "text").await.unwrap();
    let news = tokio::time::timeout(LONG, watch.changed()).await.unwrap();
    assert_eq!((news.state, news.log_bytes), (BuildState::Running, 4));
    one.journal.finish(&hold, BuildState::Failed, "").await.unwrap();
    let news = tokio::time::timeout(LONG, watch.changed()).await.unwrap();
    assert_eq!(news.state, BuildState::Failed);
    assert!(news.last_entry > first.last_entry);
    let news = tokio::time::timeout(LONG, all.changed()).await.unwrap();
    assert!(news.last_entry > before);
}

async fn many_writers_and_readers_get_on(place: Place) {
    let benches = [place.open().await, place.open().await];
    let mut tasks = JoinSet::new();
    for worker in 0..8_usize {
        let (journal, inbox) =
            (benches[worker % 2].journal.clone(), benches[worker % 2].inbox.clone());
        let other = benches[(worker + 1) % 2].journal.clone();
        tasks.spawn(async move {
            let bench = Bench { journal, inbox };
            for round in 0..5 {
                let (hold, build) = bench.running(&format!("{worker} {round}")).await;
                for offset in 0..10 {
                    bench.journal.append(&hold, offset * 4, "text").await.unwrap();
                }
                let part = other.log(build.number, 0, 100).await.unwrap();
                assert_eq!(part.bytes.len(), 40);
                other.builds(&BuildFilter::AtWork, None, 50).await.unwrap();
                bench.inbox.list(hookstead::inbox::Filter::default()).next().await.unwrap();
                let ended = bench.journal.finish(&hold, BuildState::Passed, "").await.unwrap();
                assert!(ended.is_done());
            }
        });
    }
    tasks.join_all().await;
    let builds = benches[0].journal.builds(&BuildFilter::All, None, 100).await.unwrap();
    assert_eq!(builds.len(), 40);
    assert!(builds.iter().all(|build| build.state == BuildState::Passed && build.log_bytes == 40));
    let entries = benches[1].journal.entries(&EntryFilter::All, None, 1000).await.unwrap();
    assert_eq!(entries.len(), 120);
    assert_eq!(benches[1].tasks().await, 40);
}

async fn what_is_open_already_is_opened_again(place: Place) {
    let number = place.open().await.submit("one", new_build("test")).await.build.number;
    let mut opening = JoinSet::new();
    for _ in 0..4 {
        let (options, word) = (place.options(), place.word());
        opening
            .spawn(async move { options.open(&word).await.unwrap().build(number).await.unwrap() });
    }
    assert!(opening.join_all().await.iter().all(|build| build.number == number));
}

async fn a_newer_journal_is_refused(place: Place) {
    let journal = place.options().open(&place.word()).await.unwrap();
    // One that this program can live beside.
    place.run("UPDATE pipeline_meta SET version = 7").await;
    drop(place.options().open(&place.word()).await.unwrap());
    place.run("UPDATE pipeline_meta SET oldest_version = 7").await;
    let error = place.options().open(&place.word()).await.unwrap_err();
    let text = format!("{error}: {}", std::error::Error::source(&error).unwrap());
    assert!(text.contains("newer version of Hookstead"), "{text}");
    // Also by a process that has it open. With SQLite each transaction looks, with PostgreSQL each connection.
    if let Place::Postgres { .. } = place {
        place.end_connections().await;
    }
    assert!(journal.builds(&BuildFilter::All, None, 1).await.is_err());
    assert!(journal.beat("one").await.is_err());
}

/// A process of its own, which [`what_was_written_survives_a_kill`] kills: it is this test, started again.
async fn write_until_killed(word: &str, schema: Option<String>) {
    let place = match schema {
        Some(schema) => Place::Postgres { url: word.to_owned(), schema },
        None => Place::Sqlite(tempfile::tempdir().unwrap()),
    };
    let journal = place.options().open(word).await.unwrap();
    // Whatever happens here, it is not this process that removes the database.
    std::mem::forget(place);
    let bench = Bench::of(journal).await;
    loop {
        let (hold, build) = bench.running(&format!("{:x}", fastrand::u64(..))).await;
        for offset in 0..5 {
            bench.journal.append(&hold, offset * 4, "text").await.unwrap();
        }
        bench.journal.finish(&hold, BuildState::Passed, "done").await.unwrap();
        say(build.number);
    }
}

#[expect(clippy::print_stdout, reason = "the process that kills this one reads it")]
fn say(number: i64) {
    println!("\nended {number}");
}

async fn what_was_written_survives_a_kill(place: Place) {
    if let Ok(word) = std::env::var("JOURNAL_TO_WRITE") {
        write_until_killed(&word, std::env::var("JOURNAL_SCHEMA").ok()).await;
    }
    let name = match place {
        Place::Sqlite(_) => "sharing::sqlite::what_was_written_survives_a_kill",
        Place::Postgres { .. } => "sharing::postgres::what_was_written_survives_a_kill",
    };
    drop(place.open().await);
    let mut ended = Vec::new();
    for round in 0..3 {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", name, "--nocapture"]).env("JOURNAL_TO_WRITE", place.word());
        if let Place::Postgres { schema, .. } = &place {
            command.env("JOURNAL_SCHEMA", schema);
        }
        let mut writer = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(writer.stdout.take().unwrap()).lines();
        let mut said = lines.map_while(Result::ok).filter_map(|line| {
            line.strip_prefix("ended ").and_then(|number| number.parse::<i64>().ok())
        });
        ended.extend(said.by_ref().take(3 + round));
        // In the middle of something.
        std::thread::sleep(Duration::from_millis(fastrand::u64(0..20)));
        writer.kill().unwrap();
        writer.wait().unwrap();
        ended.extend(said);
    }
    ended.sort_unstable();
    ended.dedup();
    assert!(ended.len() >= 12 - 3, "{ended:?}");
    let bench = place.open().await;
    let builds = bench.journal.builds(&BuildFilter::All, None, 100_000).await.unwrap();
    // Each build has its work, its entries and the log that it says, and nothing that was answered is lost.
    assert_eq!(bench.tasks().await, builds.len());
    for build in &builds {
        let entries =
            bench.journal.entries(&EntryFilter::Build(build.number), None, 100).await.unwrap();
        let changes = match build.state {
            BuildState::Queued => 1,
            BuildState::Running => 2,
            _ => 3,
        };
        assert_eq!(entries.len(), changes, "{build:?}");
        let part = bench.journal.log(build.number, 0, 1000).await.unwrap();
        assert_eq!(part.bytes.len() as u64, build.log_bytes);
        if ended.contains(&build.number) {
            assert_eq!((build.state, build.log_bytes), (BuildState::Passed, 20));
        }
    }
    for number in ended {
        assert!(builds.iter().any(|build| build.number == number), "{number} is lost");
    }
    let running = bench.journal.running_on("one").await.unwrap();
    let expected = builds.iter().filter(|build| build.state == BuildState::Running).count();
    assert_eq!(running.len(), expected);
}

#[tokio::test]
async fn there_is_no_journal_in_memory_or_elsewhere() {
    for word in ["mysql://ci:hunter2@db/ci", ""] {
        let error = Journal::open(word).await.unwrap_err();
        let text = format!("{error}: {} {error:?}", std::error::Error::source(&error).unwrap());
        assert!(!text.contains("hunter2"), "{text}");
    }
}
