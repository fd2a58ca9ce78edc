//! What the plan and the pages ask for.

use std::time::Duration;

use hookstead::types::Timestamp;
use hookstead_pipeline::journal::{
    Announcement, BuildFilter, EntryFilter, EntryKind, NewEntry, WaitingPosition,
};
use hookstead_pipeline::record::{Build, BuildCause, BuildState, BuildTarget, Head};

use crate::support::{Bench, Place, announcer, new_build, on_both, sha};

on_both! {
    lists_are_in_order_and_in_pages,
    builds_are_found_by_commit_and_tree,
    the_last_of_each_job_are_listed,
    a_place_in_the_queue_is_told,
    entries_are_found_by_what_they_belong_to,
    the_newest_head_is_known,
    repositories_keep_their_id,
    what_runs_is_found_by_machine,
    a_disk_without_room_is_named,
}

async fn end(bench: &Bench, number: i64, tree: &str, state: BuildState) {
    let (hold, _) = bench.begin(number).await;
    assert!(bench.journal.set_tree(&hold, tree).await.unwrap());
    assert!(bench.journal.finish(&hold, state, "").await.unwrap().is_done());
}

/// Which builds a filter finds.
type Fits<'a> = &'a dyn Fn(&Build) -> bool;

async fn lists_are_in_order_and_in_pages(place: Place) {
    let bench = place.open().await;
    let mut all = Vec::new();
    for number in 0..12_u32 {
        let mut what = new_build(if number % 2 == 0 { "test" } else { "lint" });
        if number % 3 == 0 {
            what.project = "app".to_owned();
        }
        if number >= 6 {
            what.target = BuildTarget::Branch("main".to_owned());
            what.sha = sha('b');
        }
        all.push(bench.submit(&number.to_string(), what).await.build);
    }
    bench.journal.settle(all[11].number, BuildState::Canceled, "", None).await.unwrap();
    all.reverse();
    let numbers = async |filter: &BuildFilter, before, limit| -> Vec<i64> {
        let builds = bench.journal.builds(filter, before, limit).await.unwrap();
        builds.iter().map(|build| build.number).collect()
    };
    let main = BuildTarget::Branch("main".to_owned());
    let fits: [(BuildFilter, Fits<'_>); 6] = [
        (BuildFilter::All, &|_| true),
        (BuildFilter::Project("app".to_owned()), &|it| it.what.project == "app"),
        (BuildFilter::Job("lib".to_owned(), "lint".to_owned()), &|it| {
            it.what.project == "lib" && it.what.job == "lint"
        }),
        (BuildFilter::Target("lib".to_owned(), main.clone()), &|it| {
            it.what.project == "lib" && it.what.target == main
        }),
        (BuildFilter::Sha(sha('b')), &|it| it.what.sha == sha('b')),
        (BuildFilter::AtWork, &|it| it.number != all[0].number),
    ];
    for (filter, fits) in fits {
        let expected: Vec<i64> =
            all.iter().filter(|it| fits(it)).map(|build| build.number).collect();
        assert!(expected.len() >= 2);
        assert_eq!(numbers(&filter, None, 100).await, expected, "{filter:?}");
        let mut paged = Vec::new();
        loop {
            let page = numbers(&filter, paged.last().copied(), 2).await;
            assert!(page.len() <= 2);
            if page.is_empty() {
                break;
            }
            paged.extend(page);
        }
        assert_eq!(paged, expected, "{filter:?} in pages");
    }
    assert!(numbers(&BuildFilter::Project("none".to_owned()), None, 10).await.is_empty());
}

async fn builds_are_found_by_commit_and_tree(place: Place) {
    let bench = place.open().await;
    let build = bench.submit("one", new_build("test")).await.build;
    let number = build.number;
    let at_work = async || {
        let found = bench.journal.at_work_of("lib", "test", &sha('a')).await.unwrap();
        found.map(|build| build.number)
    };
    let green = async |tree| {
        let found = bench.journal.green_of("lib", "test", tree).await.unwrap();
        found.map(|build| build.number)
    };
    assert_eq!(at_work().await, Some(number));
    assert!(bench.journal.at_work_of("lib", "lint", &sha('a')).await.unwrap().is_none());
    assert!(bench.journal.at_work_of("lib", "test", &sha('b')).await.unwrap().is_none());
    end(&bench, number, "tree", BuildState::Failed).await;
    assert_eq!(at_work().await, None);
    assert_eq!(green("tree").await, None, "it was not green");
    let second = bench.submit("two", new_build("test")).await.build.number;
    end(&bench, second, "tree", BuildState::Passed).await;
    assert_eq!(green("tree").await, Some(second));
    assert_eq!(green("other").await, None);
    assert!(bench.journal.green_of("app", "test", "tree").await.unwrap().is_none());
    let last = bench.journal.last_of("lib", "test", &sha('a')).await.unwrap();
    assert_eq!(last.unwrap().number, second);
    let mut waits = new_build("test");
    (waits.needs_approval, waits.sha) = (true, sha('c'));
    bench.submit("waits", waits).await;
    assert!(bench.journal.at_work_of("lib", "test", &sha('c')).await.unwrap().is_none());
}

async fn the_last_of_each_job_are_listed(place: Place) {
    let bench = place.open().await;
    let mut tests = Vec::new();
    for occasion in 0..5 {
        let number = bench.submit(&occasion.to_string(), new_build("test")).await.build.number;
        end(&bench, number, "", BuildState::Passed).await;
        tests.push(number);
    }
    let lint = bench.submit("lint", new_build("lint")).await.build.number;
    end(&bench, lint, "", BuildState::Failed).await;
    bench.running("runs").await;
    let jobs = ["test", "lint", "none"].map(|job| ("lib".to_owned(), job.to_owned()));
    let last = bench.journal.last_ended(&jobs, 3).await.unwrap();
    let numbers: Vec<Vec<i64>> =
        last.iter().map(|builds| builds.iter().map(|build| build.number).collect()).collect();
    assert_eq!(numbers, [vec![tests[4], tests[3], tests[2]], vec![lint], Vec::new()]);
    assert!(last[0].iter().all(|build| build.started_at.is_some() && build.ended_at.is_some()));
}

async fn a_place_in_the_queue_is_told(place: Place) {
    let bench = place.open().await;
    bench.running("runs").await;
    let mut waits = new_build("test");
    waits.needs_approval = true;
    bench.submit("waits", waits).await;
    bench.submit("before", new_build("test")).await;
    let build = bench.submit("one", new_build("test")).await.build;
    bench.submit("after", new_build("test")).await;
    // With one slot it surely waits, with two it may not.
    for (slots, announcement) in [
        (2, Announcement::Uncertain),
        (1, Announcement::Begun(WaitingPosition { queued_before: 1, running: 1 })),
    ] {
        let announced =
            bench.journal.announce(build.number, &announcer("one", slots)).await.unwrap();
        assert_eq!(announced, announcement);
    }
}

async fn entries_are_found_by_what_they_belong_to(place: Place) {
    let bench = place.open().await;
    let branch = BuildTarget::Branch("main".to_owned());
    let entry = |text: &str| NewEntry::new(EntryKind::Report, text);
    for new in [
        entry("delivery").delivery("72d3162e"),
        entry("sha").sha(sha('a')),
        entry("target").project("lib").target(branch.clone()),
        entry("another project's").project("app").target(branch.clone()),
        entry("build").build(17).person("anna"),
        entry("no commit").sha(serde_json::from_str("\"no commit\"").unwrap()),
    ] {
        bench.journal.enter(new).await.unwrap();
    }
    for (filter, expected) in [
        (EntryFilter::Delivery("72d3162e".to_owned()), vec!["delivery"]),
        (EntryFilter::Sha(sha('a')), vec!["sha"]),
        (EntryFilter::Target("lib".to_owned(), branch), vec!["target"]),
        (EntryFilter::Build(17), vec!["build"]),
        (EntryFilter::Build(18), vec![]),
        (
            EntryFilter::All,
            vec!["no commit", "build", "another project's", "target", "sha", "delivery"],
        ),
    ] {
        let entries = bench.journal.entries(&filter, None, 10).await.unwrap();
        let texts: Vec<&str> = entries.iter().map(|entry| entry.text.as_str()).collect();
        assert_eq!(texts, expected, "{filter:?}");
    }
    let page = bench.journal.entries(&EntryFilter::All, None, 2).await.unwrap();
    assert_eq!(page[1].person.as_deref(), Some("anna"));
    let next = bench.journal.entries(&EntryFilter::All, Some(page[1].number), 2).await.unwrap();
    assert_eq!(next[0].text, "another project's");
    let json = serde_json::to_value(&page[1]).unwrap();
    assert_eq!((json["kind"].as_str(), json["build"].as_i64()), (Some("report"), Some(17)));
    place.run("UPDATE pipeline_entries SET kind = 'rumour' WHERE build = 17").await;
    let error = bench.journal.entries(&EntryFilter::Build(17), None, 1).await.unwrap_err();
    assert!(error.is_unreadable(), "{error}");
}

async fn the_newest_head_is_known(place: Place) {
    let bench = place.open().await;
    let repo = "octo-org/lib".parse().unwrap();
    let main = BuildTarget::Branch("main".to_owned());
    let head = |digit, before: Option<char>, second| Head {
        sha: sha(digit),
        before: before.map(sha),
        moment: Timestamp::from_epoch_seconds(second),
    };
    assert_eq!(bench.journal.head(&repo, &main).await.unwrap(), None);
    let second = head('b', Some('a'), 20);
    assert_eq!(bench.journal.see_head(&repo, &main, second.clone()).await.unwrap(), second);
    // What comes late is not newest.
    let first = head('a', Some('0'), 20);
    assert_eq!(bench.journal.see_head(&repo, &main, first).await.unwrap(), second);
    let third = head('c', None, 21);
    bench.journal.see_head(&repo, &main, third.clone()).await.unwrap();
    let upper = "Octo-Org/LIB".parse().unwrap();
    assert_eq!(bench.journal.head(&upper, &main).await.unwrap(), Some(third));
    let other = BuildTarget::PullRequest(5);
    assert_eq!(bench.journal.head(&repo, &other).await.unwrap(), None);
    // Many at once: the newest stays.
    let mut seeing = tokio::task::JoinSet::new();
    for moment in [5, 9, 2, 8, 1, 7] {
        let (journal, repo, other) = (bench.journal.clone(), repo.clone(), other.clone());
        seeing.spawn(async move {
            let digit = char::from_digit(moment, 16).unwrap();
            let seen = head(digit, None, i64::from(moment));
            journal.see_head(&repo, &other, seen).await.unwrap();
        });
    }
    seeing.join_all().await;
    let newest = bench.journal.head(&repo, &other).await.unwrap().unwrap();
    assert_eq!(newest, head('9', None, 9));
}

async fn repositories_keep_their_id(place: Place) {
    let bench = place.open().await;
    let (old, new) = ("octo-org/lib".parse().unwrap(), "octo-org/library".parse().unwrap());
    for id in [4711, u64::MAX] {
        assert_eq!(bench.journal.see_repository(id, &old, Some("trunk")).await.unwrap(), None);
        assert_eq!(bench.journal.see_repository(id, &old, None).await.unwrap(), None);
        assert_eq!(bench.journal.see_repository(id, &new, None).await.unwrap(), Some(old.clone()));
        assert_eq!(bench.journal.repository_name(id).await.unwrap(), Some(new.clone()));
        assert_eq!(bench.journal.repository_id(&new).await.unwrap(), Some(id));
        assert_eq!(bench.journal.repository_id(&old).await.unwrap(), None);
        // An event that does not say it, takes nothing away.
        let branch = bench.journal.default_branch(&new).await.unwrap();
        assert_eq!(branch.as_deref(), Some("trunk"));
        assert_eq!(bench.journal.default_branch(&old).await.unwrap(), None);
        place.run("DELETE FROM pipeline_repositories").await;
    }
    assert_eq!(bench.journal.repository_name(1).await.unwrap(), None);
}

async fn what_runs_is_found_by_machine(place: Place) {
    let bench = place.open().await;
    let (hold, build) = bench.running("one").await;
    bench.submit("queued", new_build("test")).await;
    let running = bench.journal.running_on("one").await.unwrap();
    assert_eq!(running.len(), 1);
    assert_eq!((running[0].build.number, running[0].hold), (build.number, hold));
    assert!(running[0].machine_seen_at.is_none());
    assert!(bench.journal.running_on("two").await.unwrap().is_empty());
    bench.journal.beat("one").await.unwrap();
    bench.journal.beat("one").await.unwrap();
    let hour = Duration::from_secs(3600);
    assert!(bench.journal.running_on_lost_machines(hour).await.unwrap().is_empty());
    let lost = bench.journal.running_on_lost_machines(Duration::ZERO).await.unwrap();
    assert_eq!(lost.len(), 1);
    assert!(lost[0].machine_seen_at.is_some());
    // The caller puts it right, unless somebody has begun it again since.
    let (_, begun) = bench.begin(build.number).await;
    let late = bench.journal.finish(&lost[0].hold, BuildState::Error, "its machine is lost").await;
    assert!(!late.unwrap().is_done());
    assert_eq!(bench.journal.build(build.number).await.unwrap(), begun);
    let lost = bench.journal.running_on_lost_machines(Duration::ZERO).await.unwrap();
    let ended = bench.journal.finish(&lost[0].hold, BuildState::Error, "its machine is lost").await;
    assert!(ended.unwrap().is_done());
    assert!(bench.journal.running_on_lost_machines(Duration::ZERO).await.unwrap().is_empty());
    assert!(matches!(begun.what.cause, BuildCause::Delivery { .. }));
}

async fn a_disk_without_room_is_named(place: Place) {
    let folder = tempfile::tempdir().unwrap();
    let enough = place.options().reserve(0).open(&place.word()).await.unwrap();
    assert!(enough.room(folder.path()).unwrap().is_enough());
    assert!(enough.room(&folder.path().join("gone")).is_err());
    // A quarter of the disk is kept at most: whether that is free, nobody here knows.
    let short = place.options().reserve(u64::MAX).open(&place.word()).await.unwrap();
    let room = short.room(folder.path()).unwrap();
    assert_eq!(room.is_enough(), room.to_string() == "enough");
}
