//! How builds go from state to state.

use hookstead_pipeline::journal::{
    Announcement, BeginMode, Begun, BuildChange, EntryFilter, WaitingPosition, WantedBuild,
};
use hookstead_pipeline::record::{Build, BuildState, StepTime};

use crate::support::{Place, announcer, new_build, on_both};

on_both! {
    a_build_runs_from_queued_to_its_end,
    what_has_ended_stays_as_it_is,
    what_comes_late_changes_nothing,
    changes_are_allowed_as_the_table_says,
    of_many_who_end_it_one_does,
    a_build_that_is_not_there_is_said_to_be,
    what_is_unreadable_is_an_error,
    only_what_is_queued_is_announced,
    what_surely_waits_is_announced_as_it_is_written,
    a_machine_is_heard_of,
}

async fn only_what_is_queued_is_announced(place: Place) {
    let bench = place.open().await;
    let (journal, number) =
        (&bench.journal, bench.submit("test", new_build("test")).await.build.number);
    assert_eq!(journal.announced_for(number).await.unwrap(), None);
    let first = Announcement::Begun(WaitingPosition { queued_before: 0, running: 0 });
    // It may begin at once.
    assert_eq!(
        journal.announce(number, &announcer("one", 1)).await.unwrap(),
        Announcement::Uncertain
    );
    assert_eq!(journal.announced_for(number).await.unwrap(), None);
    assert_eq!(journal.announce(number, &announcer("one", 0)).await.unwrap(), first);
    assert_eq!(
        journal.announce(number, &announcer("two", 0)).await.unwrap(),
        Announcement::Refused,
        "it is said already"
    );
    // Whoever begins it sees that.
    assert!(matches!(
        journal.begin(number, "two", BeginMode::Anew).await.unwrap(),
        Begun::Held(..)
    ));
    assert!(journal.announced_for(number).await.unwrap().is_some());
    journal.announced(number).await.unwrap();
    assert_eq!(journal.announced_for(number).await.unwrap(), None);
    assert_eq!(
        journal.announce(number, &announcer("one", 0)).await.unwrap(),
        Announcement::Refused,
        "it has begun"
    );
    // A server that was killed says nothing more.
    let after_one = Announcement::Begun(WaitingPosition { queued_before: 0, running: 1 });
    let other = bench.submit("other", new_build("test")).await.build.number;
    assert_eq!(journal.announce(other, &announcer("one", 0)).await.unwrap(), after_one);
    journal.forget_announcements("two").await.unwrap();
    assert!(journal.announced_for(other).await.unwrap().is_some());
    journal.forget_announcements("one").await.unwrap();
    assert_eq!(journal.announced_for(other).await.unwrap(), None);
}

async fn what_surely_waits_is_announced_as_it_is_written(place: Place) {
    let bench = place.open().await;
    bench.running("runs").await;
    bench.submit("before", new_build("test")).await;
    let place = WaitingPosition { queued_before: 1, running: 1 };
    for (occasion, slots, announcement) in [
        ("one", Some(2), Some(Announcement::Uncertain)),
        ("two", None, None),
        (
            "three",
            Some(1),
            Some(Announcement::Begun(WaitingPosition { queued_before: 3, ..place })),
        ),
    ] {
        // The first that is queued: one that waits for approval is not.
        let mut waits = new_build("waits");
        waits.needs_approval = true;
        let wanted = [waits, new_build("test")].map(|build| WantedBuild { build, joins: false });
        let announcer = slots.map(|slots| announcer("one", slots));
        let (journal, inbox) = (&bench.journal, &bench.inbox);
        let submitted =
            journal.submit_and_announce(inbox, occasion, wanted.into(), Vec::new(), announcer);
        let submitted = submitted.await.unwrap();
        assert_eq!(submitted[0].announcement, None);
        assert_eq!(submitted[1].announcement, announcement);
        let announced = journal.announced_for(submitted[1].build.number).await.unwrap();
        assert_eq!(announced.is_some(), occasion == "three");
    }
}

async fn a_machine_is_heard_of(place: Place) {
    let bench = place.open().await;
    assert_eq!(bench.journal.silence_of("one").await.unwrap(), None);
    bench.journal.beat("one").await.unwrap();
    let silence = bench.journal.silence_of("one").await.unwrap().unwrap();
    assert!(silence < crate::support::LONG, "{silence:?}");
}

