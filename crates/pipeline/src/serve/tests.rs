use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use base64::Engine as _;
use hookstead::client::NewCheckRun;
use hookstead::inbox::Filter;
use hookstead::types::{CheckConclusion, CheckStatus, Sha, StatusState};
use hookstead_testkit::FakeGitHub;

use super::{PipelineServer, open_journal, repair, schedules};
use crate::build::Pipeline;
use crate::config::Config;
use crate::journal::{BeginMode, BuildWork, EntryFilter, EntryKind, Journal, WantedBuild};
use crate::record::{BuildCause, BuildState, BuildTarget, NewBuild};
use crate::runner::LocalRunner;

const JOBS: &str = "
[projects.demo]
repo = \"octocat/hello-world\"
[projects.demo.jobs.test]
run = \"true\"
schedule = \"@daily\"
[projects.demo.jobs.lint]
run = \"true\"
";

fn config(folder: &Path, github: &FakeGitHub) -> Config {
    config_as("token = { file = \"token\" }", folder, github)
}

/// The same as an App, which reports by check runs.
fn config_of_app(folder: &Path, github: &FakeGitHub) -> Config {
    let key = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let der: Pkcs8V1Der<'_> = key.as_der().unwrap();
    let text = base64::engine::general_purpose::STANDARD.encode(der.as_ref());
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n");
    std::fs::write(folder.join("app.pem"), pem).unwrap();
    let id = github.app().id();
    let who = format!("app = {{ id = {id}, key = {{ file = \"app.pem\" }} }}\nreport = \"checks\"");
    config_as(&who, folder, github)
}

fn config_as(credentials: &str, folder: &Path, github: &FakeGitHub) -> Config {
    for name in ["hook", "token"] {
        std::fs::write(folder.join(name), "ghp_aTokenOfSomebody0123456789abcdef00").unwrap();
    }
    let api = github.api_url();
    let top = format!(
        "url = \"http://127.0.0.1:1\"\ndata = \"data\"\nsecret = {{ file = \"hook\" }}\n\
         {credentials}\ngithub = \"{api}\"\ngithub_api = \"{api}\"\n{JOBS}"
    );
    let path = folder.join("pipeline.toml");
    std::fs::write(&path, top).unwrap();
    Config::read(&path).unwrap()
}

async fn pipeline(config: &Config, journal: &Journal, machine: &str) -> Pipeline {
    let runner = LocalRunner::new(config.work.join("runs"));
    let pipeline = Pipeline::new(config.clone(), journal.clone(), runner, machine).unwrap();
    pipeline.inbox().start().await.unwrap();
    pipeline
}

#[tokio::test]
async fn a_schedule_starts_a_build_once_however_many_servers_look() {
    let folder = tempfile::tempdir().unwrap();
    let github = FakeGitHub::start().await;
    let config = config(folder.path(), &github);
    let journal = open_journal(&config).await.unwrap();
    let (one, two) =
        tokio::join!(pipeline(&config, &journal, "one"), pipeline(&config, &journal, "two"));
    let day = |days: f64| UNIX_EPOCH + Duration::from_secs_f64(days * 86_400.0);
    let asked = async || one.inbox().list(Filter::default()).all().await.unwrap().len();
    schedules::look(&one, day(0.5), day(0.9)).await;
    assert_eq!(asked().await, 0, "it is not time");
    tokio::join!(
        schedules::look(&one, day(0.9), day(1.1)),
        schedules::look(&two, day(0.8), day(1.05))
    );
    assert_eq!(asked().await, 1);
    // A server that was down looks back, and finds what was done; and only the latest that was not.
    schedules::look(&two, day(0.5), day(1.2)).await;
    assert_eq!(asked().await, 1);
    schedules::look(&two, day(0.5), day(4.2)).await;
    assert_eq!(asked().await, 2);
}

fn wanted(job: &str, sha: &Sha) -> WantedBuild {
    let build = NewBuild {
        project: "demo".to_owned(),
        job: job.to_owned(),
        context: format!("ci/{job}"),
        repo: "octocat/hello-world".parse().unwrap(),
        sha: sha.clone(),
        before: None,
        r#ref: "refs/heads/main".to_owned(),
        target: BuildTarget::Branch("main".to_owned()),
        cause: BuildCause::Schedule,
        moment: hookstead::types::Timestamp::now(),
        title: String::new(),
        author: String::new(),
        is_fork: false,
        needs_approval: false,
    };
    WantedBuild { build, joins: false }
}

/// The work of these builds is not in the inbox any more.
fn lose_work(config: &Config, numbers: &[i64]) {
    let database = rusqlite::Connection::open(config.storage.file().unwrap()).unwrap();
    let sql =
        "DELETE FROM tasks WHERE delivery IN (SELECT delivery FROM deliveries WHERE guid = ?1)";
    for number in numbers {
        database.execute(sql, [BuildWork::id(*number)]).unwrap();
    }
}

