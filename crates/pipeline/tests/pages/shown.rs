//! What people see: what goes on, what waits for whom, what was decided, and what to do where nothing is yet.

use hookstead_pipeline::journal::{EntryKind, NewEntry};
use hookstead_pipeline::record::{BuildCause, BuildState, BuildTarget, StepTime};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::stage::{Stage, new_build, sha};

const PROJECTS: &str = r#"
[projects.lib]
repo = "octo-org/lib"
[projects.lib.jobs.test]
run = "true"
[projects.lib.jobs.lint]
run = "true"
"#;

fn main_branch() -> BuildTarget {
    BuildTarget::Branch("main".to_owned())
}

async fn end(stage: &Stage, number: i64, state: BuildState, summary: &str) {
    let hold = stage.begin(number).await;
    assert!(stage.journal.finish(&hold, state, summary).await.unwrap().is_done());
}

/// What stands on a page, without the elements around it.
fn words(page: &str) -> String {
    let mut text = String::new();
    for part in page.split('<') {
        text.push_str(part.split_once('>').map_or("", |(_, words)| words));
        text.push(' ');
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_nothing_is_yet_the_pages_say_what_to_do() {
    let stage = Stage::new(PROJECTS).await;
    let page = words(&stage.get("/").await);
    assert!(page.contains("No builds yet."), "{page}");
    assert!(page.contains(&format!("{}/event_handler", stage.url)), "the hook's URL: {page}");
    assert!(page.contains("hookstead pipeline setup pipeline.toml"), "{page}");
    assert!(page.contains("hookstead pipeline build octo-org/lib/main"), "{page}");
    assert!(words(&stage.get("/lib").await).contains("No builds yet."));
    let page = words(&stage.get("/journal").await);
    assert!(page.contains("The journal is empty."), "{page}");
    let page = words(&stage.get("/journal?delivery=gone").await);
    assert!(page.contains("GitHub never sent it"), "{page}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_has_not_begun_says_its_place_and_what_it_waits_for() {
    let stage = Stage::new(&format!("pools = {{ builds = 2 }}\n{PROJECTS}")).await;
    let first = stage.submit(new_build("test", main_branch())).await;
    stage.begin(first.number).await;
    let same = stage.submit(new_build("test", main_branch())).await;
    let other = stage.submit(new_build("lint", main_branch())).await;
    let page = words(&stage.get("/").await);
    assert!(page.contains("1 running, 2 queued"), "{page}");
    assert!(
        page.contains("1st of 2 in the queue: it waits until build #1 of branch main ends"),
        "{page}"
    );
    assert!(page.contains("2nd of 2 in the queue: it begins in a moment"), "{page}");
    stage.begin(other.number).await;
    let page = words(&stage.get(&format!("/lib/builds/{}", same.number)).await);
    assert!(page.contains("it waits until build #1 of branch main ends"), "{page}");

    let mut what = new_build("test", BuildTarget::PullRequest(7));
    what.sha = sha('b');
    stage.submit(what.clone()).await;
    (what.needs_approval, what.is_fork) = (true, true);
    let waiting = stage.submit(what).await;
    for path in ["/lib/pr/7".to_owned(), format!("/lib/builds/{}", waiting.number)] {
        let page = words(&stage.get(&path).await);
        assert!(page.contains("approval by somebody who may write to octo-org/lib"), "{page}");
        assert!(page.contains(&format!("/test {}", sha('b'))), "{page}");
    }
    let page = words(&stage.get("/").await);
    assert!(page.contains("2nd of 2 in the queue: no slot is free, as 2 builds run"), "{page}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pull_request_says_each_jobs_last_word() {
    let stage = Stage::new(PROJECTS).await;
    let mut what = new_build("test", BuildTarget::PullRequest(5));
    let old = stage.submit(what.clone()).await;
    end(&stage, old.number, BuildState::Failed, "step test ended with exit code 1").await;
    what.sha = sha('b');
    let new = stage.submit(what).await;
    end(&stage, new.number, BuildState::Passed, "").await;
    let text = "lib/lint does not run, because the changed file does not match its paths: *.rs";
    let entry = NewEntry::new(EntryKind::Decision, text).project("lib");
    stage.journal.enter(entry.target(BuildTarget::PullRequest(5))).await.unwrap();
    let page = stage.get("/lib/pr/5").await;
    let said = words(&page);
    assert!(page.contains("<title id=\"title\" data-live>passed · pull request 5"), "{page}");
    assert!(said.contains("of bbbbbbb"), "{said}");
    assert!(said.contains("no build lint It was not built for this."), "{said}");
    assert!(said.contains(text), "{said}");
    assert!(
        said.contains("step test ended with exit code 1"),
        "older builds are there, too: {said}"
    );
    let json: serde_json::Value = serde_json::from_str(&stage.get("/lib/pr/5.json").await).unwrap();
    assert_eq!(json["builds"][0]["state"], "passed");
    assert_eq!(json["target"]["pull_request"], 5);
    assert_eq!(stage.ask("/lib/pr/6").await.0, 404);
    assert_eq!(stage.ask("/lib/pr/x").await.0, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_project_stands_as_its_default_branch_does() {
    let stage = Stage::new(PROJECTS).await;
    stage.journal.see_repository(1, &"octo-org/lib".parse().unwrap(), Some("trunk")).await.unwrap();
    let trunk = BuildTarget::Branch("trunk".to_owned());
    for (job, state) in [("test", BuildState::Passed), ("lint", BuildState::Failed)] {
        let build = stage.submit(new_build(job, trunk.clone())).await;
        end(&stage, build.number, state, "").await;
    }
    let topic = stage.submit(new_build("test", BuildTarget::Branch("topic".to_owned()))).await;
    end(&stage, topic.number, BuildState::Passed, "").await;
    // What waits, and what was canceled, says nothing of the code.
    stage.submit(new_build("test", trunk.clone())).await;
    let page = stage.get("/lib").await;
    assert!(page.contains("<title id=\"title\" data-live>failed · lib</title>"), "{page}");
    assert!(page.contains("/assets/icon-failed.svg"), "{page}");
    assert!(page.contains("href=\"/lib/branch/trunk\""), "{page}");
    let again = stage.submit(new_build("lint", trunk)).await;
    end(&stage, again.number, BuildState::Passed, "").await;
    assert!(stage.get("/lib").await.contains("data-live>passed · lib</title>"));
    assert!(stage.get("/").await.contains("data-live>passed · Builds</title>"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_build_says_why_and_how_long() {
    let stage = Stage::new(PROJECTS).await;
    let mut what = new_build("test", main_branch());
    let first = stage.submit(what.clone()).await;
    end(&stage, first.number, BuildState::Failed, "").await;
    what.cause = BuildCause::Again { of: first.number, by: "anna".to_owned() };
    let build = stage.submit(what.clone()).await;
    let hold = stage.begin(build.number).await;
    let step = StepTime { name: "compile".to_owned(), milliseconds: 72_000, exit_code: Some(3) };
    stage.journal.set_steps(&hold, &[step]).await.unwrap();
    stage.journal.finish(&hold, BuildState::Failed, "step compile ended").await.unwrap();
    stage.run("UPDATE pipeline_builds SET ended_at = started_at + 72000 WHERE number = 2");
    let page = stage.get("/lib/builds/2").await;
    let said = words(&page);
    assert!(
        page.contains("<title id=\"title\" data-live>failed · #2 test · lib</title>"),
        "{page}"
    );
    assert!(!page.contains("data-events="), "nothing more comes of it: {page}");
    assert!(said.contains("failed after 1 min 12 s"), "{said}");
    assert!(said.contains("retry of #1 by anna"), "{said}");
    assert!(said.contains("compile 1 min 12 s 3"), "{said}");
    assert!(page.contains("https://github.com/octo-org/lib/commit/"), "{page}");
    let page = stage.get("/lib/builds/1").await;
    assert!(page.contains("/journal?delivery=72d3162e-cc78-11e3-81ab-4c9367dc0958"), "{page}");
    // How long it usually takes is said of what runs, once something has passed.
    let passed = stage.submit(what.clone()).await;
    end(&stage, passed.number, BuildState::Passed, "").await;
    stage.run("UPDATE pipeline_builds SET ended_at = started_at + 65000 WHERE number = 3");
    let running = stage.submit(what).await;
    stage.begin(running.number).await;
    let page = stage.get("/lib/builds/4").await;
    assert!(page.contains("data-events=\"/lib/builds/4/events\""), "{page}");
    let said = words(&page);
    assert!(said.contains("and usually takes about 1 min 5 s"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_journal_is_searched_in_each_way() {
    let stage = Stage::new(PROJECTS).await;
    let text = "nothing, because the pull request is a draft";
    let entry = NewEntry::new(EntryKind::Decision, text).project("lib").delivery("id/with ?&=");
    let entry = entry.sha(sha('c')).target(BuildTarget::PullRequest(9));
    stage.journal.enter(entry).await.unwrap();
    stage.journal.enter(NewEntry::new(EntryKind::Report, "of another")).await.unwrap();
    for query in ["delivery=id%2Fwith+%3F%26%3D", "sha=ccccccc", "pr=9", "pr=%239&project=lib"] {
        let page = stage.get(&format!("/journal?{query}")).await;
        assert!(page.contains(text), "{query}: {page}");
        assert!(page.contains("class=\"nothing\""), "{query}: {page}");
        assert!(!page.contains("of another"), "{query}: {page}");
    }
    for query in ["sha=ccccccd", "sha=nothing", "pr=x", "build=x", "build=77", "delivery=id"] {
        let page = words(&stage.get(&format!("/journal?{query}")).await);
        assert!(page.contains("Nothing is written down of this."), "{query}: {page}");
    }
    let page = stage.get("/journal?delivery=&sha=&pr=&build=").await;
    assert!(page.contains("of another"), "an empty form asks for all: {page}");
    for number in 0..60 {
        let entry = NewEntry::new(EntryKind::Report, format!("entry {number}.")).delivery("many");
        stage.journal.enter(entry).await.unwrap();
    }
    let page = stage.get("/journal?delivery=many").await;
    assert!(!page.contains("entry 9.") && page.contains("entry 10."), "{page}");
    let older = page.split("href=\"").find(|part| part.contains("before=")).unwrap();
    let older = older.split('"').next().unwrap().replace("&amp;", "&");
    assert!(older.starts_with("/journal?delivery=many&before="), "{older}");
    let page = stage.get(&older).await;
    assert!(page.contains("entry 9.") && !page.contains("entry 10."), "{page}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_strangers_wrote_is_markup_or_breaks_out() {
    let stage = Stage::new(PROJECTS).await;
    let script = "\"><script>alert(1)</script>";
    let bidi = "\u{202e}evil";
    let long = "x".repeat(20_000);
    let names = [script, bidi, &long];
    for name in names {
        let mut what = new_build("test", BuildTarget::Branch(name.to_owned()));
        (what.title, what.author) = (name.to_owned(), name.to_owned());
        what.cause = BuildCause::Again { of: 1, by: name.to_owned() };
        let entry = NewEntry::new(EntryKind::Decision, name).delivery(name).person(name);
        let build = stage.submit_with(what, vec![entry]).await;
        let hold = stage.begin(build.number).await;
        stage.journal.append(&hold, 0, name.to_owned()).await.unwrap();
        let step = StepTime { name: name.to_owned(), milliseconds: 1, exit_code: None };
        stage.journal.set_steps(&hold, &[step]).await.unwrap();
        stage.journal.finish(&hold, BuildState::Failed, name).await.unwrap();
    }
    let branch = "/lib/branch/%22%3E%3Cscript%3Ealert%281%29%3C/script%3E";
    let paths =
        ["/", "/lib", "/journal", branch, "/lib/builds/1", "/lib/builds/2", "/lib/builds/3"];
    for path in paths {
        let page = stage.get(path).await;
        assert!(!page.contains("<script>alert"), "{path}: {page}");
        assert!(!page.contains("style="), "{path}: {page}");
        assert!(
            page.matches(bidi).all(|_| page.contains(&format!("<bdi>{bidi}"))),
            "{path}: {page}"
        );
        assert!(page.len() < 60_000, "{path}: {} bytes", page.len());
    }
    let (status, page) = stage.ask("/%22%3E%3Cscript%3Ealert(1)").await;
    assert_eq!(status, 404);
    assert!(page.contains("There is no such page") && !page.contains("<script>"), "{page}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_builds_are_paged() {
    let stage = Stage::new(PROJECTS).await;
    let build = stage.submit(new_build("test", main_branch())).await;
    end(&stage, build.number, BuildState::Passed, "").await;
    // Copies of the one.
    stage.run(
        "CREATE TEMP TABLE copies AS
             WITH RECURSIVE numbers (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM numbers WHERE n < 10000)
             SELECT b.* FROM pipeline_builds b, numbers;
         UPDATE copies SET number = rowid + 1, occasion = 'copy ' || rowid;
         UPDATE copies SET state = 'failed' WHERE number = 17;
         INSERT INTO pipeline_builds SELECT * FROM copies;",
    );
    let page = stage.get("/lib").await;
    assert!(
        page.contains("#10000") && page.contains("#9971") && !page.contains("#9970 "),
        "{page}"
    );
    assert!(page.contains("href=\"/lib?before=9971\""), "{page}");
    let page = stage.get("/lib?before=9971").await;
    assert!(page.contains("#9970 ") && page.contains("href=\"/lib?after=9970\""), "{page}");
    let page = stage.get("/lib?after=9940").await;
    assert!(
        page.contains("#9970 ") && page.contains("#9941 ") && !page.contains("#9940 "),
        "{page}"
    );
    let page = stage.get("/lib?before=3").await;
    assert!(page.contains("#1 ") && !page.contains("rel=\"next\""), "{page}");
    let page = stage.get("/").await;
    assert!(page.contains("href=\"/?before=9976\""), "{page}");
    let page = stage.get("/?before=27").await;
    assert!(page.contains("href=\"/?before=2\"") && page.contains("Older builds"), "{page}");
    let page = stage.get("/?before=26").await;
    assert!(page.contains("#1 ") && !page.contains("rel=\"next\""), "{page}");
    let page = stage.get("/lib?state=failed").await;
    assert!(page.contains("#17 ") && !page.contains("#10000"), "{page}");
    let page = words(&stage.get("/lib?state=error&job=test").await);
    assert!(page.contains("No build fits."), "{page}");
    for path in ["/", "/lib", "/lib?state=failed", "/lib/branch/main", "/journal"] {
        stage.get(path).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn assets_are_kept_until_they_change() {
    let stage = Stage::new(PROJECTS).await;
    let page = stage.get("/").await;
    let address = page.split('"').find(|part| part.starts_with("/assets/style.css")).unwrap();
    let client = hookstead::client::HttpClient::new(&stage.url).unwrap();
    let sheet = client.get(address).await.unwrap();
    assert_eq!(sheet.headers()["content-type"], "text/css; charset=utf-8");
    assert!(sheet.headers()["cache-control"].to_str().unwrap().contains("max-age="));
    assert!(sheet.headers().contains_key("etag"));
    for state in BuildState::ALL {
        let icon = client.get(&format!("/assets/icon-{state}.svg")).await.unwrap();
        assert_eq!(icon.headers()["content-type"], "image/svg+xml");
        assert!(icon.body().starts_with(b"<svg "));
    }
    assert_eq!(stage.ask("/assets/icon-nothing.svg").await.0, 404);
    assert_eq!(stage.ask("/assets/../pipeline.toml").await.0, 404);
    let weight = page.len() + sheet.body().len();
    assert!(weight < 40_000, "{weight} bytes");
}

#[tokio::test]
async fn who_asks_in_another_way_hears_which_ones_there_are() {
    let stage = Stage::new(PROJECTS).await;
    for method in ["OPTIONS", "PUT", "DELETE", "TRACE"] {
        let mut stream = TcpStream::connect(stage.url.trim_start_matches("http://")).await.unwrap();
        let request = format!("{method} /lib HTTP/1.1\r\nhost: ci\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 405 "), "{answer}");
        assert!(answer.contains("\r\nallow: GET, HEAD, POST\r\n"), "{answer}");
    }
}
