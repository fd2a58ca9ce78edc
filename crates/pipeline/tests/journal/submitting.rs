//! Builds and their work, written together.

use std::collections::BTreeSet;

use hookstead::types::Timestamp;
use hookstead_pipeline::journal::{
    BuildFilter, BuildWork, EntryFilter, EntryKind, NewEntry, SubmittedHow, WantedBuild,
};
use hookstead_pipeline::record::{BuildState, BuildTarget};

use crate::support::{Place, new_build, on_both, sha};

on_both! {
    a_build_and_its_work_are_written_together,
    the_same_occasion_makes_nothing_twice,
    where_nobody_takes_the_work_nothing_is_written,
    a_build_at_work_is_joined,
    of_many_at_once_one_builds,
    occasions_that_cross_get_on,
    hostile_texts_come_back,
}

async fn a_build_and_its_work_are_written_together(place: Place) {
    let bench = place.open().await;
    let submitted = bench.submit("72d3162e", new_build("test")).await;
    assert_eq!(submitted.how, SubmittedHow::New);
    let build = submitted.build;
    assert_eq!((build.state, build.summary.as_str()), (BuildState::Queued, ""));
    assert_eq!(build.what, new_build("test"));
    assert_eq!(bench.journal.build(build.number).await.unwrap(), build);
    let mut tasks = bench.inbox.list(hookstead::inbox::Filter::default());
    let task = tasks.next().await.unwrap().unwrap();
    assert_eq!(task.delivery.id.as_str(), BuildWork::id(build.number));
    assert_eq!(task.delivery.event.as_str(), "hookstead.build");
    assert_eq!(task.delivery.repository.as_deref(), Some("octo-org/lib"));
    let entries = bench.journal.entries(&EntryFilter::Build(build.number), None, 10).await.unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].text, "queued: pull_request.opened");
    assert_eq!(entries[0].delivery.as_deref(), Some("72d3162e"));

    let mut fork = new_build("test");
    (fork.is_fork, fork.needs_approval) = (true, true);
    let build = bench.submit("fork", fork).await.build;
    assert_eq!((build.state, build.summary.as_str()), (BuildState::Waiting, "waits for approval"));
}

async fn the_same_occasion_makes_nothing_twice(place: Place) {
    let bench = place.open().await;
    let wanted = |jobs: &[&str]| {
        jobs.iter().map(|job| WantedBuild { build: new_build(job), joins: true }).collect()
    };
    let entry = || vec![NewEntry::new(EntryKind::Decision, "two jobs").delivery("d")];
    let submit = |jobs| bench.journal.submit(&bench.inbox, "d", wanted(jobs), entry());
    let first = submit(&["test", "lint"]).await.unwrap();
    assert!(first.iter().all(|it| it.how == SubmittedHow::New));
    // A handler that is tried again, for instance as its process was killed; the config has another job by now.
    let again = submit(&["lint", "test", "docs"]).await.unwrap();
    let hows: Vec<SubmittedHow> = again.iter().map(|it| it.how).collect();
    assert_eq!(hows, [SubmittedHow::Known, SubmittedHow::Known, SubmittedHow::New]);
    assert_eq!(again[0].build, first[1].build);
    assert_eq!(again[1].build, first[0].build);
    let builds = bench.journal.builds(&BuildFilter::All, None, 10).await.unwrap();
    assert_eq!(builds.len(), 3);
    assert_eq!(bench.tasks().await, 3);
    let entries = bench.journal.entries(&EntryFilter::Delivery("d".to_owned()), None, 10).await;
    assert_eq!(entries.unwrap().len(), 1, "the decision is written once");
    // Another occasion is another build.
    let other = bench.submit("e", new_build("test")).await;
    assert_eq!(other.how, SubmittedHow::New);
}

async fn where_nobody_takes_the_work_nothing_is_written(place: Place) {
    let bench = place.open().await;
    let deaf = bench.journal.inbox(hookstead::Router::new().program("deaf"));
    let wanted = vec![WantedBuild { build: new_build("test"), joins: false }];
    let entries = vec![NewEntry::new(EntryKind::Decision, "one job")];
    let error = bench.journal.submit(&deaf, "d", wanted, entries).await.unwrap_err();
    assert!(!error.is_down() && !error.is_full(), "{error}");
    assert!(bench.journal.builds(&BuildFilter::All, None, 10).await.unwrap().is_empty());
    assert!(bench.journal.entries(&EntryFilter::All, None, 10).await.unwrap().is_empty());
}