#[tokio::test]
async fn what_nobody_is_at_any_more_is_put_right_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let github = FakeGitHub::start().await;
    let repository = github.create_repository("octocat/hello-world");
    let (first, second) = (repository.push("main"), repository.push("main"));
    let config = config(folder.path(), &github);
    let journal = open_journal(&config).await.unwrap();
    let pipeline = pipeline(&config, &journal, "here").await;
    let all = vec![wanted("test", &first), wanted("lint", &first)];
    journal.submit(pipeline.inbox(), "one", all, Vec::new()).await.unwrap();
    let all = vec![wanted("test", &second), wanted("lint", &second)];
    journal.submit(pipeline.inbox(), "two", all, Vec::new()).await.unwrap();
    // The first ran here, the third elsewhere, the second waits: all three without work. The fourth has some.
    journal.begin(1, "here", BeginMode::Anew).await.unwrap();
    journal.begin(3, "elsewhere", BeginMode::Anew).await.unwrap();
    lose_work(&config, &[1, 2, 3]);

    assert_eq!(repair::repair(&pipeline, "here").await.unwrap(), 2);
    let mut states = Vec::new();
    for number in 1..=4 {
        states.push(journal.build(number).await.unwrap().state);
    }
    // Another machine's is its own to put right.
    use BuildState::{Error, Queued, Running};
    assert_eq!(states, [Error, Error, Running, Queued]);
    let mut said = repository.statuses(&first);
    said.sort_by(|one, two| one.context.cmp(&two.context));
    let said: Vec<_> = said.into_iter().map(|it| (it.context, it.state, it.description)).collect();
    let why = |number| Some(format!("Build #{number} ended in an error: the server lost it"));
    let error = || StatusState::Error;
    assert_eq!(
        said,
        [("ci/lint".to_owned(), error(), why(2)), ("ci/test".to_owned(), error(), why(1))]
    );
    assert!(repository.statuses(&second).is_empty());
    let entries = journal.entries(&EntryFilter::Build(1), None, 10).await.unwrap();
    assert!(entries.iter().any(|it| it.kind == EntryKind::Repair), "{entries:?}");
    // There is nothing left to do.
    assert_eq!(repair::repair(&pipeline, "here").await.unwrap(), 0);
}

#[tokio::test]
async fn check_runs_of_what_nobody_is_at_are_put_right_too() {
    let folder = tempfile::tempdir().unwrap();
    let github = FakeGitHub::start().await;
    let repository = github.create_repository("octocat/hello-world");
    let (lost, at_work) = (repository.push("main"), repository.push("main"));
    let config = config_of_app(folder.path(), &github);
    github.app().install_on(&repository);
    let journal = open_journal(&config).await.unwrap();
    let pipeline = pipeline(&config, &journal, "here").await;
    let hub_repo = pipeline.current().hub.repo(&"octocat/hello-world".parse().unwrap()).await;
    let hub_repo = hub_repo.unwrap();
    // It ran, and GitHub was told so; another one has its work.
    for (occasion, sha) in [("one", &lost), ("two", &at_work)] {
        let wanted = vec![wanted("test", sha)];
        journal.submit(pipeline.inbox(), occasion, wanted, Vec::new()).await.unwrap();
        hub_repo.create_check_run(sha, "ci/test", &NewCheckRun::in_progress()).await.unwrap();
    }
    journal.begin(1, "here", BeginMode::Anew).await.unwrap();
    lose_work(&config, &[1]);
    let before = pipeline.writes().0;

    assert_eq!(repair::repair(&pipeline, "here").await.unwrap(), 1);
    // GitHub shows the newest of a name.
    let runs = repository.check_runs(&lost);
    let last = runs.iter().max_by_key(|run| run.id).unwrap();
    assert_eq!((last.name.as_str(), &last.status), ("ci/test", &CheckStatus::Completed));
    assert_eq!(last.conclusion, Some(CheckConclusion::Failure));
    let summary = last.summary.as_deref().unwrap();
    assert_eq!(summary, "Build #1 ended in an error: the server lost it");
    assert!(last.details_url.as_deref().unwrap().ends_with("/demo/builds/1"), "{last:?}");
    assert_eq!(repository.check_runs(&at_work).len(), 1);
    assert_eq!(pipeline.writes().0, before + 1, "it counts among the hour's writes");
    assert_eq!(repair::repair(&pipeline, "here").await.unwrap(), 0);
}

/// While the database is busy, or GitHub takes its time to hear of what was put right.
#[tokio::test(flavor = "multi_thread")]
async fn who_connects_while_it_begins_is_served_then() {
    let folder = tempfile::tempdir().unwrap();
    let github = FakeGitHub::start().await;
    let before = config(folder.path(), &github);
    drop(open_journal(&before).await.unwrap());
    let file = before.storage.file().unwrap();
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let path = folder.path().join("pipeline.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("listen = \"{address}\"\n{text}")).unwrap();

    let database = rusqlite::Connection::open(file).unwrap();
    database.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let server = PipelineServer::read(&path).unwrap();
    let serving = tokio::spawn(server.when_listening(|_| ()).serve());
    let asked = tokio::task::spawn_blocking(move || {
        let mut stream = loop {
            match TcpStream::connect(address) {
                Ok(stream) => break stream,
                Err(_) => std::thread::sleep(Duration::from_millis(5)),
            }
        };
        stream.write_all(b"GET /livez HTTP/1.1\r\nhost: ci\r\nconnection: close\r\n\r\n").unwrap();
        stream
    });
    let mut stream = tokio::time::timeout(Duration::from_secs(60), asked).await.unwrap().unwrap();
    assert!(!serving.is_finished());
    database.execute_batch("COMMIT").unwrap();
    let answer = tokio::task::spawn_blocking(move || {
        let mut answer = String::new();
        stream.read_to_string(&mut answer).map(|_| answer)
    });
    let answer = tokio::time::timeout(Duration::from_secs(60), answer).await.unwrap().unwrap();
    assert!(answer.unwrap().starts_with("HTTP/1.1 200 "));
    serving.abort();
}
