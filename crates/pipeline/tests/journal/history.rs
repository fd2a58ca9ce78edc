//! Pages of builds, and how long the last ones took.

use hookstead_pipeline::journal::{BuildPage, BuildQuery, EntryKind, NewEntry};
use hookstead_pipeline::record::{BuildState, BuildTarget};

use crate::support::{Bench, Place, new_build, on_both, sha};

on_both! {
    builds_come_page_by_page,
    pages_are_narrowed,
    past_builds_say_how_long_they_took,
    a_commit_is_found_by_its_beginning,
}

fn numbers(builds: &[hookstead_pipeline::record::Build]) -> Vec<i64> {
    builds.iter().map(|build| build.number).collect()
}

async fn fill(bench: &Bench) {
    for number in 1..=7 {
        let mut what = new_build(if number % 2 == 0 { "lint" } else { "test" });
        if number > 4 {
            what.target = BuildTarget::Branch("a/b".to_owned());
        }
        assert_eq!(bench.submit(&number.to_string(), what).await.build.number, number);
    }
    bench
        .submit("other", {
            let mut what = new_build("test");
            what.project = "other".to_owned();
            what
        })
        .await;
}

async fn builds_come_page_by_page(place: Place) {
    let bench = place.open().await;
    fill(&bench).await;
    let query = BuildQuery { project: "lib".to_owned(), ..BuildQuery::default() };
    let page = async |page| numbers(&bench.journal.page(&query, page, 3).await.unwrap());
    assert_eq!(page(BuildPage::Latest).await, [7, 6, 5]);
    assert_eq!(page(BuildPage::Before(5)).await, [4, 3, 2]);
    assert_eq!(page(BuildPage::Before(1)).await, [] as [i64; 0]);
    // Those next to it, and not the latest ones.
    assert_eq!(page(BuildPage::After(2)).await, [5, 4, 3]);
    assert_eq!(page(BuildPage::After(6)).await, [7]);
}

async fn pages_are_narrowed(place: Place) {
    let bench = place.open().await;
    fill(&bench).await;
    bench.journal.settle(2, BuildState::Canceled, "", None).await.unwrap();
    bench.journal.settle(5, BuildState::Canceled, "", None).await.unwrap();
    let all = BuildQuery { project: "lib".to_owned(), ..BuildQuery::default() };
    let canceled = BuildQuery { state: Some(BuildState::Canceled), ..all.clone() };
    let lint = BuildQuery { job: Some("lint".to_owned()), ..all.clone() };
    let branch = BuildTarget::Branch("a/b".to_owned());
    let of_branch = BuildQuery { target: Some(branch.clone()), ..all.clone() };
    let canceled_of_branch = BuildQuery { target: Some(branch), ..canceled.clone() };
    let lint_of_branch = BuildQuery { job: Some("lint".to_owned()), ..of_branch.clone() };
    let other = BuildQuery { project: "nobody".to_owned(), ..all.clone() };
    for (query, expected) in [
        (&canceled, vec![5, 2]),
        (&lint, vec![6, 4, 2]),
        (&of_branch, vec![7, 6, 5]),
        (&canceled_of_branch, vec![5]),
        (&lint_of_branch, vec![6]),
        (&other, vec![]),
    ] {
        for page in [BuildPage::Latest, BuildPage::After(0)] {
            let found = bench.journal.page(query, page, 10).await.unwrap();
            assert_eq!(numbers(&found), expected, "{query:?} {page:?}");
        }
    }
    let targets = bench.journal.recent_targets("lib", 10).await.unwrap();
    let expected = [BuildTarget::Branch("a/b".to_owned()), BuildTarget::PullRequest(5)];
    assert_eq!(targets, expected);
    assert_eq!(bench.journal.recent_targets("lib", 3).await.unwrap(), expected[..1]);
}

async fn past_builds_say_how_long_they_took(place: Place) {
    let bench = place.open().await;
    fill(&bench).await;
    for (number, state) in
        [(1, BuildState::Passed), (2, BuildState::Failed), (3, BuildState::Error)]
    {
        let (hold, _) = bench.begin(number).await;
        bench.journal.finish(&hold, state, "").await.unwrap();
    }
    // One that never began took no time; one that runs has not taken it yet.
    bench.journal.settle(4, BuildState::Canceled, "", None).await.unwrap();
    bench.begin(5).await;
    place.run("UPDATE pipeline_builds SET ended_at = started_at + 1500 WHERE number = 2").await;
    let past = bench.journal.past("lib", None, 10).await.unwrap();
    let found: Vec<_> = past.iter().map(|it| (it.number, it.state)).collect();
    let expected = [(3, BuildState::Error), (2, BuildState::Failed), (1, BuildState::Passed)];
    assert_eq!(found, expected);
    assert_eq!((past[1].milliseconds, past[1].job.as_str()), (1500, "lint"));
    assert_eq!(bench.journal.past("lib", None, 1).await.unwrap(), past[..1]);
    assert_eq!(bench.journal.past("lib", Some("lint"), 10).await.unwrap(), past[1..2]);
}

async fn a_commit_is_found_by_its_beginning(place: Place) {
    let bench = place.open().await;
    let one: hookstead::types::Sha = format!("abc1{}", "0".repeat(36)).parse().unwrap();
    let other = format!("abc2{}", "0".repeat(36)).parse().unwrap();
    for sha in [&one, &one, &other] {
        let entry = NewEntry::new(EntryKind::Report, "said").sha(sha.clone());
        bench.journal.enter(entry).await.unwrap();
    }
    bench.journal.enter(NewEntry::new(EntryKind::Report, "of nothing")).await.unwrap();
    let found = async |beginning: &str| bench.journal.sha_that_begins(beginning).await.unwrap();
    assert_eq!(found("abc1").await, Some(one.clone()));
    assert_eq!(found("ABC1").await, Some(one.clone()));
    assert_eq!(found(one.as_str()).await, Some(one));
    // Two, none, and what is no beginning of any.
    for beginning in ["abc", "abd", "", "main", "abc1%", &"0".repeat(41)] {
        assert_eq!(found(beginning).await, None, "{beginning:?}");
    }
    assert_eq!(found(sha('a').as_str()).await, None);
}