async fn a_build_at_work_is_joined(place: Place) {
    let bench = place.open().await;
    let join = async |occasion: &str, change: &dyn Fn(&mut WantedBuild)| {
        let mut wanted = WantedBuild { build: new_build("test"), joins: true };
        change(&mut wanted);
        let submitted =
            bench.journal.submit(&bench.inbox, occasion, vec![wanted], Vec::new()).await;
        submitted.unwrap().remove(0)
    };
    let first = bench.submit("one", new_build("test")).await.build;
    let joined = join("two", &|it| it.build.target = BuildTarget::Branch("flag".to_owned())).await;
    assert_eq!((joined.how, joined.build), (SubmittedHow::Joined, first.clone()));
    for (occasion, change) in [
        (
            "another commit",
            (&|it: &mut WantedBuild| it.build.sha = sha('b')) as &dyn Fn(&mut WantedBuild),
        ),
        ("another job", &|it| it.build.job = "lint".to_owned()),
        ("another project", &|it| it.build.project = "app".to_owned()),
        ("a stranger's", &|it| it.build.is_fork = true),
        ("not to be joined", &|it| it.joins = false),
    ] {
        assert_eq!(join(occasion, change).await.how, SubmittedHow::New, "{occasion}");
    }
    // The same that was joined before stays joined as long as the other is at work.
    assert_eq!(join("two", &|_| {}).await.how, SubmittedHow::Joined);
    for build in bench.journal.builds(&BuildFilter::AtWork, None, 100).await.unwrap() {
        let number = build.number;
        bench.journal.settle(number, BuildState::Canceled, "", None).await.unwrap();
    }
    assert_eq!(join("three", &|_| {}).await.how, SubmittedHow::New, "nothing is at work any more");
}

async fn of_many_at_once_one_builds(place: Place) {
    let bench = place.open().await;
    let mut submitting = tokio::task::JoinSet::new();
    for number in 0..12 {
        let (journal, inbox) = (bench.journal.clone(), bench.inbox.clone());
        // Six pairs of the same occasion.
        let occasion = format!("push {}", number / 2);
        submitting.spawn(async move {
            let wanted = vec![WantedBuild { build: new_build("test"), joins: true }];
            journal.submit(&inbox, &occasion, wanted, Vec::new()).await.unwrap().remove(0)
        });
    }
    let all = submitting.join_all().await;
    let numbers: BTreeSet<i64> = all.iter().map(|it| it.build.number).collect();
    assert_eq!(numbers.len(), 1, "{numbers:?}");
    assert_eq!(all.iter().filter(|it| it.how == SubmittedHow::New).count(), 1);
    assert_eq!(bench.tasks().await, 1);
}

async fn occasions_that_cross_get_on(place: Place) {
    let bench = place.open().await;
    let mut submitting = tokio::task::JoinSet::new();
    for number in 0..8 {
        let (journal, inbox) = (bench.journal.clone(), bench.inbox.clone());
        submitting.spawn(async move {
            // Each second one has the jobs in the other order, and waits for what the first has.
            let mut jobs = ["test", "lint", "docs"];
            if number % 2 == 0 {
                jobs.reverse();
            }
            let wanted = jobs.map(|job| WantedBuild { build: new_build(job), joins: true });
            journal.submit(&inbox, &number.to_string(), wanted.into(), Vec::new()).await.unwrap()
        });
    }
    let all = submitting.join_all().await;
    let numbers: BTreeSet<i64> = all.iter().flatten().map(|it| it.build.number).collect();
    assert_eq!(numbers.len(), 3, "{numbers:?}");
    assert_eq!(bench.tasks().await, 3);
}

async fn hostile_texts_come_back(place: Place) {
    let bench = place.open().await;
    let mut what = new_build("test");
    what.title = "a\0b \u{202e}\u{1b}[31m \"'; DROP TABLE pipeline_builds; --".to_owned();
    what.author = "\0".to_owned();
    what.target = BuildTarget::PullRequest(u64::MAX);
    what.r#ref = "refs/heads/--upload-pack=x\0".to_owned();
    what.moment = Timestamp::from("yesterday");
    let build = bench.submit("odd\0 occasion", what.clone()).await.build;
    assert_eq!(build.what, what);
    let read = bench.journal.build(build.number).await.unwrap();
    assert_eq!(read.what, what);
    let again = bench.submit("odd\0 occasion", what.clone()).await;
    assert_eq!(again.how, SubmittedHow::Known);
    let filter = BuildFilter::Target("lib".to_owned(), BuildTarget::PullRequest(u64::MAX));
    assert_eq!(bench.journal.builds(&filter, None, 10).await.unwrap(), [read]);

    what.title = "ü".repeat(1_000_000);
    let long = bench.submit("long", what).await.build;
    assert_eq!(long.what.title.chars().count(), 1_001);
    let read = bench.journal.build(long.number).await.unwrap();
    assert!(read.what.title.ends_with("ü…"));

    let entry = NewEntry::new(EntryKind::Report, "x\0y".repeat(10_000)).person("\0").delivery("\0");
    bench.journal.enter(entry).await.unwrap();
    let entries = bench.journal.entries(&EntryFilter::Delivery("\0".to_owned()), None, 10).await;
    let entries = entries.unwrap();
    assert!(entries[0].text.starts_with("x\u{fffd}y"), "{}", &entries[0].text[..20]);
    assert_eq!(entries[0].text.chars().count(), 4_001);
}
