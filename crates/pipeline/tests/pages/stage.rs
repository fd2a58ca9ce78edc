//! A journal with builds in it, and the real server with its pages.

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use hookstead::client::HttpClient;
use hookstead::handler::handler_fn;
use hookstead::inbox::Inbox;
use hookstead::types::{Sha, Timestamp};
use hookstead::{Attempt, Router, Server, Verifier, WebhookSecret};
use hookstead_pipeline::build::Pipeline;
use hookstead_pipeline::config::Config;
use hookstead_pipeline::journal::{
    BeginMode, Begun, BuildHold, BuildWork, Journal, NewEntry, WantedBuild,
};
use hookstead_pipeline::pages::Pages;
use hookstead_pipeline::record::{Build, BuildCause, BuildTarget, NewBuild};
use hookstead_pipeline::runner::LocalRunner;
use tempfile::TempDir;
use tokio::task::JoinHandle;

/// It will do as a token, too.
pub(crate) const SECRET: &str = "a-secret-of-somebody-0123456789";

/// The pages of a journal that nobody works for: what stands in it, stays.
pub(crate) struct Stage {
    pub(crate) url: String,
    pub(crate) journal: Journal,
    pub(crate) pipeline: Pipeline,
    inbox: Inbox,
    pub(crate) dir: TempDir,
    server: JoinHandle<()>,
}

impl Stage {
    /// With these projects in the config.
    pub(crate) async fn new(projects: &str) -> Self {
        Self::at("127.0.0.1:0".parse().unwrap(), projects).await
    }

    pub(crate) async fn at(address: SocketAddr, projects: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind(address).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let folder = dir.path().display();
        std::fs::write(dir.path().join("secret"), SECRET).unwrap();
        let secret = format!("{{ file = \"{folder}/secret\" }}");
        let config = format!(
            "url = \"{url}\"\ndata = \"{folder}/data\"\nsecret = {secret}\ntoken = {secret}\n\
             admin = {secret}\n{projects}"
        );
        let config =
            Config::parse(&config, "pipeline.toml").unwrap_or_else(|error| panic!("{error}"));
        let place = dir.path().join("pipeline.db");
        let journal = Journal::open(place.to_str().unwrap()).await.unwrap();
        let runner = LocalRunner::new(dir.path().join("runs"));
        let pipeline = Pipeline::new(config, journal.clone(), runner, "one").unwrap();
        pipeline.inbox().start().await.unwrap();
        // The work belongs to a program that does not run.
        let router = Router::new()
            .program("nobody")
            .on::<BuildWork>(handler_fn(async |_: BuildWork, _: Attempt| Ok(())));
        let inbox = journal.inbox(router);
        inbox.start().await.unwrap();
        let verifier = Verifier::new(WebhookSecret::new(SECRET).unwrap());
        let server = Server::of("/event_handler", verifier, pipeline.inbox().clone());
        let server = Pages::new(pipeline.clone()).on(server);
        let server = tokio::spawn(async move {
            server.serve_until(listener, std::future::pending()).await.unwrap();
        });
        Self { url, journal, pipeline, inbox, dir, server }
    }

    /// A build that is queued, or waits.
    pub(crate) async fn submit(&self, what: NewBuild) -> Build {
        self.submit_with(what, Vec::new()).await
    }

    /// A build and what else was written down with it.
    pub(crate) async fn submit_with(&self, what: NewBuild, entries: Vec<NewEntry>) -> Build {
        let wanted = vec![WantedBuild { build: what, joins: false }];
        let occasion = format!("{:032x}", fastrand::u128(..));
        let submitted = self.journal.submit(&self.inbox, &occasion, wanted, entries).await;
        submitted.unwrap().remove(0).build
    }

    /// Lets a build run.
    pub(crate) async fn begin(&self, number: i64) -> BuildHold {
        match self.journal.begin(number, "one", BeginMode::Anew).await.unwrap() {
            Begun::Held(hold, _) => hold,
            Begun::Refused(build) => unreachable!("it is {}", build.state),
        }
    }

    /// Changes something behind the journal's back.
    pub(crate) fn run(&self, sql: &str) {
        let connection = rusqlite::Connection::open(self.dir.path().join("pipeline.db")).unwrap();
        connection.busy_timeout(Duration::from_secs(60)).unwrap();
        connection.execute_batch(sql).unwrap();
    }

    pub(crate) async fn ask(&self, path: &str) -> (u16, String) {
        let answer = HttpClient::new(&self.url).unwrap().get(path).await.unwrap();
        (answer.status().as_u16(), String::from_utf8_lossy(answer.body()).into_owned())
    }

    pub(crate) async fn get(&self, path: &str) -> String {
        let (status, body) = self.ask(path).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.server.abort();
    }
}

pub(crate) fn sha(digit: char) -> Sha {
    digit.to_string().repeat(40).parse().unwrap()
}

pub(crate) fn new_build(job: &str, target: BuildTarget) -> NewBuild {
    NewBuild {
        project: "lib".to_owned(),
        job: job.to_owned(),
        context: format!("ci/{job}"),
        repo: "octo-org/lib".parse().unwrap(),
        sha: sha('a'),
        before: None,
        r#ref: "refs/heads/main".to_owned(),
        target,
        cause: BuildCause::Delivery {
            id: "72d3162e-cc78-11e3-81ab-4c9367dc0958".to_owned(),
            event: "pull_request.opened".to_owned(),
        },
        moment: Timestamp::from("2026-11-28T08:00:00Z"),
        title: "Add a flag".to_owned(),
        author: "anna".to_owned(),
        is_fork: false,
        needs_approval: false,
    }
}