async fn a_build_runs_from_queued_to_its_end(place: Place) {
    let bench = place.open().await;
    let (hold, build) = bench.running("one").await;
    assert_eq!(build.state, BuildState::Running);
    assert_eq!(build.machine.as_deref(), Some("one"));
    assert!(build.started_at.is_some());
    assert!(bench.journal.set_tree(&hold, "4b825dc").await.unwrap());
    let steps =
        vec![StepTime { name: "run".to_owned(), milliseconds: u64::MAX, exit_code: Some(1) }];
    assert!(bench.journal.set_steps(&hold, &steps).await.unwrap());
    assert!(bench.journal.set_summary(&hold, "run: 1 of 2").await.unwrap());
    let read = bench.journal.build(build.number).await.unwrap();
    assert_eq!((read.tree.as_deref(), &read.steps), (Some("4b825dc"), &steps));
    assert_eq!(read.summary, "run: 1 of 2");
    let ended = bench.journal.finish(&hold, BuildState::Failed, "exit code 1").await.unwrap();
    assert!(ended.is_done());
    let read = bench.journal.build(build.number).await.unwrap();
    assert_eq!(ended.build(), &read);
    assert_eq!((read.state, read.summary.as_str()), (BuildState::Failed, "exit code 1"));
    assert!(read.ended_at.is_some());
    let entries = bench.journal.entries(&EntryFilter::Build(build.number), None, 10).await.unwrap();
    let texts: Vec<&str> = entries.iter().rev().map(|entry| entry.text.as_str()).collect();
    assert_eq!(texts, ["queued: pull_request.opened", "running on one", "failed: exit code 1"]);
}

async fn what_has_ended_stays_as_it_is(place: Place) {
    let bench = place.open().await;
    let (hold, build) = bench.running("one").await;
    let number = build.number;
    let first = bench.journal.finish(&hold, BuildState::Passed, "in 3 s").await.unwrap();
    // The answer was lost, so it is made again.
    let again = bench.journal.finish(&hold, BuildState::Passed, "in 3 s").await.unwrap();
    assert_eq!(again, first);
    let other = bench.journal.finish(&hold, BuildState::Error, "too late").await.unwrap();
    assert_eq!(other, BuildChange::Refused(first.build().clone()));
    for change in [
        bench.journal.settle(number, BuildState::Canceled, "", Some("anna")).await.unwrap(),
        bench.journal.release(&hold, "lost").await.unwrap(),
        bench.journal.approve(number, "anna").await.unwrap(),
    ] {
        assert_eq!(change, BuildChange::Refused(first.build().clone()));
    }
    for mode in [BeginMode::Anew, BeginMode::Attach] {
        let begun = bench.journal.begin(number, "two", mode).await.unwrap();
        assert_eq!(begun, Begun::Refused(first.build().clone()));
    }
    assert!(!bench.journal.set_tree(&hold, "0").await.unwrap());
    assert_eq!(&bench.journal.build(number).await.unwrap(), first.build());
    let entries = bench.journal.entries(&EntryFilter::Build(number), None, 10).await.unwrap();
    assert_eq!(entries.len(), 3, "what was refused is no entry");
}

async fn what_comes_late_changes_nothing(place: Place) {
    let bench = place.open().await;
    let (old, build) = bench.running("one").await;
    bench.journal.append(&old, 0, "of the first attempt\n").await.unwrap();
    // Its process lost the lease; another one takes over.
    let begun = bench.journal.begin(build.number, "two", BeginMode::Attach).await.unwrap();
    let Begun::Held(new, _) = begun else { unreachable!("it is queued or runs") };
    for change in [
        bench.journal.finish(&old, BuildState::Error, "lost").await.unwrap(),
        bench.journal.release(&old, "lost").await.unwrap(),
    ] {
        assert!(!change.is_done());
        assert_eq!(change.build().machine.as_deref(), Some("two"));
    }
    assert!(!bench.journal.set_summary(&old, "late").await.unwrap());
    assert!(!bench.journal.set_steps(&old, &[]).await.unwrap());
    let ended = bench.journal.finish(&new, BuildState::Passed, "").await.unwrap();
    assert!(ended.is_done());
    let late = bench.journal.finish(&old, BuildState::Passed, "").await.unwrap();
    assert!(!late.is_done(), "it is not its end, though the state is the same");
}

