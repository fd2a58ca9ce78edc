//! No statement reads a whole table of those that grow.

use std::time::Duration;

use hookstead::handler::handler_fn;
use hookstead::types::Timestamp;
use hookstead::{Attempt, Router};
use rusqlite::Connection;

use super::database::PREPARED;
use super::*;
use crate::record::{Build, BuildCause, BuildState, BuildTarget, Head, NewBuild, StepTime};

fn new_build(job: &str) -> NewBuild {
    NewBuild {
        project: "lib".to_owned(),
        job: job.to_owned(),
        context: format!("ci/{job}"),
        repo: "octo-org/lib".parse().unwrap(),
        sha: "a".repeat(40).parse().unwrap(),
        before: None,
        r#ref: "refs/heads/main".to_owned(),
        target: BuildTarget::Branch("main".to_owned()),
        cause: BuildCause::Schedule,
        moment: Timestamp::now(),
        title: String::new(),
        author: String::new(),
        is_fork: false,
        needs_approval: job == "waits",
    }
}

async fn submit(journal: &Journal, job: &str) -> Build {
    let router = Router::new()
        .program("pipeline")
        .on::<BuildWork>(handler_fn(async |_: BuildWork, _: Attempt| Ok(())));
    let wanted = vec![WantedBuild { build: new_build(job), joins: true }];
    let submitted = journal.submit(&journal.inbox(router), job, wanted, Vec::new()).await;
    submitted.unwrap().remove(0).build
}

async fn begin(journal: &Journal, number: i64, mode: BeginMode) -> BuildHold {
    match journal.begin(number, "one", mode).await.unwrap() {
        Begun::Held(hold, _) => hold,
        Begun::Refused(build) => unreachable!("it is {}", build.state),
    }
}