async fn changes_are_allowed_as_the_table_says(place: Place) {
    use BuildState::{Canceled, Error, Passed, Queued, Running, Superseded, Waiting};
    let bench = place.open().await;
    let mut occasion = 0;
    for (from, name, becomes) in [
        (Waiting, "begin", None),
        (Waiting, "approve", Some(Queued)),
        (Waiting, "cancel", Some(Canceled)),
        (Waiting, "supersede", Some(Superseded)),
        (Queued, "begin", Some(Running)),
        (Queued, "attach", Some(Running)),
        (Queued, "approve", None),
        (Queued, "cancel", Some(Canceled)),
        (Queued, "pass", Some(Passed)),
        (Running, "begin", Some(Running)),
        (Running, "attach", Some(Running)),
        (Running, "approve", None),
        (Running, "cancel", None),
        (Running, "finish", Some(Error)),
        (Running, "release", Some(Queued)),
    ] {
        occasion += 1;
        let mut what = new_build("test");
        what.needs_approval = from == Waiting;
        let before = bench.submit(&occasion.to_string(), what).await.build;
        let number = before.number;
        let hold = if from == Running { Some(bench.begin(number).await.0) } else { None };
        let journal = &bench.journal;
        let begun = async |mode| match journal.begin(number, "two", mode).await.unwrap() {
            Begun::Held(_, build) => BuildChange::Done(build),
            Begun::Refused(build) => BuildChange::Refused(build),
        };
        let settle = async |state| journal.settle(number, state, "why", None).await.unwrap();
        let change = match name {
            "begin" => begun(BeginMode::Anew).await,
            "attach" => begun(BeginMode::Attach).await,
            "approve" => journal.approve(number, "anna").await.unwrap(),
            "cancel" => settle(Canceled).await,
            "supersede" => settle(Superseded).await,
            "pass" => settle(Passed).await,
            "finish" => journal.finish(&hold.unwrap(), Error, "lost").await.unwrap(),
            _ => journal.release(&hold.unwrap(), "lost").await.unwrap(),
        };
        assert_eq!(change.is_done(), becomes.is_some(), "{from} {name}");
        let read = journal.build(number).await.unwrap();
        assert_eq!(change.build(), &read, "{from} {name}");
        assert_eq!(read.state, becomes.unwrap_or(from), "{from} {name}");
    }
    let (hold, build) = bench.running("no end").await;
    let error = bench.journal.finish(&hold, Queued, "").await.unwrap_err();
    assert!(!error.is_down(), "{error}");
    assert!(bench.journal.settle(build.number, Waiting, "", None).await.is_err());
}

async fn of_many_who_end_it_one_does(place: Place) {
    let bench = place.open().await;
    let build = bench.submit("one", new_build("test")).await.build;
    let mut ending = tokio::task::JoinSet::new();
    for number in 0..8 {
        let (journal, build) = (bench.journal.clone(), build.number);
        ending.spawn(async move {
            let why = format!("by {number}");
            journal.settle(build, BuildState::Canceled, &why, None).await.unwrap().is_done()
        });
    }
    let done = ending.join_all().await.into_iter().filter(|is_done| *is_done).count();
    assert_eq!(done, 1);
}

async fn a_build_that_is_not_there_is_said_to_be(place: Place) {
    let bench = place.open().await;
    for error in [
        bench.journal.build(17).await.unwrap_err(),
        bench.journal.begin(17, "one", BeginMode::Anew).await.unwrap_err(),
        bench.journal.settle(17, BuildState::Canceled, "", None).await.unwrap_err(),
        bench.journal.log(17, 0, 10).await.unwrap_err(),
        bench.journal.watch(17).await.unwrap_err(),
    ] {
        assert!(error.is_no_build(), "{error}");
        assert_eq!(error.to_string(), "the journal has no build 17");
    }
}

async fn what_is_unreadable_is_an_error(place: Place) {
    let bench = place.open().await;
    let build: Build = bench.submit("one", new_build("test")).await.build;
    for (damage, repair) in [
        ("state = 'done'", "state = 'queued'"),
        ("state = 'passed'", "state = 'queued'"),
        ("ended_at = 1", "ended_at = NULL"),
        ("steps = '[1]'", "steps = '[]'"),
        ("queued_at = 9223372036854775807", "queued_at = 1"),
        ("log_bytes = -1", "log_bytes = 0"),
        ("what = '{}'", "what = '{}'"),
    ] {
        place.run(&format!("UPDATE pipeline_builds SET {damage}")).await;
        let error = bench.journal.build(build.number).await.unwrap_err();
        assert!(error.is_unreadable(), "{damage}: {error}");
        place.run(&format!("UPDATE pipeline_builds SET {repair}")).await;
    }
}