/// All operations.
async fn do_everything(journal: &Journal) -> Result<(), JournalError> {
    let waits = submit(journal, "waits").await;
    journal.approve(waits.number, "anna").await?;
    let build = submit(journal, "test").await;
    journal.announce(build.number, &Announcer { machine: "one".to_owned(), slots: 0 }).await?;
    journal.announced_for(build.number).await?;
    journal.announced(build.number).await?;
    journal.forget_announcements("one").await?;
    let hold = begin(journal, build.number, BeginMode::Anew).await;
    journal.release(&hold, "lost").await?;
    begin(journal, build.number, BeginMode::Anew).await;
    let hold = begin(journal, build.number, BeginMode::Attach).await;
    journal.set_tree(&hold, "4b825dc").await?;
    let step = StepTime { name: "run".to_owned(), milliseconds: 1, exit_code: None };
    journal.set_steps(&hold, &[step]).await?;
    journal.set_summary(&hold, "at work").await?;
    journal.append(&hold, 0, "text").await?;
    journal.log(build.number, 1, 2).await?;
    journal.line_of_byte(build.number, 1).await?;
    journal.append(&hold, 4, "\n").await?;
    journal.byte_of_line(build.number, 2).await?;
    journal.beat("one").await?;
    journal.silence_of("one").await?;
    journal.running_on("one").await?;
    journal.running_on_lost_machines(Duration::ZERO).await?;
    journal.watch(build.number).await?;
    journal.watch_all().await?;
    journal.finish(&hold, BuildState::Passed, "").await?;
    journal.finish(&hold, BuildState::Passed, "").await?;
    journal.settle(waits.number, BuildState::Canceled, "", None).await?;
    journal.settle(waits.number, BuildState::Canceled, "", None).await?;
    let (project, job) = ("lib".to_owned(), "test".to_owned());
    let (target, sha) = (build.what.target.clone(), build.what.sha.clone());
    for filter in [
        BuildFilter::All,
        BuildFilter::Project(project.clone()),
        BuildFilter::Job(project.clone(), job.clone()),
        BuildFilter::Target(project.clone(), target.clone()),
        BuildFilter::Sha(sha.clone()),
        BuildFilter::AtWork,
    ] {
        journal.builds(&filter, None, 10).await?;
    }
    journal.last_ended(&[(project.clone(), job.clone())], 10).await?;
    let of_project = BuildQuery { project: project.clone(), ..BuildQuery::default() };
    let of_job = BuildQuery { job: Some(job.clone()), ..of_project.clone() };
    let of_target = BuildQuery { target: Some(target.clone()), ..of_project.clone() };
    for query in [of_project, of_job, of_target] {
        journal.page(&query, BuildPage::Latest, 10).await?;
        journal.page(&query, BuildPage::After(0), 10).await?;
    }
    journal.past(&project, None, 10).await?;
    journal.past(&project, Some(&job), 10).await?;
    journal.recent_targets(&project, 10).await?;
    journal.sha_that_begins("aaaaaaa").await?;
    journal.at_work_of("lib", "test", &sha).await?;
    journal.last_of("lib", "test", &sha).await?;
    journal.green_of("lib", "test", "4b825dc").await?;
    for filter in [
        EntryFilter::All,
        EntryFilter::Delivery("72d3162e".to_owned()),
        EntryFilter::Sha(sha.clone()),
        EntryFilter::Target(project, target.clone()),
        EntryFilter::Build(build.number),
    ] {
        journal.entries(&filter, None, 10).await?;
    }
    let repo = &build.what.repo;
    let head = Head { sha, before: None, moment: Timestamp::now() };
    journal.see_head(repo, &target, head).await?;
    journal.see_repository(1, repo, Some("main")).await?;
    journal.default_branch(repo).await?;
    journal.repository_id(repo).await?;
    journal.open_session("key", Duration::from_secs(60)).await?;
    journal.has_session("key").await?;
    journal.close_session("key").await?;
    journal.machines(Duration::from_secs(60)).await?;
    journal.last_delivery().await?;
    journal.last_repairs(10).await?;
    journal.removable(&[1], &Retention::new(Duration::ZERO)).await?;
    journal.forget_logs(&Retention::new(Duration::ZERO)).await?;
    journal.count_writes(1).await?;
    journal.count_writes(0).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_statement_reads_a_whole_table() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("pipeline.db");
    let journal = Journal::open(place.to_str().unwrap()).await.unwrap();
    do_everything(&journal).await.unwrap();
    let statements = PREPARED.lock().unwrap().clone();
    assert!(statements.len() > 50, "{} statements were done", statements.len());
    let connection = Connection::open(&place).unwrap();
    let mut problems = Vec::new();
    for sql in statements {
        let mut plan = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let values = vec![rusqlite::types::Null; plan.parameter_count()];
        let steps = plan
            .query_map(rusqlite::params_from_iter(values), |row| row.get::<_, String>("detail"))
            .unwrap();
        let steps: Vec<String> = steps.map(Result::unwrap).collect();
        for step in &steps {
            // What is at work is little, however much there was; machines, those who are signed in, and the one row are
            // few. Of deliveries and repairs only the last are read.
            let small = [
                "pipeline_builds_at_work",
                "pipeline_builds_on_machine",
                "pipeline_entries_of_deliveries",
                "pipeline_entries_of_repairs",
                "pipeline_machines",
                "pipeline_sessions",
                "pipeline_meta",
            ];
            let is_small = small.iter().any(|name| step.contains(name));
            // Builds of a commit are few; those of a job are all that there ever were.
            if sql.contains("sha = $")
                && step.starts_with("SEARCH")
                && !step.contains("_of_sha (sha=?")
            {
                problems.push(format!("{sql}\n{steps:#?}"));
            }
            let scans = step.starts_with("SCAN pipeline_") && !is_small;
            if scans || step.contains("TEMP B-TREE") || step.contains("AUTOMATIC") {
                problems.push(format!("{sql}\n{steps:#?}"));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
